/** Decides what the overview shows of each cluster, and which troubles are of one sort. Pure. */
import type { Health } from '../../model/kubernetes.ts'
import type { Clusters } from './contract.ts'
import type { ObjectRow, Use } from './prepare.ts'

export type ClusterRow = {
  cluster: string
  health: Health
  nodes: number
  nodes_unwell: number
  pods: number
  pods_unwell: number
  workloads: number
  workloads_unwell: number
  namespaces: number
  restarts: number
  told_ms: number
  cpu: Use
  memory: Use
  /** Pods that run, of those that nodes take. */
  places: Use
}

/** The most troubled cluster first. */
export function clusterRows(clusters: Clusters): ClusterRow[] {
  const rows = clusters.cluster.map((cluster, at): ClusterRow => {
    const figure = (column: readonly number[]) => column[at] ?? 0
    const pods = figure(clusters.pods)
    const pods_bad = figure(clusters.pods_bad)
    const pods_warn = figure(clusters.pods_warn)
    const nodes_unwell = figure(clusters.nodes_unwell)
    return {
      cluster,
      health: pods_bad > 0 ? 'bad' : pods_warn + nodes_unwell > 0 ? 'warn' : 'ok',
      nodes: figure(clusters.nodes),
      nodes_unwell,
      pods,
      pods_unwell: pods_bad + pods_warn,
      workloads: figure(clusters.workloads),
      workloads_unwell: figure(clusters.workloads_unwell),
      namespaces: figure(clusters.namespaces),
      restarts: figure(clusters.restarts),
      told_ms: figure(clusters.told_ms),
      cpu: use(
        clusters.cpu_usage_cores[at] ?? null,
        figure(clusters.cpu_request_cores),
        figure(clusters.cpu_limit_cores),
        figure(clusters.cpu_allocatable_cores),
      ),
      memory: use(
        clusters.memory_usage_bytes[at] ?? null,
        figure(clusters.memory_request_bytes),
        figure(clusters.memory_limit_bytes),
        figure(clusters.memory_allocatable_bytes),
      ),
      places: use(pods, 0, 0, figure(clusters.pods_allocatable)),
    }
  })
  return rows.sort((a, b) => b.pods_unwell - a.pods_unwell || a.cluster.localeCompare(b.cluster))
}

function use(used: number | null, requested: number, limit: number, full: number): Use {
  return { used, requested: requested || null, limit: limit || null, full: full || null }
}

export const troubles = [
  'all',
  'restarts',
  'oom',
  'pending',
  'images',
  'evicted',
  'workloads',
  'jobs',
  'pressure',
] as const
export type Trouble = (typeof troubles)[number]

const ofSort: Readonly<Record<Trouble, (row: ObjectRow) => boolean>> = {
  all: () => true,
  restarts: ({ kind, numbers }) => kind === 'Pod' && (numbers.restarts ?? 0) > 0,
  oom: ({ status, status_message }) => /OOM/.test(`${status} ${status_message}`),
  pending: ({ kind, status }) => kind === 'Pod' && /Pending|ContainerCreating|Init/.test(status),
  images: ({ status }) => /ImagePull|InvalidImageName|ImageNeverPull/.test(status),
  evicted: ({ status }) => status === 'Evicted',
  workloads: ({ kind }) => /^(Deployment|StatefulSet|DaemonSet|HorizontalPod\w+)$/.test(kind),
  jobs: ({ kind, workload_kind }) => kind === 'Job' || /^(Cron)?Job$/.test(workload_kind),
  pressure: ({ kind }) => kind === 'Node',
}

export function troublesOf(rows: readonly ObjectRow[], sort: Trouble): ObjectRow[] {
  return rows.filter(ofSort[sort])
}
