/** What moving_fn and moving_avg compute of a window of numbers. Reads no scripts but by name. */
import { illegal, shown } from './refusal.ts'

type Windowed = (values: readonly number[]) => number | null

const mean: Windowed = (values) =>
  values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length

const linear: Windowed = (values) => {
  if (values.length === 0) return null
  const weights = values.map((_one, at) => at + 1)
  const sum = values.reduce((total, value, at) => total + value * weights[at]!, 0)
  return sum / weights.reduce((a, b) => a + b, 0)
}

function smoothed(alpha: number): Windowed {
  return (values) => {
    const [first, ...rest] = values
    if (first === undefined) return null
    return rest.reduce((before, value) => alpha * value + (1 - alpha) * before, first)
  }
}

function deviation(values: readonly number[]): number | null {
  const average = mean(values)
  if (average === null) return null
  const sum = values.reduce((total, value) => total + (value - average) ** 2, 0)
  return Math.sqrt(sum / values.length)
}

const byName: Readonly<Record<string, Windowed>> = {
  max: (values) => (values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b))),
  min: (values) => (values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b))),
  sum: (values) => values.reduce((a, b) => a + b, 0),
  unweightedAvg: mean,
  linearWeightedAvg: linear,
  stdDev: deviation,
}

/** `MovingFunctions.unweightedAvg(values)`, `MovingFunctions.ewma(values, 0.3)`. */
export function movingFunction(script: string): Windowed {
  const found = /^\s*(?:return\s+)?MovingFunctions\.(\w+)\(\s*values\s*(?:,(.*))?\)\s*;?\s*$/s.exec(
    script,
  )
  const name = found?.[1] ?? ''
  if (Object.hasOwn(byName, name)) return byName[name]!
  if (name === 'ewma' || name === 'holt' || name === 'holtWinters') {
    const alpha = Number((found![2] ?? '').split(',')[0])
    if (name === 'ewma' && alpha >= 0 && alpha <= 1) return smoothed(alpha)
  }
  throw illegal(`moving_fn script [${shown(script)}] is not supported`)
}

export function movingModel(model: string, alpha: number): Windowed {
  if (model === 'simple') return mean
  if (model === 'linear') return linear
  if (model === 'ewma') return smoothed(alpha)
  throw illegal(`moving_avg model [${shown(model)}] is not supported`)
}
