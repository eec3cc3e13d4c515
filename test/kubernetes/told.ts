/**
 * What an agent tells of a made-up cluster: objects, events and metrics, seeded, in the shapes of
 * the wire. Some of its pods are in trouble, so that screens and questions have something to find.
 */
import type { EventRow, Health, ObjectRow } from '../../src/model/kubernetes.ts'
import { random } from '../bench/generate.ts'
import { deploymentObject, podObject } from './told-pod.ts'

export type Told = {
  cluster: string
  objects: ObjectRow[]
  events: EventRow[]
  /** OTLP/JSON: cpu and memory of pods and nodes. */
  metrics: object
}

const gibibyte = 1024 ** 3
const workloads = [
  { namespace: 'shop', name: 'checkout', kind: 'Deployment' },
  { namespace: 'shop', name: 'cart', kind: 'Deployment' },
  { namespace: 'shop', name: 'frontend', kind: 'Deployment' },
  { namespace: 'data', name: 'postgres-orders', kind: 'StatefulSet' },
  { namespace: 'kube-system', name: 'node-agent', kind: 'DaemonSet' },
] as const

const troubles: readonly { health: Health; status: string; says: string; restarts: number }[] = [
  { health: 'bad', status: 'CrashLoopBackOff', says: 'back-off 5m0s restarting', restarts: 41 },
  { health: 'bad', status: 'OOMKilled', says: 'exceeded its memory limit', restarts: 7 },
  { health: 'warn', status: 'Pending', says: '0/3 nodes are available', restarts: 0 },
  { health: 'bad', status: 'ImagePullBackOff', says: 'image not found', restarts: 0 },
]

export type Shape = { cluster: string; nodes: number; pods: number; now_ms: number; seed?: number }

export function toldCluster({ cluster, nodes, pods, now_ms, seed = 1 }: Shape): Told {
  const r = random(seed)
  const started_ms = now_ms - 6 * 3_600_000
  const objects: ObjectRow[] = []
  const add = (row: Partial<ObjectRow> & { kind: string; name: string }) =>
    objects.push(whole(row, now_ms - 60_000, started_ms))
  for (const name of ['shop', 'data', 'kube-system']) {
    add({ kind: 'Namespace', name, health: 'ok', status: 'Active' })
  }
  const nodeNames = Array.from({ length: nodes }, (_, at) => `node-${at + 1}`)
  for (const [at, name] of nodeNames.entries()) add(nodeOf(name, at === 1))
  const podRows = Array.from({ length: pods }, (_, at) => {
    const workload = workloads[at % workloads.length]!
    const trouble = at % 37 === 5 ? troubles[Math.floor(at / 37) % troubles.length] : undefined
    add(podOf(at, workload, nodeNames[at % nodes]!, trouble))
    const pod = objects.at(-1)!
    const restarts = pod.numbers.restarts ?? 0
    pod.object = podObject({ ...pod, restarts }, now_ms - 5 * 60_000)
    return pod
  })
  for (const each of workloads) add(workloadOf(each, podRows))
  for (const row of others()) add(row)
  const history = changesOf(now_ms, started_ms)
  objects.unshift(...history)
  for (const kind of new Set(objects.map((row) => row.kind))) {
    objects.push(whole({ kind, name: '', change: 'listed' }, now_ms - 120_000, 0))
  }
  const events = podRows
    .filter((pod) => pod.health !== 'ok')
    .map((pod, at) => eventOf(pod, at, now_ms))
  return { cluster, objects, events, metrics: metricsOf(cluster, podRows, nodeNames, now_ms, r) }
}

function whole(
  row: Partial<ObjectRow> & { kind: string; name: string },
  time_ms: number,
  created_ms: number,
): ObjectRow {
  const { kind, name, namespace = '' } = row
  return {
    time_ms,
    change: 'seen',
    api_version: 'v1',
    namespace,
    uid: name === '' ? '' : `uid-${kind}-${namespace}-${name}`.toLowerCase(),
    resource_version: '1',
    created_ms,
    node: '',
    owner_kind: '',
    owner_name: '',
    workload_kind: '',
    workload: '',
    health: 'ok',
    status: '',
    status_message: '',
    actor: 'kubelet',
    labels: {},
    numbers: {},
    changes: [],
    object: name === '' ? '' : { kind, metadata: { name, namespace } },
    ...row,
  }
}

function nodeOf(
  name: string,
  isPressed: boolean,
): Partial<ObjectRow> & { kind: string; name: string } {
  return {
    kind: 'Node',
    name,
    node: name,
    health: isPressed ? 'warn' : 'ok',
    status: isPressed ? 'Ready,MemoryPressure' : 'Ready',
    status_message: isPressed ? 'kubelet has insufficient memory available' : '',
    labels: { 'topology.kubernetes.io/zone': 'a' },
    numbers: {
      cpu_allocatable_cores: 8,
      memory_allocatable_bytes: 32 * gibibyte,
      pods_allocatable: 110,
    },
    object: { kind: 'Node', status: { nodeInfo: { kubeletVersion: 'v1.34.1' } } },
  }
}

function podOf(
  at: number,
  workload: (typeof workloads)[number],
  node: string,
  trouble: (typeof troubles)[number] | undefined,
): Partial<ObjectRow> & { kind: string; name: string } {
  const { namespace, name, kind } = workload
  return {
    kind: 'Pod',
    name: `${name}-${(at * 7919).toString(36).padStart(5, '0')}`,
    namespace,
    node: trouble?.status === 'Pending' ? '' : node,
    owner_kind: kind === 'Deployment' ? 'ReplicaSet' : kind,
    owner_name: name,
    workload_kind: kind,
    workload: name,
    health: trouble?.health ?? 'ok',
    status: trouble?.status ?? 'Running',
    status_message: trouble?.says ?? '',
    labels: { app: name },
    numbers: {
      restarts: trouble?.restarts ?? (at % 11 === 0 ? 1 : 0),
      containers: 1,
      containers_ready: trouble === undefined ? 1 : 0,
      cpu_request_cores: 0.25,
      cpu_limit_cores: 1,
      memory_request_bytes: gibibyte / 4,
      memory_limit_bytes: gibibyte / 2,
    },
  }
}

function workloadOf({ namespace, name, kind }: (typeof workloads)[number], pods: ObjectRow[]) {
  const own = pods.filter((pod) => pod.workload === name)
  const ready = own.filter((pod) => pod.health === 'ok').length
  return {
    kind,
    name,
    namespace,
    api_version: 'apps/v1',
    workload_kind: kind,
    workload: name,
    health: ready === own.length ? ('ok' as const) : ('warn' as const),
    status: `${ready}/${own.length}`,
    object: deploymentObject(name, `shop/${name}:2.3.1`),
    numbers: { replicas_desired: own.length, replicas_ready: ready, replicas_updated: own.length },
  }
}

function others(): (Partial<ObjectRow> & { kind: string; name: string })[] {
  return [
    {
      kind: 'Service',
      name: 'checkout',
      namespace: 'shop',
      status: 'ClusterIP',
      numbers: { ports: 1 },
      object: {
        spec: {
          type: 'ClusterIP',
          clusterIP: '10.96.0.7',
          ports: [{ port: 8080 }],
          selector: { app: 'checkout' },
        },
      },
    },
    {
      kind: 'EndpointSlice',
      name: 'checkout-x7k2p',
      namespace: 'shop',
      health: 'warn',
      labels: { 'kubernetes.io/service-name': 'checkout' },
      numbers: { endpoints: 3, endpoints_ready: 2 },
    },
    {
      kind: 'HorizontalPodAutoscaler',
      name: 'checkout',
      namespace: 'shop',
      status: '3/6',
      numbers: { replicas_current: 3, replicas_max: 6, replicas_min: 2 },
      object: { spec: { scaleTargetRef: { kind: 'Deployment', name: 'checkout' } } },
    },
    {
      kind: 'PersistentVolumeClaim',
      name: 'orders-data-0',
      namespace: 'data',
      status: 'Bound',
      numbers: { storage_bytes: 20 * gibibyte },
      object: { spec: { storageClassName: 'standard', volumeName: 'pv-7' } },
    },
    {
      kind: 'Job',
      name: 'report-29384',
      namespace: 'data',
      workload_kind: 'CronJob',
      workload: 'report',
      owner_kind: 'CronJob',
      owner_name: 'report',
      health: 'bad',
      status: 'Failed',
      status_message: 'BackoffLimitExceeded',
      numbers: { completions: 1, succeeded: 0, failed: 6, active: 0 },
    },
    {
      kind: 'CronJob',
      name: 'report',
      namespace: 'data',
      workload_kind: 'CronJob',
      workload: 'report',
      status: 'Active',
      numbers: { active: 0 },
      object: { spec: { schedule: '*/10 * * * *' } },
    },
  ]
}

/** A deployment's life: made, changed by a person, and a pod that is gone. */
function changesOf(now_ms: number, started_ms: number): ObjectRow[] {
  const checkout = { kind: 'Deployment', name: 'checkout', namespace: 'shop' }
  const place = { workload_kind: 'Deployment', workload: 'checkout', api_version: 'apps/v1' }
  const image = 'spec.template.spec.containers.0.image'
  const gone = { kind: 'Pod', name: 'checkout-gone', namespace: 'shop' }
  const pod = { ...gone, status: 'Running', workload: 'checkout', restarts: 0 }
  return [
    whole(
      {
        ...checkout,
        ...place,
        change: 'added',
        object: deploymentObject('checkout', 'shop/checkout:2.3.0'),
      },
      started_ms,
      started_ms,
    ),
    whole(
      {
        ...checkout,
        ...place,
        change: 'modified',
        actor: 'kubectl-set',
        changes: [{ path: image, before: 'shop/checkout:2.3.0', after: 'shop/checkout:2.3.1' }],
        object: deploymentObject('checkout', 'shop/checkout:2.3.1'),
      },
      now_ms - 15 * 60_000,
      started_ms,
    ),
    whole(
      { ...gone, ...place, change: 'added', status: 'Running', object: podObject(pod, now_ms) },
      now_ms - 3 * 3_600_000,
      started_ms,
    ),
    whole({ ...gone, ...place, change: 'deleted', object: '' }, now_ms - 10 * 60_000, started_ms),
  ]
}

function eventOf(pod: ObjectRow, at: number, now_ms: number): EventRow {
  const reason = { CrashLoopBackOff: 'BackOff', Pending: 'FailedScheduling' }[pod.status]
  return {
    time_ms: now_ms - (at % 25) * 60_000 - 1_000,
    first_time_ms: now_ms - 3_600_000,
    event_uid: `event-${at}`,
    namespace: pod.namespace,
    kind: 'Pod',
    name: pod.name,
    uid: pod.uid,
    workload_kind: pod.workload_kind,
    workload: pod.workload,
    node: pod.node,
    type: 'Warning',
    reason: reason ?? 'Failed',
    message: pod.status_message,
    count: 3,
    source: 'kubelet',
  }
}

type Random = () => number

function metricsOf(
  cluster: string,
  pods: readonly ObjectRow[],
  nodes: readonly string[],
  now_ms: number,
  r: Random,
) {
  const gauge = (name: string, unit: string, asDouble: number) => ({
    name,
    unit,
    gauge: { dataPoints: [{ timeUnixNano: `${BigInt(now_ms - 20_000) * 1_000_000n}`, asDouble }] },
  })
  const of = (attributes: Record<string, string>, metrics: object[]) => ({
    resource: {
      attributes: Object.entries({ 'k8s.cluster.name': cluster, ...attributes }).map(
        ([key, stringValue]) => ({ key, value: { stringValue } }),
      ),
    },
    scopeMetrics: [{ scope: { name: 'crowsnest' }, metrics }],
  })
  const podMetrics = pods
    .filter((pod) => pod.node !== '')
    .map((pod) =>
      of(
        {
          'k8s.namespace.name': pod.namespace,
          'k8s.pod.name': pod.name,
          'k8s.pod.uid': pod.uid,
          'k8s.node.name': pod.node,
          [`k8s.${pod.workload_kind.toLowerCase()}.name`]: pod.workload,
        },
        [
          gauge('k8s.pod.cpu.usage', '{cpu}', 0.05 + r() * 0.4),
          gauge('k8s.pod.memory.working_set', 'By', (0.1 + r() * 0.38) * gibibyte),
        ],
      ),
    )
  const nodeMetrics = nodes.map((node) =>
    of({ 'k8s.node.name': node }, [
      gauge('k8s.node.cpu.usage', '{cpu}', 1 + r() * 6),
      gauge('k8s.node.memory.working_set', 'By', (6 + r() * 24) * gibibyte),
    ]),
  )
  return { resourceMetrics: [...podMetrics, ...nodeMetrics] }
}

/** A body of application/x-ndjson. */
export function lines(rows: readonly object[]): Buffer {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}
