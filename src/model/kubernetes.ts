/**
 * What the agent tells of a cluster's objects and events, and of what it sees and does not see: the
 * shapes on the wire, one JSON object a line. Watching is the agent's work, storing the receiver's.
 */

/** How well a thing is. One scale for pods, workloads, nodes, agents and coverage. */
export const healths = ['unknown', 'ok', 'warn', 'bad'] as const
export type Health = (typeof healths)[number]

/**
 * seen: written although nothing changed, so that retention does not forget a living object.
 * listed: all living objects of this kind were told at or after `time_ms`; has no name. What was
 * told last before that time is gone, even if nobody saw it go.
 */
export const objectChanges = ['seen', 'added', 'modified', 'deleted', 'listed'] as const
export type ObjectChange = (typeof objectChanges)[number]

/** One changed value. `path` is dotted; a part that holds a dot is in brackets: `a.b["c.d"].0`. */
export type PathChange = { path: string; before?: unknown; after?: unknown }

/** An object at a moment, with what changed in it. Secrets are never read: they are not a kind. */
export type ObjectRow = {
  time_ms: number
  change: ObjectChange
  kind: string
  api_version: string
  namespace: string
  name: string
  uid: string
  resource_version: string
  /** metadata.creationTimestamp; 0 when it has none. */
  created_ms: number
  /** Where it runs: pods have one, nodes are their own. */
  node: string
  owner_kind: string
  owner_name: string
  /** The top of the owner chain: the Deployment of a pod, the CronJob of a job's pod. */
  workload_kind: string
  workload: string
  health: Health
  /** The word kubectl prints: Running, CrashLoopBackOff, Ready, 2/3. */
  status: string
  /** A sentence; empty when there is nothing to say. */
  status_message: string
  /** The field manager of the newest change: who or what wrote it. */
  actor: string
  labels: Record<string, string>
  /** Figures that lists sort by, named in docs: restarts, replicas_desired, cpu_request_cores. */
  numbers: Record<string, number>
  /** Empty for added, seen and listed. */
  changes: PathChange[]
  /** The object as the API gives it, without managedFields; empty for deleted and listed. */
  object: unknown
}

/** One Kubernetes event. It is told again whenever its count grows: the newest count wins. */
export type EventRow = {
  time_ms: number
  first_time_ms: number
  event_uid: string
  namespace: string
  /** The object it is about. */
  kind: string
  name: string
  uid: string
  workload_kind: string
  workload: string
  node: string
  /** Normal or Warning. */
  type: string
  reason: string
  message: string
  count: number
  /** The component that says so: kubelet, scheduler. */
  source: string
}

export const coverageStates = ['arriving', 'lagging', 'dropped', 'blind'] as const
export type CoverageState = (typeof coverageStates)[number]

/** What one source of an agent sees of one workload (or, without one, of the node). */
export type CoverageRow = {
  time_ms: number
  /** The integration that speaks, such as container_logs. */
  source: string
  signal: 'logs' | 'metrics' | 'traces' | 'objects' | 'events'
  /** The node or machine that is seen; none for what is seen of the cluster as a whole. */
  node?: string
  namespace: string
  workload: string
  pod: string
  state: CoverageState
  /** A word from a closed list: permission, unreadable, no_file, spool_full, no_endpoint … */
  reason: string
  /** The sentence people read: the path, the missing rule, the command that fixes it. */
  detail: string
  lag_s: number
  /** Since the row before. */
  records: number
  dropped: number
}
