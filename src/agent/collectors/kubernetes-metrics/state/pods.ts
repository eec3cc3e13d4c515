/** kube_pod_*: pods, their containers and what these asked for. */
import type { KubernetesObject } from '../../../kubernetes/api.ts'
import {
  type Condition,
  controllerOf,
  type Labels,
  namespaceOf,
  type Quantities,
  secondsOf,
  specOf,
  statusOf,
  type Tell,
  tellAmounts,
  tellIf,
  tellMetadata,
  tellOneOf,
  tellOwners,
  tellTime,
  tellTruth,
} from './describe.ts'

type Terminated = { reason?: string; exitCode?: number; startedAt?: string; finishedAt?: string }
type State = {
  waiting?: { reason?: string }
  running?: { startedAt?: string }
  terminated?: Terminated
}
type Status = {
  name: string
  image?: string
  imageID?: string
  containerID?: string
  ready?: boolean
  restartCount?: number
  state?: State
  lastState?: State
}
type Container = {
  name: string
  image?: string
  restartPolicy?: string
  resources?: { requests?: Quantities; limits?: Quantities }
}
type Volume = { name: string; persistentVolumeClaim?: { claimName: string; readOnly?: boolean } }
type PodSpec = {
  nodeName: string
  hostNetwork: boolean
  priorityClassName: string
  restartPolicy: string
  schedulerName: string
  serviceAccountName: string
  containers: Container[]
  initContainers: Container[]
  volumes: Volume[]
}
type PodStatus = {
  phase: string
  reason: string
  hostIP: string
  podIP: string
  podIPs: { ip: string }[]
  qosClass: string
  startTime: string
  conditions: Condition[]
  containerStatuses: Status[]
  initContainerStatuses: Status[]
}

const phases = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running']
const reasons = ['Evicted', 'NodeAffinity', 'NodeLost', 'Shutdown', 'UnexpectedAdmissionError']
const qosClasses = ['BestEffort', 'Burstable', 'Guaranteed']

export function describePod(pod: KubernetesObject, tell: Tell): void {
  const spec = specOf<PodSpec>(pod)
  const status = statusOf<PodStatus>(pod)
  const { name, uid } = pod.metadata
  const of = { namespace: namespaceOf(pod), pod: name, uid }
  const controller = controllerOf(pod)
  const about = {
    host_ip: status.hostIP ?? '',
    pod_ip: status.podIP ?? '',
    node: spec.nodeName ?? '',
    created_by_kind: controller?.kind ?? '',
    created_by_name: controller?.name ?? '',
    priority_class: spec.priorityClassName ?? '',
    host_network: String(spec.hostNetwork === true),
  }
  tell('kube_pod_info', { ...of, ...about }, 1)
  tellOwners(tell, 'kube_pod_owner', of, pod)
  tellMetadata(tell, 'kube_pod', of, pod)
  tellTime(tell, 'kube_pod_deletion_timestamp', of, pod.metadata.deletionTimestamp)
  tellTime(tell, 'kube_pod_start_time', of, status.startTime)
  tell('kube_pod_restart_policy', { ...of, type: spec.restartPolicy ?? 'Always' }, 1)
  const account = spec.serviceAccountName ?? ''
  tell('kube_pod_service_account', { ...of, service_account: account }, 1)
  tell('kube_pod_scheduler', { ...of, name: spec.schedulerName ?? '' }, 1)
  for (const { ip } of status.podIPs ?? []) {
    tell('kube_pod_ips', { ...of, ip, ip_family: ip.includes(':') ? '6' : '4' }, 1)
  }
  for (const { name: volume, persistentVolumeClaim: claim } of spec.volumes ?? []) {
    if (claim === undefined) continue
    const labels = { ...of, volume, persistentvolumeclaim: claim.claimName }
    tell('kube_pod_spec_volumes_persistentvolumeclaims_info', labels, 1)
    const readOnly = 'kube_pod_spec_volumes_persistentvolumeclaims_readonly'
    tell(readOnly, labels, claim.readOnly === true ? 1 : 0)
  }
  describeStatus(of, status, tell)
  describeContainers(of, spec, status, tell)
}

function describeStatus(of: Labels, status: Partial<PodStatus>, tell: Tell): void {
  const { phase = '', qosClass = '', conditions = [], containerStatuses = [] } = status
  if (phase !== '') {
    tellOneOf(tell, 'kube_pod_status_phase', of, { label: 'phase', values: phases, is: phase })
  }
  const ended = containerStatuses.map(({ state }) => state?.terminated?.reason)
  for (const reason of reasons) {
    const isTrue = status.reason === reason || ended.includes(reason)
    tell('kube_pod_status_reason', { ...of, reason }, isTrue ? 1 : 0)
  }
  const qos = { label: 'qos_class', values: qosClasses, is: qosClass }
  if (qosClass !== '') tellOneOf(tell, 'kube_pod_status_qos_class', of, qos)
  for (const condition of conditions) {
    const words = { label: 'condition', status: condition.status }
    if (condition.type === 'Ready') {
      tellTruth(tell, 'kube_pod_status_ready', of, words)
      if (condition.status === 'True') {
        tellTime(tell, 'kube_pod_status_ready_time', of, condition.lastTransitionTime)
      }
    } else if (condition.type === 'PodScheduled') {
      tellTruth(tell, 'kube_pod_status_scheduled', of, words)
      if (condition.status === 'True') {
        tellTime(tell, 'kube_pod_status_scheduled_time', of, condition.lastTransitionTime)
      } else if (condition.reason === 'Unschedulable') {
        tell('kube_pod_status_unschedulable', of, 1)
      }
    }
  }
  const finished = containerStatuses
    .map(({ state }) => secondsOf(state?.terminated?.finishedAt) ?? 0)
    .reduce((latest, one) => Math.max(latest, one), 0)
  if (finished > 0) tell('kube_pod_completion_time', of, finished)
}

function describeContainers(
  of: Labels,
  spec: Partial<PodSpec>,
  status: Partial<PodStatus>,
  tell: Tell,
): void {
  const groups = [
    ['kube_pod_container', spec.containers, status.containerStatuses],
    ['kube_pod_init_container', spec.initContainers, status.initContainerStatuses],
  ] as const
  for (const [prefix, containers = [], statuses = []] of groups) {
    for (const { name, resources = {} } of containers) {
      const labels = { ...of, container: name, node: spec.nodeName ?? '' }
      tellAmounts(tell, `${prefix}_resource_requests`, labels, resources.requests)
      tellAmounts(tell, `${prefix}_resource_limits`, labels, resources.limits)
    }
    for (const one of statuses) {
      const wanted = containers.find(({ name }) => name === one.name)
      describeContainer(prefix, { ...of, container: one.name }, one, wanted, tell)
    }
  }
}

function describeContainer(
  prefix: string,
  of: Labels,
  one: Status,
  wanted: Container | undefined,
  tell: Tell,
): void {
  const { state = {}, lastState = {}, image = '', imageID = '', containerID = '' } = one
  const about = { image, image_id: imageID, image_spec: wanted?.image ?? '' }
  tell(`${prefix}_info`, { ...of, ...about, container_id: containerID }, 1)
  const { waiting, running, terminated } = state
  tell(`${prefix}_status_ready`, of, one.ready === true ? 1 : 0)
  tell(`${prefix}_status_restarts_total`, of, one.restartCount ?? 0)
  tell(`${prefix}_status_waiting`, of, waiting === undefined ? 0 : 1)
  tell(`${prefix}_status_running`, of, running === undefined ? 0 : 1)
  tell(`${prefix}_status_terminated`, of, terminated === undefined ? 0 : 1)
  const tellReason = (word: string, reason: string | undefined) => {
    if (reason !== undefined) tell(`${prefix}_status_${word}`, { ...of, reason }, 1)
  }
  tellReason('waiting_reason', waiting?.reason)
  tellReason('terminated_reason', terminated?.reason)
  const last = lastState.terminated
  tellReason('last_terminated_reason', last?.reason)
  tellIf(tell, `${prefix}_status_last_terminated_exitcode`, of, last?.exitCode)
  tellTime(tell, `${prefix}_status_last_terminated_timestamp`, of, last?.finishedAt)
  tellTime(tell, `${prefix}_state_started`, of, running?.startedAt ?? terminated?.startedAt)
}
