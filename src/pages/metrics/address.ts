/** What the address of Metrics says: all of the page's state, so that a link shows the same. */
import { flag, list, oneOf, type PatchOf, text, type ValuesOf } from '../../ui/url/codec.ts'

export const metricViews = ['labels', 'breakdown', 'related'] as const

export const metricsShape = {
  mode: oneOf(['metric', 'promql'], 'metric'),
  metric: text(''),
  find: text(''),
  search: text(''),
  group_by: list([]),
  show: text(''),
  /** What is unusual is marked, and what changed. */
  marks: flag(true),
  view: oneOf(metricViews, 'labels'),
  /** In PromQL. */
  query: text(''),
  at: oneOf(['range', 'instant'], 'range'),
  explain: flag(),
}
export type MetricsUrl = ValuesOf<typeof metricsShape>
export type SetMetricsUrl = (
  patch: PatchOf<typeof metricsShape>,
  options?: { replace?: boolean },
) => void
