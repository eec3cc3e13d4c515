/**
 * The questions of the Kubernetes lists: what is alive in each cluster, now or at the range's end
 * when that lies in the past, with what it asks for and uses. History is in contract-history.ts.
 */
import { z } from 'zod'
import type { Health } from '../../model/kubernetes.ts'
import { question, type RangeAsk, rangeAsk, searchAsk } from '../../model/question.ts'

export const lists = {
  nodes: ['Node'],
  namespaces: ['Namespace'],
  workloads: ['Deployment', 'StatefulSet', 'DaemonSet'],
  pods: ['Pod'],
  services: ['Service', 'Ingress'],
  volumes: ['PersistentVolumeClaim', 'PersistentVolume'],
  jobs: ['CronJob', 'Job'],
  autoscalers: ['HorizontalPodAutoscaler'],
  /** What is not well, of any kind. */
  troubled: [
    'Node',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Pod',
    'PersistentVolumeClaim',
    'Job',
    'HorizontalPodAutoscaler',
  ],
} as const
export type ListName = keyof typeof lists
export const listNames = Object.keys(lists) as ListName[]

/** An autoscaler that acted so often in half an hour cannot make up its mind. */
export const flapping_min = 4

export type ListAsk = RangeAsk & { search: string; list: ListName }

/** What is told of an object, whichever its kind. */
export type ObjectFacts = {
  cluster: string
  kind: string
  namespace: string
  name: string
  uid: string
  node: string
  owner_kind: string
  owner_name: string
  workload_kind: string
  workload: string
  health: Health
  status: string
  status_message: string
  /**
   * The object's own figures, and what was added to them: cpu_usage_cores, memory_usage_bytes and,
   * of things that hold pods, the sums over these. What nobody told is not there.
   */
  numbers: Record<string, number>
  /** What the kind has besides: a node's version, a service's ports. */
  details: Record<string, string>
}

/** Columns of equal length, the most troubled first. */
export type ObjectList = { [Fact in keyof ObjectFacts]: ObjectFacts[Fact][] } & {
  /** More than are listed when the list is capped. */
  total: number
  /** The moment that is shown; 0 for now. */
  at_ms: number
  created_ms: number[]
  /** When it was last told. */
  told_ms: number[]
}
export const objectList = question<ObjectList>()(
  'kubernetes.objects',
  z.strictObject({ ...rangeAsk, ...searchAsk, list: z.enum(listNames) }),
)

export type Clusters = {
  cluster: string[]
  nodes: number[]
  nodes_unwell: number[]
  pods: number[]
  pods_bad: number[]
  pods_warn: number[]
  workloads: number[]
  workloads_unwell: number[]
  namespaces: number[]
  cpu_allocatable_cores: number[]
  cpu_request_cores: number[]
  cpu_limit_cores: number[]
  cpu_usage_cores: (number | null)[]
  memory_allocatable_bytes: number[]
  memory_request_bytes: number[]
  memory_limit_bytes: number[]
  memory_usage_bytes: (number | null)[]
  pods_allocatable: number[]
  restarts: number[]
  told_ms: number[]
}
export const clusterList = question<Clusters>()('kubernetes.clusters', z.strictObject(rangeAsk))

export const completionTables = [
  'kubernetes_current',
  'kubernetes_objects',
  'kubernetes_events',
] as const
export type CompletionTable = (typeof completionTables)[number]
export type Completion = { text: string[]; rows: number[] }
/** Names of labels and figures, or with a field its values, the most frequent first. */
export const objectCompletion = question<Completion>()(
  'kubernetes.completion',
  z.strictObject({
    ...rangeAsk,
    table: z.enum(completionTables),
    field: z.string().max(1024).optional(),
    prefix: z.string().max(1024).default(''),
    list: z.enum(listNames).optional(),
  }),
)
