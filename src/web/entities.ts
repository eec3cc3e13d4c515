/** Where each kind of entity has its page. What is missing here leads to its logs. */
import type { setEntityPaths } from '../ui/entity/paths.ts'

const path = (base: string) => (id: string) => ({ path: `${base}/${encodeURIComponent(id)}` })

/**
 * Names are told with as much of their place as the screen knows: `name`, `namespace/name` or
 * `cluster/namespace/name`. Names of Kubernetes hold no slash; a cluster's may.
 */
const object = (kind: string) => (id: string) => {
  const parts = id.split('/')
  const name = parts.at(-1) ?? ''
  const namespace = parts.at(-2) || '-'
  const cluster = parts.slice(0, -2).join('/')
  const place = [kind, namespace, name].map(encodeURIComponent).join('/')
  return {
    path: `/kubernetes/entity/${place}`,
    ...(cluster === '' ? {} : { query: { cluster } }),
  }
}

const cluster = (id: string) => ({
  path: `/kubernetes/entity/cluster/-/${encodeURIComponent(id)}`,
  query: { cluster: id },
})

export const entityPaths: Parameters<typeof setEntityPaths>[0] = {
  service: path('/services'),
  trace: path('/traces'),
  metric: (metric) => ({ path: '/metrics/explore', query: { metric } }),
  pod: object('pod'),
  node: object('node'),
  namespace: object('namespace'),
  workload: object('workload'),
  cluster,
}
