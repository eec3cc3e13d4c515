/** kube_namespace_*, kube_service_*, kube_persistentvolume*_* and kube_resourcequota. */

import { quantity } from '../../../../model/kubernetes-quantity.ts'
import type { KubernetesObject } from '../../../kubernetes/api.ts'
import {
  namespaceOf,
  type Quantities,
  specOf,
  statusOf,
  type Tell,
  tellIf,
  tellMetadata,
  tellOneOf,
  tellTime,
} from './describe.ts'

export function describeNamespace(object: KubernetesObject, tell: Tell): void {
  const of = { namespace: object.metadata.name }
  tellMetadata(tell, 'kube_namespace', of, object)
  const { phase = '' } = statusOf<{ phase: string }>(object)
  const phases = { label: 'phase', values: ['Active', 'Terminating'], is: phase }
  tellOneOf(tell, 'kube_namespace_status_phase', of, phases)
}

type ServiceSpec = {
  type: string
  clusterIP: string
  externalName: string
  loadBalancerIP: string
  externalTrafficPolicy: string
  externalIPs: string[]
}
type ServiceStatus = { loadBalancer: { ingress?: { ip?: string; hostname?: string }[] } }

export function describeService(object: KubernetesObject, tell: Tell): void {
  const of = { namespace: namespaceOf(object), service: object.metadata.name }
  const spec = specOf<ServiceSpec>(object)
  const about = {
    uid: object.metadata.uid,
    cluster_ip: spec.clusterIP ?? '',
    external_name: spec.externalName ?? '',
    external_traffic_policy: spec.externalTrafficPolicy ?? '',
    load_balancer_ip: spec.loadBalancerIP ?? '',
  }
  tell('kube_service_info', { ...of, ...about }, 1)
  tellMetadata(tell, 'kube_service', of, object)
  tell('kube_service_spec_type', { ...of, type: spec.type ?? '' }, 1)
  for (const external_ip of spec.externalIPs ?? []) {
    tell('kube_service_spec_external_ip', { ...of, external_ip }, 1)
  }
  for (const { ip = '', hostname = '' } of statusOf<ServiceStatus>(object).loadBalancer?.ingress ??
    []) {
    tell('kube_service_status_load_balancer_ingress', { ...of, ip, hostname }, 1)
  }
}

type Claim = {
  storageClassName: string
  volumeName: string
  volumeMode: string
  accessModes: string[]
  resources: { requests?: Quantities }
}

export function describeClaim(object: KubernetesObject, tell: Tell): void {
  const name = 'kube_persistentvolumeclaim'
  const of = { namespace: namespaceOf(object), persistentvolumeclaim: object.metadata.name }
  const spec = specOf<Claim>(object)
  const about = {
    storageclass: spec.storageClassName ?? '',
    volumename: spec.volumeName ?? '',
    volumemode: spec.volumeMode ?? '',
  }
  tell(`${name}_info`, { ...of, ...about }, 1)
  tellMetadata(tell, name, of, object)
  for (const access_mode of spec.accessModes ?? []) {
    tell(`${name}_access_mode`, { ...of, access_mode }, 1)
  }
  const bytes = quantity(spec.resources?.requests?.storage)
  tellIf(tell, `${name}_resource_requests_storage_bytes`, of, bytes)
  const { phase = '' } = statusOf<{ phase: string }>(object)
  const phases = { label: 'phase', values: ['Lost', 'Bound', 'Pending'], is: phase }
  if (phase !== '') tellOneOf(tell, `${name}_status_phase`, of, phases)
}

type Volume = {
  storageClassName: string
  capacity: Quantities
  persistentVolumeReclaimPolicy: string
  volumeMode: string
  claimRef: { name: string; namespace: string }
}
const volumePhases = ['Pending', 'Available', 'Bound', 'Released', 'Failed']

export function describeVolume(object: KubernetesObject, tell: Tell): void {
  const name = 'kube_persistentvolume'
  const of = { persistentvolume: object.metadata.name }
  const spec = specOf<Volume>(object)
  const about = {
    storageclass: spec.storageClassName ?? '',
    reclaim_policy: spec.persistentVolumeReclaimPolicy ?? '',
    volume_mode: spec.volumeMode ?? '',
  }
  tell(`${name}_info`, { ...of, ...about }, 1)
  tellMetadata(tell, name, of, object)
  tellIf(tell, `${name}_capacity_bytes`, of, quantity(spec.capacity?.storage))
  const claim = spec.claimRef
  if (claim !== undefined) {
    const labels = { ...of, name: claim.name, claim_namespace: claim.namespace }
    tell(`${name}_claim_ref`, labels, 1)
  }
  const { phase = '' } = statusOf<{ phase: string }>(object)
  const phases = { label: 'phase', values: volumePhases, is: phase }
  if (phase !== '') tellOneOf(tell, `${name}_status_phase`, of, phases)
}

export function describeQuota(object: KubernetesObject, tell: Tell): void {
  const of = { namespace: namespaceOf(object), resourcequota: object.metadata.name }
  tellTime(tell, 'kube_resourcequota_created', of, object.metadata.creationTimestamp)
  const { hard = {}, used = {} } = statusOf<{ hard: Quantities; used: Quantities }>(object)
  for (const [type, amounts] of Object.entries({ hard, used })) {
    for (const [resource, text] of Object.entries(amounts)) {
      tellIf(tell, 'kube_resourcequota', { ...of, resource, type }, quantity(text))
    }
  }
}
