/** Pods from templates, with the names and the fields that Kubernetes itself would fill in. */

import { replicaNames } from '../../cluster/pod-identity.ts'
import { hash, podLetters, seeded, text } from '../../random.ts'
import {
  type ContainerSpec,
  type KubeObject,
  type NewObject,
  namedAs,
  ownedBy,
  type Pod,
  type PodSpec,
  type PodTemplate,
  type Words,
} from '../api/objects.ts'
import type { Control } from './control.ts'

export type PodWish = {
  owner: KubeObject
  template: PodTemplate
  /** Of a ReplicaSet, DaemonSet or Job the name is made; a StatefulSet gives it. */
  name?: string
  labels?: Words
  node?: string
}

/** Each pod of an owner gets the next number; names follow from it and stay the same. */
export function createPod(control: Control, wish: PodWish): Pod {
  const { store, ordinals } = control
  const { owner, template } = wish
  const { namespace = 'default' } = owner.metadata
  const counter = `${owner.kind}/${namedAs(owner)}`
  let ordinal = ordinals.get(counter) ?? 0
  let made = replicaNames(owner.metadata.name, ordinal)
  const isTaken = () => wish.name === undefined && store.get('Pod', made.name, namespace)
  while (isTaken()) made = replicaNames(owner.metadata.name, ++ordinal)
  ordinals.set(counter, ordinal + 1)
  const name = wish.name ?? made.name
  const uid = uidIn(control, owner.metadata.name, ordinal)
  ordinals.set(`pod/${uid}`, ordinal)
  const generateName = wish.name === undefined ? { generateName: `${owner.metadata.name}-` } : {}
  const spec = completed(template.spec, uid)
  const pod: NewObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...generateName,
      name,
      namespace,
      uid: wish.name === undefined ? uid : statefulUid(control, namespace, name),
      labels: { ...template.metadata.labels, ...wish.labels },
      ...(template.metadata.annotations ? { annotations: template.metadata.annotations } : {}),
      ownerReferences: ownedBy(owner),
    },
    spec: wish.node === undefined ? spec : { ...spec, ...pinned(spec, wish.node) },
    status: { phase: 'Pending', qosClass: qosOf(spec.containers) },
  }
  const stored = store.apply<Pod>(pod, 'kube-controller-manager')
  control.recorder.say({
    about: owner,
    reason: 'SuccessfulCreate',
    message: `Created pod: ${name}`,
    source: controllers[owner.kind] ?? 'kube-controller-manager',
  })
  return stored
}

export const controllers: Record<string, string> = {
  ReplicaSet: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemonset-controller',
  Job: 'job-controller',
}

/** The same name again is another pod. */
function statefulUid(control: Control, namespace: string, name: string): string {
  const { ordinals } = control
  const counter = `named/${namespace}/${name}`
  const count = ordinals.get(counter) ?? 0
  ordinals.set(counter, count + 1)
  return uidIn(control, `${namespace}/${name}`, count)
}

/** The shop tells its cluster's past; in other clusters the same names are other pods. */
function uidIn({ store }: Control, name: string, ordinal: number): string {
  const own = store.seed === 'demo' ? name : `${store.seed}/${name}`
  return replicaNames(own, ordinal).uid
}

function completed(spec: PodSpec, uid: string): PodSpec {
  const access = `kube-api-access-${text(seeded(hash(uid)), podLetters, 5)}`
  const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
  const containers = spec.containers.map((container) => ({
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...container,
    volumeMounts: [...(container.volumeMounts ?? []), { name: access, readOnly: true, mountPath }],
  }))
  const sources = [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }]
  const volume = { name: access, projected: { defaultMode: 420, sources } }
  const missing = (key: string) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  })
  const { tolerations = [missing('not-ready'), missing('unreachable')] } = spec
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
    securityContext: {},
    ...spec,
    containers,
    volumes: [...(spec.volumes ?? []), volume],
    tolerations,
  }
}

/** A DaemonSet's pods know their node before they are scheduled. */
function pinned(spec: PodSpec, node: string): Partial<PodSpec> {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }]
  const terms = { nodeSelectorTerms: [{ matchFields }] }
  const affinity = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
  }
  const everywhere = [{ operator: 'Exists', effect: 'NoSchedule' }]
  return { affinity, tolerations: [...(spec.tolerations ?? []), ...everywhere] }
}

export function qosOf(containers: readonly ContainerSpec[]): string {
  const all = containers.map(({ resources = {} }) => resources)
  const none = all.every(({ requests, limits }) => requests === undefined && limits === undefined)
  if (none) return 'BestEffort'
  const isGuaranteed = all.every(
    ({ requests = {}, limits = {} }) =>
      ['cpu', 'memory'].every((name) => limits[name] !== undefined) &&
      ['cpu', 'memory'].every((name) => (requests[name] ?? limits[name]) === limits[name]),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}
