/** Deployments: a ReplicaSet for each template, and one pod at a time from the old to the new. */
import { replicaSetName } from '../../cluster/pod-identity.ts'
import {
  type Condition,
  type KubeObject,
  namedAs,
  ownedBy,
  type Pod,
  timestamp,
  type Workload,
} from '../api/objects.ts'
import { type Control, isOver, isReady } from './control.ts'

const revision_note = 'deployment.kubernetes.io/revision'
const history_max = 3

/** The template of each deployment as it was first seen, without its image's tag. */
const firstTemplates = new WeakMap<Control, Map<string, string>>()

/** Named by the version that it runs, as the shop's pods know themselves. */
function nameFor(control: Control, deployment: Workload): string {
  const known = firstTemplates.get(control) ?? new Map<string, string>()
  firstTemplates.set(control, known)
  const { template } = deployment.spec
  const [, tag = 'latest'] = /:([^:/]+)$/.exec(template.spec.containers[0]?.image ?? '') ?? []
  const bare = JSON.stringify(template).replaceAll(`:${tag}"`, '"')
  const key = namedAs(deployment)
  const first = known.get(key) ?? bare
  known.set(key, first)
  return replicaSetName(deployment.metadata.name, first === bare ? tag : `${tag}+${bare}`)
}

export function runDeployments(control: Control, podsByOwner: Map<string, Pod[]>): void {
  const sets = new Map<string, Workload[]>()
  for (const set of control.store.list<Workload>('ReplicaSet')) {
    const uid = set.metadata.ownerReferences?.[0]?.uid ?? ''
    sets.set(uid, [...(sets.get(uid) ?? []), set])
  }
  for (const deployment of control.store.list<Workload>('Deployment')) {
    run(control, deployment, { sets: sets.get(deployment.metadata.uid) ?? [], podsByOwner })
  }
}

type Around = { sets: Workload[]; podsByOwner: Map<string, Pod[]> }

function run(control: Control, deployment: Workload, { sets, podsByOwner }: Around): void {
  const wanted = deployment.spec.replicas ?? 1
  const name = nameFor(control, deployment)
  const current =
    sets.find((set) => set.metadata.name === name) ?? makeSet(control, deployment, name, sets)
  const alive = (set: KubeObject) =>
    (podsByOwner.get(set.metadata.uid) ?? []).filter((pod) => !isOver(pod))
  const ready = (set: KubeObject) => alive(set).filter(isReady).length
  const old = sets.filter((set) => set.metadata.name !== name)
  const oldWanted = old.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0)
  const newWanted = current.spec.replicas ?? 0
  if (oldWanted === 0) scale(control, deployment, current, wanted)
  else if (newWanted < wanted && newWanted + oldWanted <= wanted) {
    scale(control, deployment, current, newWanted + 1)
  } else if (ready(current) >= newWanted) {
    const largest = old.find((set) => (set.spec.replicas ?? 0) > 0)!
    const surplus = newWanted >= wanted ? (largest.spec.replicas ?? 0) : 1
    scale(control, deployment, largest, (largest.spec.replicas ?? 0) - Math.max(1, surplus))
  }
  for (const set of old.slice(0, Math.max(0, old.length - history_max))) {
    if ((set.spec.replicas ?? 0) > 0 || alive(set).length > 0) continue
    control.store.remove('ReplicaSet', set.metadata.name, set.metadata.namespace)
  }
  const total = [current, ...old].reduce((sum, set) => sum + alive(set).length, 0)
  const readyTotal = [current, ...old].reduce((sum, set) => sum + ready(set), 0)
  tell(control, deployment, { name, wanted, total, readyTotal, updated: alive(current).length })
}

function makeSet(
  control: Control,
  deployment: Workload,
  name: string,
  sets: readonly Workload[],
): Workload {
  const { metadata, spec } = deployment
  const label = { 'pod-template-hash': name.slice(metadata.name.length + 1) }
  const last = sets.map((set) => Number(set.metadata.annotations?.[revision_note] ?? 0))
  const revision = String(Math.max(0, ...last) + 1)
  const { template } = spec
  const labels = { ...template.metadata.labels, ...label }
  const annotations = { ...deployment.metadata.annotations, [revision_note]: revision }
  control.store.apply(
    { ...deployment, metadata: { ...deployment.metadata, annotations } },
    'kube-controller-manager',
  )
  return control.store.apply<Workload>(
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        namespace: metadata.namespace!,
        labels,
        annotations: {
          'deployment.kubernetes.io/desired-replicas': String(spec.replicas ?? 1),
          [revision_note]: revision,
        },
        ownerReferences: ownedBy(deployment),
      },
      spec: {
        replicas: 0,
        selector: { matchLabels: { ...spec.selector.matchLabels, ...label } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
      status: { replicas: 0 },
    },
    'kube-controller-manager',
  )
}

function scale(control: Control, deployment: Workload, set: Workload, replicas: number): void {
  const before = set.spec.replicas ?? 0
  if (before === replicas) return
  control.store.apply({ ...set, spec: { ...set.spec, replicas } }, 'kube-controller-manager')
  const direction = replicas > before ? 'up' : 'down'
  const { name } = set.metadata
  control.recorder.say({
    about: deployment,
    reason: 'ScalingReplicaSet',
    message: `Scaled ${direction} replica set ${name} from ${before} to ${replicas}`,
    source: 'deployment-controller',
  })
}

type Told = { name: string; wanted: number; total: number; readyTotal: number; updated: number }

function tell(control: Control, deployment: Workload, told: Told): void {
  const { name, wanted, total, readyTotal, updated } = told
  const now_ms = control.now_ms()
  const now = timestamp(now_ms)
  const old = deployment.status.conditions ?? []
  const was = (type: string) => old.find((condition) => condition.type === type)
  const isDone = updated >= wanted && readyTotal >= wanted && total === wanted
  const before = was('Progressing')
  const isSameSet = before?.message?.includes(`"${name}"`) === true
  const { updatedReplicas: updatedBefore } = deployment.status
  const hasMoved =
    !isSameSet || updatedBefore !== updated || deployment.status.readyReplicas !== readyTotal
  const moved_ms = Date.parse(before?.lastUpdateTime ?? now)
  const wasStuck = before?.reason === 'ProgressDeadlineExceeded'
  const isLate = wasStuck || now_ms - moved_ms > control.pace.progress_ms
  const isStuck = !isDone && !hasMoved && isLate
  const words = isDone ? 'has successfully progressed' : 'is progressing'
  const progressing: Pick<Condition, 'status' | 'reason' | 'message'> = isStuck
    ? {
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: `ReplicaSet "${name}" has timed out progressing.`,
      }
    : {
        status: 'True',
        reason: isDone ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
        message: `ReplicaSet "${name}" ${words}.`,
      }
  const available = readyTotal >= Math.max(1, wanted - Math.floor(wanted / 4))
  const condition = (type: string, next: Omit<Condition, 'type'>, isMoved: boolean): Condition => {
    const last = was(type)
    const same = last?.status === next.status
    return {
      type,
      ...next,
      lastUpdateTime: same && !isMoved && last?.reason === next.reason ? last.lastUpdateTime! : now,
      lastTransitionTime: same ? last.lastTransitionTime! : now,
    }
  }
  const why = available
    ? { reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
  const status = {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: total,
    updatedReplicas: updated,
    readyReplicas: readyTotal,
    availableReplicas: readyTotal,
    ...(wanted > readyTotal ? { unavailableReplicas: wanted - readyTotal } : {}),
    conditions: [
      condition('Available', { status: available ? 'True' : 'False', ...why }, false),
      condition('Progressing', progressing, hasMoved && !isDone),
    ],
  }
  const { kind, metadata } = deployment
  const newest = control.store.get<Workload>(kind, metadata.name, metadata.namespace)
  if (newest !== undefined) control.store.apply({ ...newest, status }, 'kube-controller-manager')
}
