/** Aggregation operators over whole series. The sums themselves are in reducers.ts. */
import { type GridSeries, type Labels, QueryError } from '../series.ts'
import type { RangeOut } from './functions-range.ts'
import { formatFixed } from './go-text.ts'
import { showHistogram } from './histogram-buckets.ts'
import {
  dropLabels,
  keepLabels,
  keyOf,
  labelOf,
  nameLabel,
  partialKey,
  ratioOf,
  withLabel,
} from './labels.ts'
import type { Notes } from './notes.ts'
import { reducers } from './reducers.ts'
import { emptyGrid, put } from './run.ts'

export type Grouping = { isWithout: boolean; labels: readonly string[] }
/** Where notes are told of: the operator, its operand and its parameter. */
export type Aggregation = {
  operator: string
  grouping: Grouping
  /** By step: k, the quantile or the ratio. */
  parameter?: Float64Array
  notes: Notes
  places: { operator: number; operand: number; parameter: number }
}

export type Group = { labels: Labels; members: GridSeries[] }

export function groupsOf(series: readonly GridSeries[], grouping: Grouping): Group[] {
  const names = new Set(grouping.labels)
  if (grouping.isWithout) names.add(nameLabel)
  const groups = new Map<string, Group>()
  for (const one of series) {
    const key = partialKey(one.labels, names, !grouping.isWithout)
    const known = groups.get(key)
    if (known !== undefined) known.members.push(one)
    else {
      const part = grouping.isWithout ? dropLabels : keepLabels
      groups.set(key, { labels: part(one.labels, names), members: [one] })
    }
  }
  return [...groups.values()]
}

/** Work that is done piece by piece: it stops now and then, for others to have their turn. */
export type Pieces = Generator<undefined, GridSeries[], undefined>

/** Samples of one piece. */
const piece_samples = 500_000

export function atOnce(pieces: Pieces): GridSeries[] {
  for (;;) {
    const { done, value } = pieces.next()
    if (done === true) return value
  }
}

/** sum, avg, min, max, count, group, stddev, stdvar, quantile. */
export function* reduced(series: readonly GridSeries[], aggregation: Aggregation): Pieces {
  const { operator, grouping, parameter, notes, places } = aggregation
  const make = reducers.get(operator)
  if (make === undefined) throw new TypeError(`${operator} is no aggregation`)
  if (operator === 'quantile') {
    for (const value of parameter ?? []) {
      if (!(value >= 0 && value <= 1)) notes.invalidQuantile(value, places.parameter)
    }
  }
  const reducer = make({ notes, place: places.operand })
  const out: GridSeries[] = []
  const result: RangeOut = { value: 0, histogram: undefined }
  let work = 0
  for (const { labels, members } of groupsOf(series, grouping)) {
    const count = members[0]?.has.length ?? 0
    const metrics = members.map((member) => labelOf(member.labels, nameLabel))
    const made = emptyGrid(labels, count)
    if (members.some(({ dropName }) => dropName === true)) made.dropName = true
    let isEmpty = true
    for (let at = 0; at < count; at++) {
      work += members.length
      if (work > piece_samples) {
        work = 0
        yield
      }
      reducer.begin()
      for (let i = 0; i < members.length; i++) {
        const member = members[i]!
        if (member.has[at] !== 1) continue
        reducer.add(member.values[at]!, member.histograms?.[at], metrics[i]!)
      }
      result.histogram = undefined
      if (!reducer.end(result, parameter?.[at] ?? 0)) continue
      put(made, at, result)
      isEmpty = false
    }
    if (!isEmpty) out.push(made)
  }
  return out
}

const int64_max = 2 ** 63

function wholeNumber(value: number): number {
  if (Number.isNaN(value)) throw new QueryError('execution', 'Parameter value is NaN')
  if (value >= int64_max || value <= -int64_max) {
    throw new QueryError('execution', `Scalar value ${value} overflows int64`)
  }
  return Math.trunc(value)
}

type Member = { series: GridSeries; index: number }
/** Which members of a group stay at a step, in the order of the answer. */
type Choose = (present: Member[], at: number, parameter: number) => Member[]

/** Above this, sorting everything is less work than keeping a sorted list. */
const kept_max = 1000

const byValue =
  (direction: 1 | -1): Choose =>
  (present, at, k) => {
    const compare = (a: Member, b: Member): number => {
      const x = a.series.values[at]!
      const y = b.series.values[at]!
      if (Number.isNaN(x) || Number.isNaN(y)) {
        return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a.index - b.index
      }
      return x === y ? a.index - b.index : direction * (x < y ? -1 : 1)
    }
    if (k > kept_max || k >= present.length) return present.sort(compare).slice(0, k)
    const best: Member[] = []
    for (const one of present) {
      if (best.length === k && compare(one, best[k - 1]!) > 0) continue
      let place = best.length
      while (place > 0 && compare(one, best[place - 1]!) < 0) place -= 1
      best.splice(place, 0, one)
      if (best.length > k) best.pop()
    }
    return best
  }

const choices: ReadonlyMap<string, Choose> = new Map<string, Choose>([
  ['topk', byValue(-1)],
  ['bottomk', byValue(1)],
  ['limitk', (present, _at, k) => present.slice(0, k)],
  [
    'limit_ratio',
    (present, _at, ratio) =>
      present.filter(({ series }) => {
        const share = ratioOf(series.labels)
        return ratio >= 0 ? share < ratio : share >= 1 + ratio
      }),
  ],
])

/** topk, bottomk, limitk, limit_ratio: series as they were, with the samples that were chosen. */
export function* chosen(series: readonly GridSeries[], aggregation: Aggregation): Pieces {
  const { operator, grouping, parameter, notes, places } = aggregation
  const choose = choices.get(operator)
  if (choose === undefined) throw new TypeError(`${operator} is no choice`)
  const limits = (parameter ?? new Float64Array(0)).map((value) => {
    return operator === 'limit_ratio' ? ratio(value, aggregation) : wholeNumber(value)
  })
  const isOfFloats = operator === 'topk' || operator === 'bottomk'
  const out: GridSeries[] = []
  let work = 0
  for (const group of groupsOf(series, grouping)) {
    const members = group.members.map((one, index): Member => ({ series: one, index }))
    const count = members[0]?.series.has.length ?? 0
    const kept = new Map<GridSeries, Uint8Array>()
    for (let at = 0; at < count; at++) {
      work += members.length
      if (work > piece_samples) {
        work = 0
        yield
      }
      const limit = limits[at] ?? 0
      if (operator === 'limit_ratio' ? limit === 0 : limit < 1) continue
      const present: Member[] = []
      for (const member of members) {
        if (member.series.has[at] !== 1) continue
        if (isOfFloats && member.series.histograms?.[at] !== undefined) {
          notes.ignoredInAggregation(operator, places.operator)
        } else present.push(member)
      }
      for (const { series: one } of choose(present, at, limit)) {
        const has = kept.get(one) ?? new Uint8Array(count)
        has[at] = 1
        kept.set(one, has)
      }
    }
    for (const [one, has] of kept) out.push({ ...one, has })
  }
  return out
}

function ratio(value: number, { notes, places }: Aggregation): number {
  if (Number.isNaN(value)) throw new QueryError('execution', 'Ratio value is NaN')
  const capped = Math.max(-1, Math.min(1, value))
  if (capped !== value) notes.invalidRatio(value, capped, places.parameter)
  return capped
}

/** A series for every value that occurs in a group, counting it. */
export function countValues(
  series: readonly GridSeries[],
  label: string,
  grouping: Grouping,
): GridSeries[] {
  const out = new Map<string, GridSeries>()
  const names = new Set(grouping.labels)
  if (grouping.isWithout) names.add(nameLabel)
  else names.add(label)
  for (const one of series) {
    const made = new Map<string, GridSeries>()
    for (let at = 0; at < one.has.length; at++) {
      if (one.has[at] !== 1) continue
      const histogram = one.histograms?.[at]
      const text = histogram === undefined ? formatFixed(one.values[at]!) : showHistogram(histogram)
      let target = made.get(text)
      if (target === undefined) {
        const labels = withLabel(one.labels, label, text)
        const part = grouping.isWithout ? dropLabels(labels, names) : keepLabels(labels, names)
        const key = keyOf(part)
        target = out.get(key) ?? emptyGrid(part, one.has.length)
        out.set(key, target)
        made.set(text, target)
      }
      target.has[at] = 1
      target.values[at]! += 1
    }
  }
  return [...out.values()]
}
