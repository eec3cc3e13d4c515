/** One operator on two samples: floats, native histograms, or one of each. */
import type { NativeHistogram } from './histogram.ts'
import { areEqual, combine, compact, divide, multiply, withHint } from './histograms/arithmetic.ts'
import { trim } from './histograms/trim.ts'
import type { Notes } from './notes.ts'

/** As Go's math.Pow, which knows what 1 to any power is. */
export function power(base: number, exponent: number): number {
  if (base === 1) return 1
  if (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY) return 1
  return base ** exponent
}

export const arithmetic: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['+', (a: number, b: number) => a + b],
  ['-', (a: number, b: number) => a - b],
  ['*', (a: number, b: number) => a * b],
  ['/', (a: number, b: number) => a / b],
  ['%', (a: number, b: number) => a % b],
  ['^', power],
  ['atan2', Math.atan2],
])

export const comparison: ReadonlyMap<string, (a: number, b: number) => boolean> = new Map([
  ['==', (a: number, b: number) => a === b],
  ['!=', (a: number, b: number) => a !== b],
  ['>', (a: number, b: number) => a > b],
  ['<', (a: number, b: number) => a < b],
  ['>=', (a: number, b: number) => a >= b],
  ['<=', (a: number, b: number) => a <= b],
])

export const isTrim = (operator: string): boolean => operator === '</' || operator === '>/'

/** What comes of two samples. `keep` is a comparison's outcome. */
export type Result = { value: number; histogram: NativeHistogram | undefined; keep: boolean }

export type Told = { notes: Notes; place: number }

const typeOf = (histogram: NativeHistogram | undefined): string =>
  histogram === undefined ? 'float' : 'histogram'

/** Where one of them is a histogram at least. False where there is no result. */
export function withHistograms(
  operator: string,
  left: { value: number; histogram: NativeHistogram | undefined },
  right: { value: number; histogram: NativeHistogram | undefined },
  told: Told,
  out: Result,
): boolean {
  out.keep = true
  out.value = 0
  out.histogram = undefined
  const a = left.histogram
  const b = right.histogram
  if (a !== undefined && b !== undefined) return ofTwo(operator, a, b, told, out)
  if (a !== undefined) {
    if (operator === '*') out.histogram = compact(multiply(a, right.value))
    else if (operator === '/') out.histogram = compact(divide(a, right.value))
    else if (isTrim(operator)) out.histogram = trim(a, right.value, operator === '</')
  } else if (b !== undefined && operator === '*') {
    out.histogram = compact(multiply(b, left.value))
  }
  if (out.histogram !== undefined) return true
  told.notes.incompatibleTypes(typeOf(a), operator, typeOf(b), told.place)
  return false
}

function ofTwo(
  operator: string,
  a: NativeHistogram,
  b: NativeHistogram,
  { notes, place }: Told,
  out: Result,
): boolean {
  if (operator === '==' || operator === '!=') {
    out.histogram = a
    out.keep = areEqual(a, b) === (operator === '==')
    return true
  }
  if (operator !== '+' && operator !== '-') {
    notes.incompatibleTypes('histogram', operator, 'histogram', place)
    return false
  }
  const combined = combine(a, b, operator === '+' ? 1 : -1)
  if (combined === undefined) {
    notes.incompatibleBuckets(operator, place)
    return false
  }
  const operation = operator === '+' ? 'addition' : 'subtraction'
  if (combined.hasCollision) notes.resetCollision(operation, place)
  if (combined.wasReconciled) notes.boundsReconciled(operation, place)
  const { histogram } = combined
  out.histogram = operator === '+' ? histogram : withHint(histogram, 'gauge')
  return true
}
