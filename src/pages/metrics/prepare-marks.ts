/** Marks on a metric's chart: stretches outside of the usual, and changes of workloads. Pure. */
import type { Mark } from '../../ui/chart/series.ts'
import type { Changes } from '../kubernetes/contract-history.ts'
import type { Line } from './prepare.ts'
import { type Band, bandOf, outsideOf, type Stretch } from './prepare-outliers.ts'

export type Unusual = {
  band: Band
  /** None where so much is outside that it is usual. */
  stretches: Stretch[]
  outside: number
  points: number
  isVaried: boolean
}

/** What happens more often than this is not unusual. */
const share_max = 0.1

/** Only of one line: bands of several would lie on one another. */
export function unusualOf(lines: readonly Line[], time_ms: readonly number[]): Unusual | undefined {
  const [line] = lines
  if (line === undefined || lines.length > 1) return undefined
  const band = bandOf(line.values)
  if (band === undefined) return undefined
  const low = line.values.some((value) => (value ?? 0) < 0) ? band.low : Math.max(0, band.low)
  const found = outsideOf({ ...band, low }, line.values, time_ms)
  const outside = found.reduce((sum, { points }) => sum + points, 0)
  const points = line.values.filter((value) => value !== null).length
  const isVaried = outside > points * share_max
  return { band: { ...band, low }, stretches: isVaried ? [] : found, outside, points, isVaried }
}

export function stretchMarks(
  { stretches }: Unusual,
  bucket_ms: number,
  labelOf: (worst: number) => string,
): Mark[] {
  return stretches.map(({ from_ms, to_ms, worst }) => ({
    ...{ time_ms: from_ms, to_ms: to_ms + bucket_ms, label: labelOf(worst) },
    tone: 'warn' as const,
  }))
}

export type Change = {
  id: string
  time_ms: number
  kind: string
  name: string
  namespace: string
  paths: string[]
}

/** Changes of the same object within this time are one: a rollout writes several. */
const together_ms = 60_000

/** The newest first, as they were answered. */
export function changesOf(answer: Changes | undefined): Change[] {
  if (answer === undefined) return []
  const found: Change[] = []
  const latest = new Map<string, Change>()
  answer.time_ms.forEach((time_ms, at) => {
    const kind = answer.kind[at] ?? ''
    const name = answer.name[at] ?? ''
    const namespace = answer.namespace[at] ?? ''
    const paths = answer.changed_paths[at] ?? []
    const key = [answer.cluster[at], kind, namespace, name].join(' ')
    const known = latest.get(key)
    if (known !== undefined && known.time_ms - time_ms < together_ms) {
      known.paths = [...new Set([...known.paths, ...paths])]
      return
    }
    const change = { id: `${key} ${time_ms}`, time_ms, kind, name, namespace, paths }
    latest.set(key, change)
    found.push(change)
  })
  return found
}
