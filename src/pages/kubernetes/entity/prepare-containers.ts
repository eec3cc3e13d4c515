/** Decides what the table of containers shows: of a pod with their state, else of the template. */
import { quantity } from '../../../model/kubernetes-quantity.ts'
import type { ContainerUse } from '../contract-entity.ts'
import type { Use } from '../prepare.ts'

export type ContainerRow = {
  name: string
  image: string
  is_init: boolean
  /** running, waiting, terminated, or empty before the kubelet has said. */
  state: string
  /** CrashLoopBackOff, OOMKilled, Completed. */
  reason: string
  ready: boolean
  restarts: number
  started_ms: number | undefined
  last_end: { reason: string; exit_code: number; time_ms: number | undefined } | undefined
  cpu: Use
  memory: Use
}

type State = Record<string, Record<string, unknown> | undefined>
type Status = {
  name: string
  ready?: boolean
  restartCount?: number
  state?: State
  lastState?: State
}
type Amounts = Record<string, unknown>
type Spec = {
  name: string
  image?: string
  resources?: { requests?: Amounts; limits?: Amounts }
}
type Template = { containers?: Spec[]; initContainers?: Spec[] }
type PodTemplate = { spec?: Template }
type Whole = {
  spec?: Template & {
    template?: PodTemplate
    jobTemplate?: { spec?: { template?: PodTemplate } }
  }
  status?: { containerStatuses?: Status[]; initContainerStatuses?: Status[] }
}

/** Those of a pod, or those that a workload's template makes. */
export function containersOf(object: unknown, use?: ContainerUse): ContainerRow[] {
  const { spec, status } = (object ?? {}) as Whole
  const template = spec?.jobTemplate?.spec?.template?.spec ?? spec?.template?.spec ?? spec
  const rows = (specs: unknown, statuses: unknown, is_init = false) =>
    listOf<Spec>(specs).map((one) => {
      const told = listOf<Status>(statuses).find(({ name }) => name === one.name)
      return containerRow(one, told, is_init, use)
    })
  return [
    ...rows(template?.containers, status?.containerStatuses),
    ...rows(template?.initContainers, status?.initContainerStatuses, true),
  ]
}

/** Objects are told as they are: what should be a list may be none. */
function listOf<One extends { name: string }>(value: unknown): One[] {
  if (!Array.isArray(value)) return []
  return value.filter((one) => typeof one?.name === 'string')
}

function containerRow(
  spec: Spec,
  status: Status | undefined,
  is_init: boolean,
  use: ContainerUse | undefined,
): ContainerRow {
  const [state = '', about] = Object.entries(status?.state ?? {})[0] ?? []
  const ended = status?.lastState?.terminated
  const at = use?.container.indexOf(spec.name) ?? -1
  const { requests, limits } = spec.resources ?? {}
  return {
    name: spec.name,
    image: word(spec.image),
    is_init,
    state,
    reason: word(about?.reason),
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    started_ms: moment(about?.startedAt),
    last_end: ended && {
      reason: word(ended.reason),
      exit_code: Number(ended.exitCode ?? 0),
      time_ms: moment(ended.finishedAt),
    },
    cpu: amountsUsed(use?.cpu_usage_cores[at], requests?.cpu, limits?.cpu),
    memory: amountsUsed(use?.memory_usage_bytes[at], requests?.memory, limits?.memory),
  }
}

function amountsUsed(used: number | null | undefined, request: unknown, limit: unknown): Use {
  const requested = quantity(request) ?? null
  const most = quantity(limit) ?? null
  return { used: used ?? null, requested, limit: most, full: most ?? requested }
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function moment(value: unknown): number | undefined {
  const time_ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time_ms) ? undefined : time_ms
}

/** The object that the agent told; undefined when it told none, or none that can be read. */
export function readObject(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
