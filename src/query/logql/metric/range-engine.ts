/**
 * Functions over ranges computed in the engine: lines are counted into short buckets there, and
 * only those come out. What the engine cannot do as JavaScript does is left to range-lines.ts.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { GridSeries } from '../../series.ts'
import type { RangeOperation } from '../ast.ts'
import { isRefuted } from './own-fields.ts'
import { compilePushed, type Pushed } from './pushed.ts'
import { pipelineError, type RangeStats } from './range-lines.ts'
import type { RangePlan } from './range-plan.ts'
import { labelsOf, SeriesSet } from './series-set.ts'
import type { Grid, Windows } from './windows.ts'

const buckets_max = 60_000
const spread_max = 64
const rows_max = 500_000

/** Undefined when JavaScript must do it. */
export async function rangeFromEngine(
  plan: RangePlan,
  context: QueryContext,
  stats: RangeStats,
): Promise<GridSeries[] | undefined> {
  const shape = shapeOf(plan)
  if (shape === undefined) return undefined
  const assuming = await compilePushed(plan, context)
  if (assuming === undefined) return undefined
  const first = await askEngine(plan, assuming, shape, context)
  const { assumption } = assuming
  const isRight = assumption === undefined || !(await isRefuted(assumption, plan.span, context))
  const pushed = isRight ? assuming : await compilePushed(plan, context, false)
  if (pushed === undefined) return undefined
  const answer = isRight ? first : await askEngine(plan, pushed, shape, context)
  if (answer === undefined || answer.unsure > 0) return undefined
  for (const row of answer.rows) {
    const error = pushed.errors[row.errors.findIndex((count) => count > 0)]
    if (error !== undefined) throw pipelineError(error.name, row.labels)
    stats.lines += row.lines
  }
  return gridsOf(plan, shape, answer.rows)
}

/** Undefined when there is too much of it. */
async function askEngine(
  plan: RangePlan,
  pushed: Pushed,
  shape: Shape,
  { store, limits, signal }: QueryContext,
): Promise<Answer | undefined> {
  const options = { timeout_ms: limits.timeout_ms, rows_max: rows_max + 1, signal }
  const { columns, rows } = await store.columns(queryOf(plan, pushed, shape), options)
  return rows > rows_max ? undefined : readAnswer(columns, rows, pushed.labels)
}

type Shape = {
  /** What the engine computes of each bucket, named a, b, …; combined by `reduce`. */
  columns: (value: Sql) => Sql[]
  /** Windows are made of buckets of this length, or are buckets themselves. */
  bucket_ns: number | undefined
  reduce: (parts: Float64Array[], from: number, to: number) => number
}

const single = (parts: Float64Array[], from: number): number => parts[0]![from]!

function shapeOf({ expr, windows }: RangePlan): Shape | undefined {
  const { operation, parameter } = expr
  const bucket_ns = bucketOf(windows)
  const overlap = Math.ceil(windows.range_ns / windows.step_ns)
  const seconds = windows.range_ns / 1e9
  const added = addedUp(operation, seconds)
  if (added !== undefined && bucket_ns !== undefined) return { ...added, bucket_ns }
  if (overlap > spread_max && windows.count > 1) return undefined
  if (added !== undefined) return { ...added, bucket_ns: undefined, reduce: added.reduce }
  // Windows that lie side by side are buckets: every line is in one.
  const isWhole = windows.count === 1 || windows.range_ns === windows.step_ns
  const whole_ns = isWhole ? windows.range_ns : undefined
  switch (operation) {
    case 'quantile_over_time': {
      const q = parameter ?? 0
      if (q < 0 || q > 1) return undefined
      const columns = (value: Sql) => [sql`quantileExactInclusive(${q})(${value})`]
      return { columns, bucket_ns: whole_ns, reduce: single }
    }
    case 'stddev_over_time':
      return { columns: (v) => [sql`stddevPopStable(${v})`], bucket_ns: whole_ns, reduce: single }
    case 'stdvar_over_time':
      return { columns: (v) => [sql`varPopStable(${v})`], bucket_ns: whole_ns, reduce: single }
    default:
      return undefined
  }
}

type Added = Pick<Shape, 'columns' | 'reduce'>

/** Functions of a window that follow from those of its buckets. */
function addedUp(operation: RangeOperation, seconds: number): Added | undefined {
  const total = (parts: Float64Array[], from: number, to: number, i = 0) => {
    let sum = 0
    for (let at = from; at < to; at++) sum += parts[i]![at]!
    return sum
  }
  switch (operation) {
    case 'count_over_time':
    case 'bytes_over_time':
    case 'sum_over_time':
      return { columns: (value) => [sql`sum(${value})`], reduce: total }
    case 'rate':
    case 'bytes_rate':
      return {
        columns: (value) => [sql`sum(${value})`],
        reduce: (parts, from, to) => total(parts, from, to) / seconds,
      }
    case 'avg_over_time':
      return {
        columns: (value) => [sql`sum(${value})`, sql`toFloat64(count())`],
        reduce: (parts, from, to) => total(parts, from, to) / total(parts, from, to, 1),
      }
    case 'absent_over_time':
      return { columns: () => [sql`toFloat64(1)`], reduce: () => 1 }
    case 'min_over_time':
      return { columns: (v) => [sql`min(${v})`], reduce: best((a, b) => a < b) }
    case 'max_over_time':
      return { columns: (v) => [sql`max(${v})`], reduce: best((a, b) => a > b) }
    default:
      return undefined
  }
}

/** Buckets without lines hold NaN, which is never better. */
function best(isBetter: (a: number, b: number) => boolean): Shape['reduce'] {
  return (parts, from, to) => {
    let value = Number.NaN
    for (let at = from; at < to; at++) {
      const next = parts[0]![at]!
      if (Number.isNaN(value) || isBetter(next, value)) value = next
    }
    return value
  }
}

/** The longest bucket of which steps and ranges are whole multiples. */
function bucketOf({ count, step_ns, range_ns }: Windows): number | undefined {
  if (count === 1) return range_ns
  const bucket_ns = divisor(step_ns, range_ns)
  return ((count - 1) * step_ns + range_ns) / bucket_ns <= buckets_max ? bucket_ns : undefined
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}

/** Bytes are not summed up: that alone would read every body, where an index may have answered. */
function queryOf(plan: RangePlan, pushed: Pushed, shape: Shape): Sql {
  const { origin_ns, windows } = plan
  const since = sql`(toUnixTimestamp64Nano(time) - ${origin_ns})`
  const step = BigInt(Math.round(windows.step_ns))
  const range = BigInt(Math.round(windows.range_ns))
  const bucket =
    shape.bucket_ns === undefined
      ? sql`arrayJoin(range(
          toUInt64(greatest(0, intDiv(${since} - ${range} + ${step} - 1, ${step}))),
          toUInt64(least(${BigInt(windows.count)}, intDiv(${since} - 1, ${step}) + 1))))`
      : sql`intDiv(${since} - 1, ${BigInt(Math.round(shape.bucket_ns))})`
  const names = pushed.values.map((value, i) => sql`${value} AS ${sql.identifier(`l${i}`)}`)
  const keys = pushed.values.map((_value, i) => sql.identifier(`l${i}`))
  const parts = shape
    .columns(pushed.sample)
    .map((part, i) => sql`${part} AS ${sql.identifier(`p${i}`)}`)
  const selected = [
    sql`${bucket} AS bucket`,
    ...names,
    ...parts,
    sql`toUInt32(countIf(${pushed.unsure})) AS unsure`,
    ...pushed.errors.map(
      ({ condition }, i) => sql`toUInt32(countIf(${condition})) AS ${sql.identifier(`e${i}`)}`,
    ),
    sql`toFloat64(count()) AS lines`,
  ]
  return sql`SELECT ${sql.join(selected)} FROM ${pushed.from}
    WHERE ${pushed.where} GROUP BY ${sql.join([sql`bucket`, ...keys])}`
}

type AnswerRow = {
  labels: ReturnType<typeof labelsOf>
  bucket: number
  parts: number[]
  errors: number[]
  lines: number
}

type Answer = { rows: AnswerRow[]; unsure: number }

function readAnswer(
  columns: Record<string, unknown[]>,
  rows: number,
  labels: readonly string[],
): Answer {
  const at = (name: string) => columns[name] ?? []
  const numbered = (pattern: RegExp) =>
    Object.keys(columns)
      .filter((name) => pattern.test(name))
      .map(at)
  const parts = numbered(/^p\d+$/)
  const errors = numbered(/^e\d+$/)
  const texts = labels.map((_name, i) => at(`l${i}`) as string[])
  const list: AnswerRow[] = []
  let unsure = 0
  for (let row = 0; row < rows; row++) {
    unsure += Number(at('unsure')[row])
    list.push({
      labels: labelsOf(labels.map((name, i) => [name, texts[i]![row]!] as const)),
      bucket: Number(at('bucket')[row]),
      parts: parts.map((part) => numberOf(part[row])),
      errors: errors.map((counts) => Number(counts[row])),
      lines: Number(at('lines')[row]),
    })
  }
  return { rows: list, unsure }
}

/** Not-a-number and infinities come as null or text. */
function numberOf(value: unknown): number {
  if (value === null) return Number.NaN
  if (typeof value !== 'string') return Number(value)
  if (value === 'inf' || value === '+inf') return Infinity
  return value === '-inf' ? -Infinity : Number(value)
}

function gridsOf(plan: RangePlan, shape: Shape, rows: readonly AnswerRow[]): GridSeries[] {
  const { windows } = plan
  const { bucket_ns } = shape
  if (bucket_ns === undefined) return directGrids(windows, rows, shape)
  const total = Math.round(((windows.count - 1) * windows.step_ns + windows.range_ns) / bucket_ns)
  const parts = rows[0]?.parts.length ?? 1
  const isExtreme = /^(min|max)/.test(plan.expr.operation)
  const series = new SeriesSet(() => ({
    parts: Array.from({ length: parts }, () =>
      new Float64Array(total).fill(isExtreme ? Number.NaN : 0),
    ),
    lines: new Uint8Array(total),
  }))
  for (const { labels, bucket, parts: values } of rows) {
    const own = series.get(labels)
    own.lines[bucket] = 1
    for (const [i, value] of values.entries()) own.parts[i]![bucket] = value
  }
  const perStep = windows.count === 1 ? 0 : Math.round(windows.step_ns / bucket_ns)
  const perWindow = Math.round(windows.range_ns / bucket_ns)
  return series.all().map(({ labels, value }) => {
    const grid = emptyGrid(windows.count)
    for (let k = 0; k < windows.count; k++) {
      const from = k * perStep
      if (value.lines.subarray(from, from + perWindow).indexOf(1) < 0) continue
      grid.has[k] = 1
      grid.values[k] = shape.reduce(value.parts, from, from + perWindow)
    }
    return { labels, ...grid }
  })
}

function directGrids(windows: Windows, rows: readonly AnswerRow[], shape: Shape): GridSeries[] {
  const series = new SeriesSet(() => emptyGrid(windows.count))
  for (const { labels, bucket, parts } of rows) {
    if (bucket < 0 || bucket >= windows.count) continue
    const grid = series.get(labels)
    grid.has[bucket] = 1
    grid.values[bucket] = shape.reduce(
      parts.map((part) => Float64Array.of(part)),
      0,
      1,
    )
  }
  return series.all().map(({ labels, value }) => ({ labels, ...value }))
}

function emptyGrid(count: number): Grid {
  return { values: new Float64Array(count), has: new Uint8Array(count) }
}
