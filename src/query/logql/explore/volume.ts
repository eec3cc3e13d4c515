/** Bytes of lines by label, as one sum or over time: what Logs Drilldown opens with. */
import { sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { GridSeries, Steps } from '../../series.ts'
import type { LogExpr } from '../ast.ts'
import { labelsOf, SeriesSet } from '../metric/series-set.ts'
import { labelValue } from '../store/label-sql.ts'
import type { TimeSpan } from '../store/read-lines.ts'
import { choose, optionsOf, streamLabelNames } from './chosen.ts'

export type VolumeAsk = {
  log: LogExpr
  span: TimeSpan
  steps: Steps
  /** Labels to group by; empty: those that the selector names. */
  targets: readonly string[]
  /** One series a label name in place of one a set of values. */
  byName: boolean
  limit: number
}

const rows_max = 200_000

export async function volumeOf(ask: VolumeAsk, context: QueryContext): Promise<GridSeries[]> {
  const { log, span, steps, limit } = ask
  const chosen = await choose({ ...log, stages: [] }, span, context, ask.targets)
  const matched = log.matchers.map(({ name }) => name).filter((name) => !name.startsWith('__'))
  const all = ask.byName && ask.targets.length === 0
  const names = [
    ...new Set(
      ask.targets.length > 0 ? ask.targets : all ? streamLabelNames(chosen.sources, log) : matched,
    ),
  ]
  const values = names.map(
    (name, i) => sql`${labelValue(name, chosen.sources)} AS ${sql.identifier(`l${i}`)}`,
  )
  const start_ns = BigInt(steps.start_ms) * 1_000_000n
  const step_ns = BigInt(steps.step_ms) * 1_000_000n
  const keys = [sql.identifier('step'), ...names.map((_name, i) => sql.identifier(`l${i}`))]
  const rows = await context.store.rows<Record<string, string>>(
    sql`SELECT ${sql.join([
      sql`greatest(0, least(${BigInt(steps.count - 1)},
        intDiv(toUnixTimestamp64Nano(time) - ${start_ns}, ${step_ns}))) AS step`,
      ...values,
    ])}, sum(length(body)) AS bytes
    FROM logs WHERE ${chosen.condition} GROUP BY ${sql.join(keys)}
    ORDER BY bytes DESC LIMIT ${rows_max}`,
    optionsOf(context, rows_max),
  )
  const series = new SeriesSet(() => ({
    values: new Float64Array(steps.count),
    has: new Uint8Array(steps.count),
  }))
  for (const row of rows) {
    const pairs = names.map((name, i) => [name, row[`l${i}`]!] as const)
    for (const labels of ask.byName ? pairs.map((pair) => [pair]) : [pairs]) {
      const present = labels.filter(([, value]) => value !== '')
      if (present.length === 0) continue
      // By name the label stands with an empty value, which no label set could hold.
      const key = ask.byName ? present.map(([name]) => [name, ''] as const) : labelsOf(present)
      const grid = series.get(key)
      grid.values[Number(row.step)]! += Number(row.bytes)
      grid.has[Number(row.step)] = 1
    }
  }
  const sum = ({ value }: { value: { values: Float64Array } }) =>
    value.values.reduce((total, bytes) => total + bytes, 0)
  return series
    .all()
    .sort((a, b) => sum(b) - sum(a))
    .slice(0, limit)
    .map(({ labels, value }) => ({ labels, ...value }))
}
