/**
 * Data table: what the programs of Kubernetes' control plane tell of themselves, by the name that
 * they have in their own exposition, with the names that Metricbeat has for it.
 */
import type { MetricAliases } from './metric-names.ts'

export const controlPlaneAliases: MetricAliases = {
  apiserver_request_total: ['kubernetes.apiserver.request.count'],
  apiserver_current_inflight_requests: ['kubernetes.apiserver.request.current.count'],
  apiserver_longrunning_requests: ['kubernetes.apiserver.request.longrunning.count'],
  rest_client_requests_total: [
    { like: 'kubernetes.apiserver.client.request.count' },
    { like: 'kubernetes.controllermanager.client.request.count' },
    { like: 'kubernetes.scheduler.client.request.count' },
    { like: 'kubernetes.proxy.client.request.count' },
  ],
  workqueue_depth: [
    { like: 'kubernetes.controllermanager.workqueue.depth.count' },
    { like: 'kubernetes.scheduler.workqueue.depth.count' },
  ],
  workqueue_adds_total: [
    { like: 'kubernetes.controllermanager.workqueue.adds.count' },
    { like: 'kubernetes.scheduler.workqueue.adds.count' },
  ],
  workqueue_retries_total: [
    { like: 'kubernetes.controllermanager.workqueue.retries.count' },
    { like: 'kubernetes.scheduler.workqueue.retries.count' },
  ],
}
