/** The columns that `kubectl get` prints, made on the server as Kubernetes does. */
import type { CronJob, Job, KubeObject, Node, Pod, Workload } from './objects.ts'

type Column = { name: string; type: 'string' | 'integer'; priority?: number }
type Cells = (string | number)[]
type Drawing = { columns: readonly Column[]; cells: (object: KubeObject, now_ms: number) => Cells }

const text = (name: string, priority = 0): Column => ({ name, type: 'string', priority })
const count = (name: string): Column => ({ name, type: 'integer', priority: 0 })
const none = '<none>'

/** `5m`, `3h12m`, `4d2h`: as kubectl says ages. */
export function age(from: string | undefined, now_ms: number): string {
  if (from === undefined) return '<unknown>'
  const s = Math.max(0, Math.floor((now_ms - Date.parse(from)) / 1000))
  const [m, h, d] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86_400)]
  if (s < 120) return `${s}s`
  if (m < 10) return s % 60 === 0 ? `${m}m` : `${m}m${s % 60}s`
  if (m < 180) return `${m}m`
  if (h < 8) return m % 60 === 0 ? `${h}h` : `${h}h${m % 60}m`
  if (h < 48) return `${h}h`
  return d < 8 && h % 24 !== 0 ? `${d}d${h % 24}h` : `${d}d`
}

/** The word in the STATUS column: the reason of the container that is worst off. */
export function podStatusWord(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  let word = pod.status.reason ?? pod.status.phase
  for (const { state } of pod.status.containerStatuses ?? []) {
    if (state.waiting !== undefined) word = state.waiting.reason
    else if (state.terminated !== undefined) word = state.terminated.reason
  }
  return word
}

const restartsOf = (pod: Pod) =>
  (pod.status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)

const ready = (of: Workload, want = of.spec.replicas ?? 0) =>
  `${of.status.readyReplicas ?? 0}/${want}`
const imagesOf = ({ spec }: Workload) =>
  spec.template.spec.containers.map(({ image }) => image).join(',')
const ageOf = (object: KubeObject, now_ms: number) => age(object.metadata.creationTimestamp, now_ms)

const drawings: Record<string, Drawing> = {
  Pod: {
    columns: [text('Name'), text('Ready'), text('Status'), text('Restarts'), text('Age')].concat([
      text('IP', 1),
      text('Node', 1),
      text('Nominated Node', 1),
      text('Readiness Gates', 1),
    ]),
    cells: (object, now_ms) => {
      const pod = object as Pod
      const statuses = pod.status.containerStatuses ?? []
      const up = statuses.filter((status) => status.ready).length
      const last = statuses.map(({ lastState }) => lastState.terminated?.finishedAt ?? '').sort()
      const restarts = restartsOf(pod)
      const since = last.at(-1) ? ` (${age(last.at(-1), now_ms)} ago)` : ''
      return [
        pod.metadata.name,
        `${up}/${pod.spec.containers.length}`,
        podStatusWord(pod),
        restarts === 0 ? '0' : `${restarts}${since}`,
        ageOf(pod, now_ms),
        pod.status.podIP ?? none,
        pod.spec.nodeName ?? none,
        none,
        none,
      ]
    },
  },
  Node: {
    columns: [text('Name'), text('Status'), text('Roles'), text('Age'), text('Version')].concat([
      text('Internal-IP', 1),
    ]),
    cells: (object, now_ms) => {
      const node = object as Node
      const isReady = node.status.conditions.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      )
      const role = 'node-role.kubernetes.io/'
      const roles = Object.keys(node.metadata.labels ?? {}).filter((name) => name.startsWith(role))
      const word = isReady ? 'Ready' : 'NotReady'
      return [
        node.metadata.name,
        node.spec.unschedulable ? `${word},SchedulingDisabled` : word,
        roles.map((name) => name.slice(role.length)).join(',') || none,
        ageOf(node, now_ms),
        node.status.nodeInfo.kubeletVersion ?? '',
        node.status.addresses[0]?.address ?? none,
      ]
    },
  },
  Deployment: {
    columns: [text('Name'), text('Ready'), count('Up-to-date'), count('Available'), text('Age')],
    cells: (object, now_ms) => {
      const of = object as Workload
      const { updatedReplicas = 0, availableReplicas = 0 } = of.status as Record<string, number>
      const figures = [ready(of), updatedReplicas, availableReplicas]
      return [of.metadata.name, ...figures, ageOf(of, now_ms)]
    },
  },
  ReplicaSet: {
    columns: [text('Name'), count('Desired'), count('Current'), count('Ready'), text('Age')],
    cells: (object, now_ms) => {
      const of = object as Workload
      const { replicas = 0, readyReplicas = 0 } = of.status as Record<string, number>
      const figures = [of.spec.replicas ?? 0, replicas, readyReplicas]
      return [of.metadata.name, ...figures, ageOf(of, now_ms)]
    },
  },
  StatefulSet: {
    columns: [text('Name'), text('Ready'), text('Age'), text('Images', 1)],
    cells: (object, now_ms) => {
      const of = object as Workload
      return [of.metadata.name, ready(of), ageOf(of, now_ms), imagesOf(of)]
    },
  },
  DaemonSet: {
    columns: [text('Name'), count('Desired'), count('Current'), count('Ready')].concat([
      count('Up-to-date'),
      count('Available'),
      text('Age'),
    ]),
    cells: (object, now_ms) => {
      const { metadata, status } = object as Workload
      const of = (name: string) => Number(status[name] ?? 0)
      const wanted = [of('desiredNumberScheduled'), of('currentNumberScheduled')]
      const figures = [of('numberReady'), of('updatedNumberScheduled'), of('numberAvailable')]
      return [metadata.name, ...wanted, ...figures, ageOf(object, now_ms)]
    },
  },
  Job: {
    columns: [text('Name'), text('Status'), text('Completions'), text('Duration'), text('Age')],
    cells: (object, now_ms) => {
      const { metadata, spec, status } = object as Job
      const done = status.conditions?.find((condition) => condition.status === 'True')
      const end_ms = status.completionTime ? Date.parse(status.completionTime) : now_ms
      const word = done?.type ?? 'Running'
      const completions = `${status.succeeded ?? 0}/${spec.completions ?? 1}`
      return [
        metadata.name,
        word,
        completions,
        age(status.startTime, end_ms),
        ageOf(object, now_ms),
      ]
    },
  },
  CronJob: {
    columns: [text('Name'), text('Schedule'), text('Suspend'), count('Active')].concat([
      text('Last Schedule'),
      text('Age'),
    ]),
    cells: (object, now_ms) => {
      const { metadata, spec, status } = object as CronJob
      const last = status.lastScheduleTime ? age(status.lastScheduleTime, now_ms) : none
      const suspend = spec.suspend === true ? 'True' : 'False'
      const active = status.active?.length ?? 0
      return [metadata.name, spec.schedule, suspend, active, last, ageOf(object, now_ms)]
    },
  },
  Event: {
    columns: [text('Last Seen'), text('Type'), text('Reason'), text('Object'), text('Message')],
    cells: (event, now_ms) => {
      const { kind = '', name = '' } = event.involvedObject as Record<string, string>
      const { lastTimestamp, type, reason, message } = event as unknown as Record<string, string>
      const about = `${kind.toLowerCase()}/${name}`
      return [age(lastTimestamp, now_ms), type ?? '', reason ?? '', about, message ?? '']
    },
  },
  Namespace: {
    columns: [text('Name'), text('Status'), text('Age')],
    cells: (object, now_ms) => {
      const { phase = 'Active' } = (object.status ?? {}) as { phase?: string }
      return [object.metadata.name, phase, ageOf(object, now_ms)]
    },
  },
  Service: {
    columns: [text('Name'), text('Type'), text('Cluster-IP'), text('External-IP')].concat([
      text('Port(s)'),
      text('Age'),
    ]),
    cells: (object, now_ms) => {
      type Spec = { type: string; clusterIP: string; ports: { port: number; protocol: string }[] }
      const spec = object.spec as Spec
      const ports = spec.ports.map(({ port, protocol }) => `${port}/${protocol}`).join(',')
      const { name } = object.metadata
      return [name, spec.type, spec.clusterIP, none, ports, ageOf(object, now_ms)]
    },
  },
  HorizontalPodAutoscaler: {
    columns: [text('Name'), text('Reference'), text('MinPods'), text('MaxPods')].concat([
      count('Replicas'),
      text('Age'),
    ]),
    cells: (object, now_ms) => {
      type Spec = {
        scaleTargetRef: { kind: string; name: string }
        minReplicas: number
        maxReplicas: number
      }
      const { scaleTargetRef, minReplicas, maxReplicas } = object.spec as Spec
      const { currentReplicas = 0 } = (object.status ?? {}) as { currentReplicas?: number }
      const target = `${scaleTargetRef.kind}/${scaleTargetRef.name}`
      const { name } = object.metadata
      const bounds = [String(minReplicas), String(maxReplicas)]
      return [name, target, ...bounds, currentReplicas, ageOf(object, now_ms)]
    },
  },
  PersistentVolumeClaim: {
    columns: [text('Name'), text('Status'), text('Volume'), text('Capacity'), text('Age')],
    cells: (object, now_ms) => {
      const { phase = '', capacity } = object.status as { phase?: string; capacity?: Words }
      const { volumeName = '' } = object.spec as { volumeName?: string }
      const { name } = object.metadata
      return [name, phase, volumeName, capacity?.storage ?? '', ageOf(object, now_ms)]
    },
  },
}
type Words = Record<string, string>

const plain: Drawing = {
  columns: [text('Name'), text('Created At')],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
}

export function tableColumns(kind: string): object[] {
  return (drawings[kind] ?? plain).columns.map(({ name, type, priority = 0 }) => {
    const format = name === 'Name' ? 'name' : ''
    return { name, type, format, description: `${name} of the ${kind}.`, priority }
  })
}

export type RowObject = 'Metadata' | 'Object' | 'None'

export function tableRow(object: KubeObject, now_ms: number, include: RowObject): object {
  const cells = (drawings[object.kind] ?? plain).cells(object, now_ms)
  if (include === 'None') return { cells }
  return { cells, object: include === 'Object' ? object : partial(object) }
}

export function partial({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}
