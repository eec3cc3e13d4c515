/** Decides what the Kubernetes lists show: rows, shares of what was asked for. Draws nothing. */
import type { Health } from '../../model/kubernetes.ts'
import { bytes } from '../../ui/format/figures.ts'
import { flapping_min, type ObjectFacts, type ObjectList } from './contract.ts'

export type ObjectRow = ObjectFacts & { id: string; created_ms: number; told_ms: number }

export function objectRows(list: ObjectList): ObjectRow[] {
  return list.name.map((name, at): ObjectRow => {
    const cluster = list.cluster[at] ?? ''
    const namespace = list.namespace[at] ?? ''
    const kind = list.kind[at] ?? ''
    const numbers = list.numbers[at] ?? {}
    return {
      id: [cluster, kind, namespace, name].join('/'),
      cluster,
      kind,
      namespace,
      name,
      uid: list.uid[at] ?? '',
      node: list.node[at] ?? '',
      owner_kind: list.owner_kind[at] ?? '',
      owner_name: list.owner_name[at] ?? '',
      workload_kind: list.workload_kind[at] ?? '',
      workload: list.workload[at] ?? '',
      health: worseOf(healthOf(kind, numbers), list.health[at] ?? 'unknown'),
      status: list.status[at] ?? '',
      status_message: list.status_message[at] ?? '',
      created_ms: list.created_ms[at] ?? 0,
      told_ms: list.told_ms[at] ?? 0,
      numbers,
      details: list.details[at] ?? {},
    }
  })
}

/** What the object cannot know of itself. */
function healthOf(kind: string, numbers: Record<string, number>): Health | undefined {
  if (kind === 'Namespace') return ofItsPods(numbers)
  if (isFlapping(kind, numbers)) return 'warn'
  const { endpoints = 0, endpoints_ready = 0 } = numbers
  if (kind !== 'Service' || endpoints === endpoints_ready) return undefined
  return endpoints_ready === 0 ? 'bad' : 'warn'
}

function isFlapping(kind: string, { rescales = 0 }: Record<string, number>): boolean {
  return kind === 'HorizontalPodAutoscaler' && rescales >= flapping_min
}

/** The word of its state, and where that is a mere figure the reason why it is not well. */
export function statusOf({ kind, status, status_message, numbers }: ObjectRow): string {
  const why = isFlapping(kind, numbers)
    ? `${numbers.rescales}x SuccessfulRescale`
    : (/^([A-Z]\w+): /.exec(status_message)?.[1] ?? '')
  return /^\d+\/\d+$/.test(status) ? `${status} ${why}`.trim() : status
}

/** A namespace is as well as the worst of its pods. */
function ofItsPods({ pods_bad = 0, pods_warn = 0 }: Record<string, number>): Health {
  if (pods_bad > 0) return 'bad'
  return pods_warn > 0 ? 'warn' : 'ok'
}

/** What is known of what lies in it replaces its own word, unless that is worse. */
function worseOf(found: Health | undefined, own: Health): Health {
  if (found === undefined) return own
  return own === 'bad' ? own : found
}

const healthRank: Readonly<Record<Health, number>> = { unknown: 0, ok: 0, warn: 1, bad: 2 }

/** What lists are sorted by at first: how unwell, then how often it was started again. */
export function troubleOf(row: ObjectRow): number {
  return healthRank[row.health] * 1e9 + Math.min(row.numbers.restarts ?? 0, 1e8)
}

export type Resource = 'cpu' | 'memory'

/** What a thing uses and asks for; null where nobody told. `full` is what its bar ends at. */
export type Use = {
  used: number | null
  requested: number | null
  limit: number | null
  full: number | null
}

const names = {
  cpu: ['cpu_usage_cores', 'cpu_request_cores', 'cpu_limit_cores', 'cpu_allocatable_cores'],
  memory: [
    'memory_usage_bytes',
    'memory_request_bytes',
    'memory_limit_bytes',
    'memory_allocatable_bytes',
  ],
} as const

export function resourceUse({ numbers }: Pick<ObjectRow, 'numbers'>, resource: Resource): Use {
  const [used, requested, limit, allocatable] = names[resource].map((name) => {
    const value = numbers[name]
    return value === undefined || (value === 0 && name !== names[resource][0]) ? null : value
  }) as [number | null, number | null, number | null, number | null]
  return { used, requested, limit, full: allocatable ?? limit ?? requested }
}

/** How full it is; null when nobody said how much there is. */
export function shareOf({ used, full }: Use): number | null {
  return used === null || full === null || full === 0 ? null : used / full
}

/** Cores as kubectl writes them: 250m, 1.5. */
export function cores(value: number): string {
  if (value === 0) return '0'
  if (value < 1) return `${Math.max(1, Math.round(value * 1000))}m`
  return String(Number(value.toFixed(value < 10 ? 2 : 1)))
}

export function resourceFigure(resource: Resource, value: number | null): string {
  if (value === null) return '–'
  return resource === 'cpu' ? cores(value) : bytes(value)
}

/** 2/3, as kubectl says it; undefined when the kind has no such thing. */
export function readyOf({
  kind,
  numbers,
}: ObjectRow): { ready: number; wanted: number } | undefined {
  const pair = (ready: string, wanted: string) =>
    numbers[wanted] === undefined
      ? undefined
      : { ready: numbers[ready] ?? 0, wanted: numbers[wanted] }
  if (kind === 'Pod') return pair('containers_ready', 'containers')
  if (kind === 'Job') return pair('succeeded', 'completions')
  if (kind === 'Service') return pair('endpoints_ready', 'endpoints')
  return pair('replicas_ready', 'replicas_desired')
}

/** Age as kubectl writes it: 45s, 12m, 6h, 3d. */
export function age(created_ms: number, now_ms: number): string {
  if (created_ms === 0) return '–'
  const seconds = Math.max(0, Math.floor((now_ms - created_ms) / 1000))
  const steps = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
  ] as const
  const step = steps.find(([size]) => seconds >= 2 * size)
  return step === undefined ? `${seconds}s` : `${Math.floor(seconds / step[0])}${step[1]}`
}
