/**
 * Every question of every page, in one list, and what live tail follows. A page adds its own here.
 */
import { exploreAnswerers } from '../pages/explore/queries.ts'
import { fleetAnswerers } from '../pages/fleet/queries.ts'
import { kubernetesAnswerers } from '../pages/kubernetes/queries.ts'
import { logsAnswerers } from '../pages/logs/queries.ts'
import { tailLogs } from '../pages/logs/queries-tail.ts'
import { metricsAnswerers } from '../pages/metrics/queries.ts'
import { overviewAnswerers } from '../pages/overview/queries.ts'
import { pipelinesAnswerers } from '../pages/pipelines/queries.ts'
import { servicesAnswerers } from '../pages/services/queries.ts'
import { shellAnswerers } from '../pages/shell/queries.ts'
import { tracesAnswerers } from '../pages/traces/queries.ts'
import type { Answerer } from '../store/answer.ts'
import type { Tail } from './routes/tail.ts'

export const answerers: readonly Answerer[] = [
  ...shellAnswerers,
  ...overviewAnswerers,
  ...logsAnswerers,
  ...tracesAnswerers,
  ...servicesAnswerers,
  ...metricsAnswerers,
  ...exploreAnswerers,
  ...kubernetesAnswerers,
  ...fleetAnswerers,
  ...pipelinesAnswerers,
]

export const tail: Tail = tailLogs
