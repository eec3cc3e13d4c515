/** Where each kind of entity has its page. What is missing here leads to its logs. */
import type { setEntityPaths } from '../ui/entity/paths.ts'

const path = (base: string) => (id: string) => ({ path: `${base}/${encodeURIComponent(id)}` })

export const entityPaths: Parameters<typeof setEntityPaths>[0] = {
  service: path('/services'),
  trace: path('/traces'),
  metric: (metric) => ({ path: '/metrics/explore', query: { metric } }),
}
