/** Binary operators over whole series: with scalars, with vectors, and the set operators. */
import { type GridSeries, QueryError } from '../series.ts'
import {
  arithmetic,
  comparison,
  isTrim,
  type Result,
  type Told,
  withHistograms,
} from './arithmetic.ts'
import type { Matching } from './ast.ts'
import { nameLabel, partialKey } from './labels.ts'
import { merged } from './merge.ts'
import { emptyGrid, hasAny, put } from './run.ts'

export function scalars(operator: string, left: Float64Array, right: Float64Array): Float64Array {
  const compute = arithmetic.get(operator)
  if (compute !== undefined) return left.map((value, at) => compute(value, right[at]!))
  const test = comparison.get(operator)
  if (test === undefined) {
    const says = `operator "${operator}" not allowed for Scalar operations`
    throw new QueryError('execution', says)
  }
  return left.map((value, at) => (test(value, right[at]!) ? 1 : 0))
}

/** `isSwapped`: the scalar is at the left. Comparisons keep the vector's sample either way. */
export function withScalar(
  operator: string,
  series: readonly GridSeries[],
  scalar: Float64Array,
  { isSwapped, isBool, told }: { isSwapped: boolean; isBool: boolean; told: Told },
): GridSeries[] {
  const compute = arithmetic.get(operator)
  const test = comparison.get(operator)
  const out: GridSeries[] = []
  const result: Result = { value: 0, histogram: undefined, keep: true }
  for (const one of series) {
    const made = emptyGrid(one.labels, one.has.length)
    let isEmpty = true
    for (let at = 0; at < made.has.length; at++) {
      if (one.has[at] !== 1) continue
      const value = one.values[at]!
      const histogram = one.histograms?.[at]
      const other = scalar[at]!
      if (histogram === undefined && (compute !== undefined || test !== undefined)) {
        const a = isSwapped ? other : value
        const b = isSwapped ? value : other
        result.histogram = undefined
        result.keep = test === undefined || test(a, b)
        result.value = compute === undefined ? value : compute(a, b)
      } else {
        const sample = { value, histogram }
        const plain = { value: other, histogram: undefined }
        const [left, right] = isSwapped ? [plain, sample] : [sample, plain]
        if (!withHistograms(operator, left, right, told, result)) continue
      }
      if (isBool) {
        result.histogram = undefined
        result.value = result.keep ? 1 : 0
      } else if (!result.keep) continue
      put(made, at, result)
      isEmpty = false
    }
    if (isEmpty) continue
    const isDropped = compute !== undefined || isBool || one.dropName === true
    if (isDropped) made.dropName = true
    out.push(made)
  }
  return out
}

/** What tells which series go together. */
export function signatureOf(matching: Matching): (series: GridSeries) => string {
  const names = new Set(matching.labels)
  if (matching.isOn) return ({ labels }) => partialKey(labels, names, true)
  names.add(nameLabel)
  return ({ labels }) => partialKey(labels, names, false)
}

/** At which steps a series of each signature has a sample. */
function presence(
  series: readonly GridSeries[],
  signature: (series: GridSeries) => string,
): Map<string, Uint8Array> {
  const out = new Map<string, Uint8Array>()
  for (const one of series) {
    const key = signature(one)
    const known = out.get(key)
    if (known === undefined) out.set(key, one.has.slice())
    else for (let at = 0; at < known.length; at++) known[at] = known[at]! | one.has[at]!
  }
  return out
}

/** The samples where the other side has one, or where it has none. */
function masked(
  series: readonly GridSeries[],
  signature: (series: GridSeries) => string,
  other: Map<string, Uint8Array>,
  isWanted: boolean,
): GridSeries[] {
  const out: GridSeries[] = []
  for (const one of series) {
    const there = other.get(signature(one))
    if (there === undefined) {
      if (!isWanted) out.push(one)
      continue
    }
    const has = one.has.map((is, at) => (is === 1 && (there[at] === 1) === isWanted ? 1 : 0))
    const kept = { ...one, has }
    if (hasAny(kept)) out.push(kept)
  }
  return out
}

export function sets(
  operator: string,
  left: readonly GridSeries[],
  right: readonly GridSeries[],
  matching: Matching,
): GridSeries[] {
  const signature = signatureOf(matching)
  if (operator === 'or') {
    const added = masked(right, signature, presence(left, signature), false)
    return merged([...left, ...added])
  }
  return masked(left, signature, presence(right, signature), operator === 'and')
}

export const isArithmetic = (operator: string): boolean => arithmetic.has(operator)
export const keepsName = (operator: string): boolean => comparison.has(operator) || isTrim(operator)
