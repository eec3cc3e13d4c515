/** Arithmetic and comparisons between vectors: which series meet, and what is not allowed. */
import { type GridSeries, type Labels, QueryError } from '../series.ts'
import { arithmetic, comparison, type Result, type Told, withHistograms } from './arithmetic.ts'
import type { Matching } from './ast.ts'
import { isArithmetic, signatureOf } from './binary.ts'
import { dropLabels, keepLabels, keyOf, labelOf, nameLabel, showAll, withLabel } from './labels.ts'
import { sameLabelset } from './merge.ts'
import { emptyGrid, put } from './run.ts'

/** Series of one signature. `one` is the side that may have one sample a step. */
type Group = { many: GridSeries[]; one: GridSeries[] }

export type Operation = { operator: string; isBool: boolean; matching: Matching; told: Told }

export function vectors(
  left: readonly GridSeries[],
  right: readonly GridSeries[],
  operation: Operation,
): GridSeries[] {
  const { matching } = operation
  const isFilled = matching.fillLeft !== undefined || matching.fillRight !== undefined
  if (!isFilled && (left.length === 0 || right.length === 0)) return []
  const isSwapped = matching.cardinality === 'one-to-many'
  const groups = new Map<string, Group>()
  const signature = signatureOf(matching)
  const groupOf = (series: GridSeries): Group => {
    const key = signature(series)
    let group = groups.get(key)
    if (group === undefined) {
      group = { many: [], one: [] }
      groups.set(key, group)
    }
    return group
  }
  for (const series of isSwapped ? right : left) groupOf(series).many.push(series)
  for (const series of isSwapped ? left : right) groupOf(series).one.push(series)
  const out = new Map<string, GridSeries>()
  for (const group of groups.values()) {
    const met = isFilled ? filled(group, matching, isSwapped) : group
    if (met.many.length > 0 && met.one.length > 0) joinGroup(met, operation, isSwapped, out)
  }
  return [...out.values()].filter(({ has }) => has.includes(1))
}

/** Which of the `one` side has a sample at each step; -1 where none has. */
function onlyOne(group: Group, matching: Matching): Int32Array {
  const count = group.one[0]?.has.length ?? 0
  const found = new Int32Array(count).fill(-1)
  group.one.forEach((series, index) => {
    for (let at = 0; at < count; at++) {
      if (series.has[at] !== 1) continue
      const before = found[at]!
      if (before >= 0) throw duplicate(series, group.one[before]!, matching)
      found[at] = index
    }
  })
  return found
}

function duplicate(series: GridSeries, other: GridSeries, matching: Matching): QueryError {
  const names = new Set(matching.labels)
  const side = matching.cardinality === 'one-to-many' ? 'left' : 'right'
  const matched = matching.isOn
    ? keepLabels(series.labels, names)
    : dropLabels(series.labels, names.add(nameLabel))
  const says = `found duplicate series for the match group ${showAll(matched)} on the ${side}`
  const both = `[${showAll(series.labels)}, ${showAll(other.labels)}]`
  const why = 'many-to-many matching not allowed: matching labels must be unique on one side'
  return new QueryError('execution', `${says} hand-side of the operation: ${both};${why}`)
}

function resultLabels(many: Labels, one: Labels, { operator, matching }: Operation): Labels {
  const names = new Set(matching.labels)
  let labels = many
  if (isArithmetic(operator)) labels = labels.filter(([name]) => name !== nameLabel)
  if (matching.cardinality === 'one-to-one') {
    labels = matching.isOn ? keepLabels(labels, names) : dropLabels(labels, names)
  }
  for (const name of matching.include) labels = withLabel(labels, name, labelOf(one, name))
  return labels
}

const explicit = 'many-to-one matching must be explicit (group_left/group_right)'
const unique = 'grouping labels must ensure unique matches'

function joinGroup(
  group: Group,
  operation: Operation,
  isSwapped: boolean,
  out: Map<string, GridSeries>,
): void {
  const { matching } = operation
  const found = onlyOne(group, matching)
  const isOneToOne = matching.cardinality === 'one-to-one'
  const matched = new Uint8Array(found.length)
  const own = new Set<GridSeries>()
  for (const many of group.many) {
    group.one.forEach((one, index) => {
      let made: GridSeries | undefined
      const pair = isSwapped ? ([one, many] as const) : ([many, one] as const)
      eachResult(
        pair,
        operation,
        (at) => many.has[at] === 1 && found[at] === index,
        (at, result) => {
          made ??= targetOf(resultLabels(many.labels, one.labels, operation), found.length, out)
          if (isOneToOne && matched[at] === 1) throw failed(explicit)
          if (made.has[at] === 1) throw own.has(made) ? failed(unique) : sameLabelset()
          matched[at] = 1
          put(made, at, result)
        },
      )
      if (made === undefined) return
      own.add(made)
      if (operation.isBool || many.dropName === true) made.dropName = true
    })
  }
}

const failed = (why: string): QueryError =>
  new QueryError('execution', `multiple matches for labels: ${why}`)

function targetOf(labels: Labels, count: number, out: Map<string, GridSeries>): GridSeries {
  const key = keyOf(labels)
  let made = out.get(key)
  if (made === undefined) {
    made = emptyGrid(labels, count)
    out.set(key, made)
  }
  return made
}

/** Calls with what comes of two series' samples at the steps where both meet. */
function eachResult(
  [left, right]: readonly [GridSeries, GridSeries],
  { operator, isBool, told }: Operation,
  meets: (at: number) => boolean,
  take: (at: number, result: Result) => void,
): void {
  const compute = arithmetic.get(operator)
  const test = comparison.get(operator)
  const result: Result = { value: 0, histogram: undefined, keep: true }
  for (let at = 0; at < left.has.length; at++) {
    if (!meets(at)) continue
    const a = left.values[at]!
    const b = right.values[at]!
    const aHistogram = left.histograms?.[at]
    const bHistogram = right.histograms?.[at]
    const isPlain = aHistogram === undefined && bHistogram === undefined
    if (isPlain && (compute !== undefined || test !== undefined)) {
      result.histogram = undefined
      result.keep = test === undefined || test(a, b)
      result.value = compute === undefined ? a : compute(a, b)
    } else {
      const x = { value: a, histogram: aHistogram }
      const y = { value: b, histogram: bHistogram }
      if (!withHistograms(operator, x, y, told, result)) continue
    }
    if (isBool) {
      result.histogram = undefined
      result.value = result.keep ? 1 : 0
    } else if (!result.keep) continue
    take(at, result)
  }
}

/** Puts in samples of the fill value where one side of a group has none and the other has. */
function filled(group: Group, matching: Matching, isSwapped: boolean): Group {
  const fillMany = isSwapped ? matching.fillRight : matching.fillLeft
  const fillOne = isSwapped ? matching.fillLeft : matching.fillRight
  const first = group.many[0] ?? group.one[0]
  if (first === undefined) return group
  const names = new Set(matching.labels)
  const labels = matching.isOn
    ? keepLabels(first.labels, names)
    : dropLabels(first.labels, new Set([...names, nameLabel]))
  const missing = (here: GridSeries[], there: GridSeries[], value: number | undefined) => {
    if (value === undefined) return here
    const made = emptyGrid(labels, first.has.length)
    for (let at = 0; at < made.has.length; at++) {
      if (here.some(({ has }) => has[at] === 1) || !there.some(({ has }) => has[at] === 1)) continue
      made.has[at] = 1
      made.values[at] = value
    }
    return made.has.includes(1) ? [...here, made] : here
  }
  return {
    many: missing(group.many, group.one, fillMany),
    one: missing(group.one, group.many, fillOne),
  }
}
