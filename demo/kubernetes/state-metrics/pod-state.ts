/** The part of kube-state-metrics that is about pods. */
import type { ObjectStore } from '../api/object-store.ts'
import { type ContainerStatus, ownerOf, type Pod } from '../api/objects.ts'
import { amountOf } from '../kubelet/amounts.ts'
import type { Exposition } from './exposition.ts'

const seconds = (time: string) => Math.floor(Date.parse(time) / 1000)
const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']
const truths = ['true', 'false', 'unknown']

export function addPods(page: Exposition, store: ObjectStore): void {
  for (const pod of store.list<Pod>('Pod')) {
    const { name, namespace = '', uid, creationTimestamp, labels = {} } = pod.metadata
    const of = { namespace, pod: name, uid }
    const owner = ownerOf(pod)
    const { spec, status } = pod
    page.add(
      'kube_pod_info',
      {
        ...of,
        host_ip: status.hostIP ?? '',
        pod_ip: status.podIP ?? '',
        node: spec.nodeName ?? '',
        created_by_kind: owner?.kind ?? '<none>',
        created_by_name: owner?.name ?? '<none>',
        priority_class: spec.priorityClassName ?? '',
        host_network: String(spec.hostNetwork === true),
      },
      1,
    )
    const about = { owner_kind: owner?.kind ?? '<none>', owner_name: owner?.name ?? '<none>' }
    page.add('kube_pod_owner', { ...of, ...about, owner_is_controller: 'true' }, 1)
    const named = Object.entries(labels).map(([key, value]) => [
      `label_${key.replace(/[^a-zA-Z0-9_]/g, '_')}`,
      value,
    ])
    page.add('kube_pod_labels', { ...of, ...Object.fromEntries(named) }, 1)
    page.add('kube_pod_created', of, seconds(creationTimestamp))
    if (status.startTime) page.add('kube_pod_start_time', of, seconds(status.startTime))
    page.oneHot('kube_pod_status_phase', of, { label: 'phase', values: phases, is: status.phase })
    const reasons = ['Evicted', 'NodeAffinity', 'NodeLost', 'Shutdown', 'UnexpectedAdmissionError']
    const reason = { label: 'reason', values: reasons, is: status.reason ?? '' }
    page.oneHot('kube_pod_status_reason', of, reason)
    const qos = ['BestEffort', 'Burstable', 'Guaranteed']
    const qosClass = { label: 'qos_class', values: qos, is: status.qosClass ?? '' }
    page.oneHot('kube_pod_status_qos_class', of, qosClass)
    for (const [type, metric] of [
      ['Ready', 'ready'],
      ['PodScheduled', 'scheduled'],
    ] as const) {
      const is = status.conditions?.find((condition) => condition.type === type)?.status ?? 'False'
      const hot = { label: 'condition', values: truths, is: is.toLowerCase() }
      page.oneHot(`kube_pod_status_${metric}`, of, hot)
    }
    addContainers(page, pod, of)
  }
}

type PodLabels = { namespace: string; pod: string; uid: string }

function addContainers(page: Exposition, { spec, status }: Pod, of: PodLabels): void {
  for (const container of status.containerStatuses ?? []) addStatus(page, container, of)
  for (const { name, resources = {} } of spec.containers) {
    const node = spec.nodeName ?? ''
    for (const kind of ['requests', 'limits'] as const) {
      for (const [resource, text] of Object.entries(resources[kind] ?? {})) {
        const unit = resource === 'cpu' ? 'core' : 'byte'
        const labels = { ...of, container: name, node, resource, unit }
        page.add(`kube_pod_container_resource_${kind}`, labels, amountOf(text))
      }
    }
  }
}

function addStatus(page: Exposition, container: ContainerStatus, of: PodLabels): void {
  const { name, state, lastState, image, imageID, containerID = '' } = container
  const labels = { ...of, container: name }
  const base = 'kube_pod_container_status'
  const about = { image, image_spec: image, image_id: imageID, container_id: containerID }
  page.add('kube_pod_container_info', { ...labels, ...about }, 1)
  page.add(`${base}_ready`, labels, container.ready ? 1 : 0)
  page.add(`${base}_running`, labels, state.running ? 1 : 0)
  page.add(`${base}_waiting`, labels, state.waiting ? 1 : 0)
  page.add(`${base}_terminated`, labels, state.terminated ? 1 : 0)
  page.count(`${base}_restarts_total`, labels, container.restartCount)
  const told = [
    ['waiting_reason', state.waiting?.reason],
    ['terminated_reason', state.terminated?.reason],
    ['last_terminated_reason', lastState.terminated?.reason],
  ] as const
  for (const [metric, reason] of told) {
    if (reason !== undefined) page.add(`${base}_${metric}`, { ...labels, reason }, 1)
  }
  if (lastState.terminated !== undefined) {
    page.add(`${base}_last_terminated_exitcode`, labels, lastState.terminated.exitCode)
  }
  if (state.running !== undefined) {
    page.add('kube_pod_container_state_started', labels, seconds(state.running.startedAt))
  }
}
