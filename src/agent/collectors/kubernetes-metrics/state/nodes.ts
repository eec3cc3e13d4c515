/** kube_node_*: machines, what they have and how they are. */
import type { KubernetesObject } from '../../../kubernetes/api.ts'
import {
  type Condition,
  type Quantities,
  specOf,
  statusOf,
  type Tell,
  tellAmounts,
  tellConditions,
  tellMetadata,
  tellTime,
} from './describe.ts'

type NodeSpec = {
  providerID: string
  podCIDR: string
  unschedulable: boolean
  taints: { key: string; value?: string; effect: string }[]
}
type NodeInfo = {
  kernelVersion: string
  osImage: string
  containerRuntimeVersion: string
  kubeletVersion: string
  systemUUID: string
}
type NodeStatus = {
  nodeInfo: Partial<NodeInfo>
  capacity: Quantities
  allocatable: Quantities
  conditions: Condition[]
  addresses: { type: string; address: string }[]
}

const rolePrefix = 'node-role.kubernetes.io/'

export function describeNode(object: KubernetesObject, tell: Tell): void {
  const node = object.metadata.name
  const spec = specOf<NodeSpec>(object)
  const { nodeInfo = {}, addresses = [], ...status } = statusOf<NodeStatus>(object)
  tell(
    'kube_node_info',
    {
      node,
      kernel_version: nodeInfo.kernelVersion ?? '',
      os_image: nodeInfo.osImage ?? '',
      container_runtime_version: nodeInfo.containerRuntimeVersion ?? '',
      kubelet_version: nodeInfo.kubeletVersion ?? '',
      provider_id: spec.providerID ?? '',
      pod_cidr: spec.podCIDR ?? '',
      system_uuid: nodeInfo.systemUUID ?? '',
      internal_ip: addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
    },
    1,
  )
  tellMetadata(tell, 'kube_node', { node }, object)
  tellTime(tell, 'kube_node_deletion_timestamp', { node }, object.metadata.deletionTimestamp)
  for (const label of Object.keys(object.metadata.labels ?? {})) {
    if (!label.startsWith(rolePrefix)) continue
    tell('kube_node_role', { node, role: label.slice(rolePrefix.length) }, 1)
  }
  tell('kube_node_spec_unschedulable', { node }, spec.unschedulable === true ? 1 : 0)
  for (const { key, value = '', effect } of spec.taints ?? []) {
    tell('kube_node_spec_taint', { node, key, value, effect }, 1)
  }
  for (const { type, address } of addresses) {
    tell('kube_node_status_addresses', { node, type, address }, 1)
  }
  tellAmounts(tell, 'kube_node_status_capacity', { node }, status.capacity)
  tellAmounts(tell, 'kube_node_status_allocatable', { node }, status.allocatable)
  tellConditions(tell, 'kube_node_status_condition', { node }, status.conditions)
}
