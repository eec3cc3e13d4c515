/** histogram_quantile and its kin over vectors that may hold classic and native histograms. */
import type { GridSeries, Labels } from '../../series.ts'
import { bare, type Call, type Expression } from '../ast.ts'
import { formatBound, parseNumber } from '../go-text.ts'
import type { NativeHistogram } from '../histogram.ts'
import { textOf } from '../label-functions.ts'
import { dropLabels, keyOf, labelOf, nameLabel, withLabel } from '../labels.ts'
import { merged } from '../merge.ts'
import { emptyGrid, type Scope, scalarOf, timeAt, type Value, vectorOf } from '../run.ts'
import {
  type ClassicBuckets,
  classicFraction,
  classicQuantile,
  nativeFraction,
  nativeQuantile,
} from './quantile.ts'

/** The buckets of one histogram: its series by bound, ascending. */
type Classic = { labels: Labels; bounds: number[]; series: GridSeries[]; native?: GridSeries }
type Sorted = { classic: Classic[]; native: GridSeries[] }

const bucketLabel = 'le'
const bucketLabels = new Set([bucketLabel])

function sortOut(series: readonly GridSeries[], place: number, scope: Scope): Sorted {
  const classic = new Map<string, Classic>()
  const native: GridSeries[] = []
  for (const one of series) {
    if (one.histograms !== undefined) native.push(one)
    const hasFloats = one.histograms === undefined || floatsIn(one)
    if (!hasFloats) continue
    const text = labelOf(one.labels, bucketLabel)
    const bound = parseNumber(text)
    if (bound === undefined || text === '') {
      scope.run.notes.badBucketLabel(labelOf(one.labels, nameLabel), text, place)
      continue
    }
    const labels = dropLabels(one.labels, bucketLabels)
    const key = keyOf(labels)
    const known = classic.get(key) ?? { labels, bounds: [], series: [] }
    classic.set(key, known)
    let at = known.bounds.length
    while (at > 0 && known.bounds[at - 1]! > bound) at -= 1
    known.bounds.splice(at, 0, bound)
    known.series.splice(at, 0, one)
  }
  for (const one of native) {
    const twin = classic.get(keyOf(one.labels))
    if (twin !== undefined) twin.native = one
  }
  return { classic: [...classic.values()], native }
}

function floatsIn({ has, histograms }: GridSeries): boolean {
  return has.some((is, at) => is === 1 && histograms?.[at] === undefined)
}

/** The buckets that have a sample at a step. */
function bucketsAt({ bounds, series }: Classic, step: number): ClassicBuckets | undefined {
  const out: ClassicBuckets = { bounds: [], counts: [] }
  for (let at = 0; at < series.length; at++) {
    const one = series[at]!
    if (one.has[step] !== 1 || one.histograms?.[step] !== undefined) continue
    const bound = bounds[at]!
    if (out.bounds.at(-1) === bound) out.counts[out.counts.length - 1]! += one.values[step]!
    else {
      out.bounds.push(bound)
      out.counts.push(one.values[step]!)
    }
  }
  return out.bounds.length === 0 ? undefined : out
}

type Computed = {
  classic: (buckets: ClassicBuckets, step: number, metric: string) => number
  native: (histogram: NativeHistogram, step: number, metric: string) => number
}

/** A step with a classic and a native histogram of one name and labels has no result. */
async function overHistograms(
  node: Expression,
  scope: Scope,
  compute: Computed,
): Promise<GridSeries[]> {
  const place = bare(node).from
  const { classic, native } = sortOut(await vectorOf(node, scope), place, scope)
  const out: GridSeries[] = []
  const { count } = scope.steps
  const refused = new Map<GridSeries, Set<number>>()
  for (const one of classic) {
    await scope.run.budget.breathe()
    const made = emptyGrid(one.labels, count)
    made.dropName = true
    const metric = labelOf(one.labels, nameLabel)
    for (let step = 0; step < count; step++) {
      const buckets = bucketsAt(one, step)
      if (buckets === undefined) continue
      if (one.native?.has[step] === 1 && one.native.histograms?.[step] !== undefined) {
        scope.run.notes.mixedClassicNative(metric, place)
        refused.set(one.native, (refused.get(one.native) ?? new Set()).add(step))
        continue
      }
      made.has[step] = 1
      made.values[step] = compute.classic(buckets, step, metric)
    }
    if (made.has.includes(1)) out.push(made)
  }
  for (const one of native) {
    const made = emptyGrid(one.labels, count)
    made.dropName = true
    const metric = labelOf(one.labels, nameLabel)
    for (let step = 0; step < count; step++) {
      const histogram = one.histograms?.[step]
      if (one.has[step] !== 1 || histogram === undefined) continue
      if (refused.get(one)?.has(step)) continue
      made.has[step] = 1
      made.values[step] = compute.native(histogram, step, metric)
    }
    if (made.has.includes(1)) out.push(made)
  }
  return merged(out)
}

async function quantileSeries(
  quantile: Expression,
  vector: Expression,
  /** Where notes about native and about classic histograms point to. */
  places: { native: number; classic: number },
  scope: Scope,
): Promise<{ series: GridSeries[]; quantiles: Float64Array }> {
  const { run, steps } = scope
  const { notes } = run
  const quantiles = await scalarOf(quantile, scope)
  const place = bare(quantile).from
  for (const value of quantiles) {
    if (!(value >= 0 && value <= 1)) notes.invalidQuantile(value, place)
  }
  const series = await overHistograms(vector, scope, {
    classic: (buckets, step, metric) => {
      const { value, fix } = classicQuantile(quantiles[step]!, buckets)
      if (fix !== undefined) {
        notes.forcedMonotonicity(metric, timeAt(steps, step), fix, places.classic)
      }
      return value
    },
    native: (histogram, step, metric) =>
      nativeQuantile(quantiles[step]!, histogram, { notes, metric, at: places.native }),
  })
  return { series, quantiles }
}

export async function histogramQuantile(node: Call, scope: Scope): Promise<Value> {
  const [quantile, vector] = node.args as [Expression, Expression]
  const places = { native: bare(quantile).from, classic: bare(vector).from }
  const { series } = await quantileSeries(quantile, vector, places, scope)
  return { kind: 'vector', series }
}

/** Several quantiles at once, told apart by a label. */
export async function histogramQuantiles(node: Call, scope: Scope): Promise<Value> {
  const [vector, label, ...quantiles] = node.args as [Expression, Expression, ...Expression[]]
  const name = textOf(label)
  const places = { native: bare(vector).from, classic: bare(label).from }
  const out: GridSeries[] = []
  for (const quantile of quantiles) {
    const found = await quantileSeries(quantile, vector, places, scope)
    for (const one of found.series) out.push(...labelled(one, name, found.quantiles))
  }
  return { kind: 'vector', series: merged(out) }
}

/** One series for each value that the quantile takes on. */
function labelled(series: GridSeries, name: string, quantiles: Float64Array): GridSeries[] {
  const values = new Set(quantiles)
  return [...values].map((value) => {
    const labels = withLabel(series.labels, name, formatBound(value))
    if (values.size === 1) return { ...series, labels }
    const has = series.has.map((is, at) => (Object.is(quantiles[at], value) ? is : 0))
    return { ...series, labels, has }
  })
}

export async function histogramFraction(node: Call, scope: Scope): Promise<Value> {
  const [from, to, vector] = node.args as [Expression, Expression, Expression]
  const lower = await scalarOf(from, scope)
  const upper = await scalarOf(to, scope)
  const at = bare(from).from
  const { notes } = scope.run
  const series = await overHistograms(vector, scope, {
    classic: (buckets, step) => classicFraction(lower[step]!, upper[step]!, buckets),
    native: (histogram, step, metric) =>
      nativeFraction(lower[step]!, upper[step]!, histogram, { notes, metric, at }),
  })
  return { kind: 'vector', series }
}
