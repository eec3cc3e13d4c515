/** ReplicaSets, StatefulSets and DaemonSets: as many pods as they want, and their statuses. */
import type { NewObject, Node, Pod, Workload } from '../api/objects.ts'
import { type Control, isOver, isReady, removeObject } from './control.ts'
import { createPod } from './pod-maker.ts'

type PodsByOwner = Map<string, Pod[]>

const isLeaving = (pod: Pod) => pod.metadata.deletionTimestamp !== undefined

export function runReplicaSets(control: Control, podsByOwner: PodsByOwner): void {
  for (const set of control.store.list<Workload>('ReplicaSet')) {
    const { metadata, spec } = set
    const pods = podsByOwner.get(metadata.uid) ?? []
    const alive = pods.filter((pod) => !isOver(pod) && !isLeaving(pod))
    const wanted = spec.replicas ?? 0
    for (let count = alive.length; count < wanted; count++) {
      createPod(control, { owner: set, template: spec.template })
    }
    // Those that are not ready go first, then the newest.
    const worst = [...alive].sort((one, other) => Number(isReady(one)) - Number(isReady(other)))
    for (const pod of worst.slice(0, Math.max(0, alive.length - wanted))) {
      removeObject(control, 'Pod', metadata.namespace, pod.metadata.name)
      const message = `Deleted pod: ${pod.metadata.name}`
      const source = 'replicaset-controller'
      control.recorder.say({ about: set, reason: 'SuccessfulDelete', message, source })
    }
    const ready = alive.filter(isReady).length
    const status = {
      observedGeneration: metadata.generation ?? 1,
      replicas: alive.length,
      fullyLabeledReplicas: alive.length,
      readyReplicas: ready,
      availableReplicas: ready,
    }
    control.store.apply({ ...set, status }, 'kube-controller-manager')
  }
}

export function runStatefulSets(control: Control, podsByOwner: PodsByOwner): void {
  const { store } = control
  for (const set of store.list<Workload>('StatefulSet')) {
    const { metadata, spec } = set
    const { namespace } = metadata
    const pods = podsByOwner.get(metadata.uid) ?? []
    const wanted = spec.replicas ?? 1
    const revision = `${metadata.name}-6d5f8b9c74`
    for (let ordinal = 0; ordinal < wanted; ordinal++) {
      const name = `${metadata.name}-${ordinal}`
      const pod = pods.find((each) => each.metadata.name === name)
      if (pod !== undefined && isOver(pod)) store.remove('Pod', name, namespace)
      if (pod !== undefined && !isReady(pod)) break
      if (pod !== undefined) continue
      const template = withClaims(control, set, name)
      const labels = {
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
        'controller-revision-hash': revision,
      }
      createPod(control, { owner: set, template, name, labels })
      break
    }
    for (const pod of pods) {
      const ordinal = Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? 0)
      if (ordinal >= wanted) removeObject(control, 'Pod', namespace, pod.metadata.name)
    }
    const ready = pods.filter(isReady).length
    const status = {
      observedGeneration: metadata.generation ?? 1,
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: pods.length,
      updatedReplicas: pods.length,
      currentRevision: revision,
      updateRevision: revision,
      collisionCount: 0,
    }
    store.apply({ ...set, status }, 'kube-controller-manager')
  }
}

/** Each pod has a claim of its own, and each claim a volume. */
function withClaims({ store }: Control, set: Workload, pod: string): Workload['spec']['template'] {
  const { template, volumeClaimTemplates = [] } = set.spec
  const { namespace } = set.metadata
  const volumes = volumeClaimTemplates.map((claim) => {
    const { name } = claim.metadata
    const claimName = `${name}-${pod}`
    if (store.get('PersistentVolumeClaim', claimName, namespace) === undefined) {
      bindClaim(store, { ...claim, metadata: { ...claim.metadata, name: claimName } }, namespace!)
    }
    return { name, persistentVolumeClaim: { claimName } }
  })
  const spec = { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...volumes] }
  return { ...template, spec }
}

type ClaimSpec = { storageClassName: string; resources: { requests: { storage: string } } }

export function bindClaim(store: Control['store'], claim: NewObject, namespace: string): void {
  const manager = 'kube-controller-manager'
  const kind = 'PersistentVolumeClaim'
  const metadata = { ...claim.metadata, namespace }
  const made = store.apply({ ...claim, apiVersion: 'v1', kind, metadata, status: {} }, manager)
  const spec = claim.spec as ClaimSpec
  const volumeName = `pvc-${made.metadata.uid}`
  const capacity = { storage: spec.resources.requests.storage }
  const accessModes = ['ReadWriteOnce']
  const { name, uid } = made.metadata
  store.apply(
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volumeName, annotations: { 'pv.kubernetes.io/provisioned-by': 'local' } },
      spec: {
        capacity,
        accessModes,
        claimRef: { apiVersion: 'v1', kind, name, namespace, uid },
        hostPath: { path: `/var/local-path/${volumeName}`, type: 'DirectoryOrCreate' },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: spec.storageClassName,
        volumeMode: 'Filesystem',
      },
      status: { phase: 'Bound' },
    },
    manager,
  )
  const status = { phase: 'Bound', accessModes, capacity }
  store.apply({ ...made, spec: { ...spec, accessModes, volumeName }, status }, manager)
}

export function runDaemonSets(control: Control, podsByOwner: PodsByOwner): void {
  const nodes = control.store.list<Node>('Node')
  for (const set of control.store.list<Workload>('DaemonSet')) {
    const { metadata, spec } = set
    const pods = podsByOwner.get(metadata.uid) ?? []
    const here = (node: string) =>
      pods.find(({ spec: { nodeName, affinity } }) =>
        nodeName === undefined ? JSON.stringify(affinity).includes(`"${node}"`) : nodeName === node,
      )
    for (const { metadata: node } of nodes) {
      const pod = here(node.name)
      if (pod !== undefined && isOver(pod)) {
        control.store.remove('Pod', pod.metadata.name, metadata.namespace)
      }
      if (pod === undefined)
        createPod(control, { owner: set, template: spec.template, node: node.name })
    }
    const ready = pods.filter(isReady).length
    const status = {
      observedGeneration: metadata.generation ?? 1,
      desiredNumberScheduled: nodes.length,
      currentNumberScheduled: pods.length,
      updatedNumberScheduled: pods.length,
      numberAvailable: ready,
      numberReady: ready,
      numberMisscheduled: 0,
      ...(ready < nodes.length ? { numberUnavailable: nodes.length - ready } : {}),
    }
    control.store.apply({ ...set, status }, 'kube-controller-manager')
  }
}
