/** A pod as its code knows it: identity, service, telemetry, and the load it carries. */
import type { PodIdentity } from '../cluster/pod-identity.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Service } from './service-definition.ts'

export type PodLoad = {
  started_ms: number
  leaked_bytes: number
  /** Database calls that run now, for the pool's gauges. */
  queries: number
}
export type Pod = {
  service: Service
  identity: PodIdentity
  telemetry: Telemetry
  load: PodLoad
}

/** Its name inside the cluster. */
export function hostOf(service: Pick<Service, 'name' | 'namespace'>): string {
  return `${service.name}.${service.namespace}.svc.cluster.local`
}
