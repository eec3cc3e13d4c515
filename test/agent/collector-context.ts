/** What a collector is given, for tests: a sink that keeps everything, time that a test turns. */

import type { Chunk, CollectorContext, Sink } from '../../src/agent/collector.ts'
import type { Cluster } from '../../src/agent/kubernetes/cluster.ts'
import type { AgentKind } from '../../src/model/fleet.ts'
import type { IntegrationSettings, IntegrationType } from '../../src/model/policy.ts'

/** Chunks and positions as the spool keeps them; `isFull` refuses or holds what comes. */
export class SinkFixture implements Sink {
  readonly chunks: Chunk[] = []
  readonly kept = new Map<string, string>()
  isFull = false
  #waiting: (() => void)[] = []

  async put(chunk: Chunk, { wait = true } = {}): Promise<boolean> {
    if (this.isFull && !wait) return false
    while (this.isFull) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.chunks.push({ ...chunk, body: chunk.body.slice() })
    for (const [key, value] of Object.entries(chunk.positions ?? {})) this.kept.set(key, value)
    return true
  }

  free(): void {
    this.isFull = false
    for (const go of this.#waiting.splice(0)) go()
  }

  position(key: string): string | undefined {
    return this.kept.get(key)
  }

  positions(prefix: string): ReadonlyMap<string, string> {
    return new Map([...this.kept].filter(([key]) => key.startsWith(prefix)))
  }

  forget(key: string): void {
    this.kept.delete(key)
  }

  /** Every row of the chunks that are lines of JSON. */
  rows<Row>(signal: Chunk['signal']): Row[] {
    return this.chunks
      .filter((chunk) => chunk.signal === signal)
      .flatMap(({ body }) => Buffer.from(body).toString('utf8').trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as Row)
  }
}

export const silentLog = new Proxy({}, { get: () => () => {} }) as CollectorContext['log']

export type Rig = { sink: SinkFixture; turn(): void; now: { ms: number } }

/** `turn` runs what a collector wants to run again and again. */
export function collectorContext<Type extends IntegrationType>(
  settings: IntegrationSettings<Type>,
  cluster: Cluster | undefined,
  kind: AgentKind = 'cluster',
): Rig & { context: CollectorContext<Type> } {
  const sink = new SinkFixture()
  const now = { ms: Date.UTC(2026, 0, 2) }
  const runs = new Set<() => void>()
  const context: CollectorContext<Type> = {
    settings,
    agent: { id: 'a1', kind, cluster: 'prod', node: 'n1', version: '0' },
    sink,
    cluster,
    host_root: '/',
    log: silentLog,
    now_ms: () => now.ms,
    every(_, run) {
      runs.add(run)
      return () => runs.delete(run)
    },
  }
  const turn = () => {
    for (const run of runs) run()
  }
  return { sink, turn, now, context }
}
