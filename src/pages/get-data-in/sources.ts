/**
 * Every way into the product that people already run: which receiver takes it, where, and the
 * configuration to paste. The texts of configurations are in sources-*.ts.
 */
import type { Reach } from './reach.ts'
import { logSources } from './sources-logs.ts'
import { metricSources } from './sources-metrics.ts'
import { securitySources } from './sources-security.ts'
import { traceSources } from './sources-traces.ts'

export const groups = ['logs', 'metrics', 'traces', 'security'] as const
export type Group = (typeof groups)[number]

export type Source = {
  /** In addresses: `?source=filebeat`. */
  id: string
  /** A product's name, the same in every language. */
  name: string
  group: Group
  /** Further words by which people look for it. */
  also?: string
  /** Names in receivers.ts under which its records are counted. */
  receivers: readonly string[]
  /** Only this signal of theirs counts as its own. */
  signal?: 'logs' | 'metrics' | 'traces'
  listener: string
  /** Where the same is served on the screens' port. */
  under?: string
  /** Files and commands, in the order in which they are needed. */
  configs: readonly { title: string; text: (reach: Reach) => string }[]
  /** A search that shows what it brings. */
  find?: string
}

export const sources: readonly Source[] = [
  ...logSources,
  ...metricSources,
  ...traceSources,
  ...securitySources,
]
