/** A metric charted once for each of its labels. Which one tells most is the screen's to say. */
import type { AskOf } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import type { MetricBreakdown, MetricChart, metricBreakdown } from './contract.ts'
import { chart } from './queries-chart.ts'
import { labelsOf } from './queries-labels.ts'

/** Each label is a query. */
const labels_max = 12
const groups_max = 20
/** Labels with more values than that, such as ids, come after those that people know by heart. */
const values_usual_max = 200
const together_max = 3

export async function breakdown(
  ask: AskOf<typeof metricBreakdown>,
  context: AskContext,
): Promise<MetricBreakdown> {
  const all = await labelsOf(ask, context)
  const telling = all.label
    .map((label, at) => ({ label, values: all.values[at] ?? 0 }))
    .filter(({ values }) => values > 1)
  const isUsual = ({ values }: { values: number }) => (values <= values_usual_max ? 0 : 1)
  const chosen = telling.toSorted((a, b) => isUsual(a) - isUsual(b)).slice(0, labels_max)
  const charts: MetricChart[] = []
  for (let at = 0; at < chosen.length; at += together_max) {
    const some = chosen.slice(at, at + together_max)
    const asked = some.map(({ label }) => chart({ ...ask, group_by: [label], groups_max }, context))
    charts.push(...(await Promise.all(asked)))
  }
  return {
    bucket_ms: charts[0]?.bucket_ms ?? 0,
    time_ms: charts[0]?.time_ms ?? [],
    label: chosen.map(({ label }) => label),
    values_total: charts.map(({ groups_total }) => groups_total),
    groups: charts.map(({ groups }) => groups.map(([value = '']) => value)),
    values: charts.map(({ values }) => values),
    labels_total: telling.length,
  }
}
