/** Whether two answers of Prometheus's API say the same, and where they first do not. */

type Answer = { status: number; text: string }
type Sample = [number, string]
type Series = { metric: Record<string, string>; value?: Sample; values?: Sample[] }
type Result = { resultType: string; result: Series[] | Sample }

/** As the compliance suite has it. */
const tolerance = 1e-5

/** '' when they are the same. */
export function compareAnswers(theirs: Answer, ours: Answer): string {
  const [a, b] = [JSON.parse(theirs.text), JSON.parse(ours.text)]
  if (a.status !== b.status) {
    return `theirs ${a.status} ${a.error ?? ''}, ours ${b.status} ${b.error ?? ''}`
  }
  if (a.status === 'error') {
    return theirs.status === ours.status ? '' : `status ${theirs.status}, ours ${ours.status}`
  }
  return compareResults(a.data, b.data)
}

function compareResults(theirs: Result, ours: Result): string {
  const type = theirs.resultType
  if (type !== ours.resultType) return `${type}, ours ${ours.resultType}`
  if (type === 'scalar' || type === 'string') {
    return compareSamples([theirs.result as Sample], [ours.result as Sample])
  }
  const [a, b] = [byLabels(theirs.result as Series[]), byLabels(ours.result as Series[])]
  for (const key of a.keys()) if (!b.has(key)) return `ours lacks ${key}`
  for (const key of b.keys()) if (!a.has(key)) return `ours has ${key} too`
  for (const [key, samples] of a) {
    const difference = compareSamples(samples, b.get(key)!)
    if (difference !== '') return `${key} ${difference}`
  }
  return ''
}

function byLabels(series: readonly Series[]): Map<string, Sample[]> {
  return new Map(
    series.map(({ metric, value, values }) => {
      const labels = Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))
      return [JSON.stringify(labels), values ?? (value ? [value] : [])]
    }),
  )
}

function compareSamples(theirs: readonly Sample[], ours: readonly Sample[]): string {
  const times = new Map(ours.map(([time, value]) => [time, value]))
  for (const [time, value] of theirs) {
    const got = times.get(time)
    if (got === undefined) return `lacks ${value} at ${time}`
    if (!isNear(value, got)) return `at ${time} is ${value}, ours ${got}`
  }
  return ours.length > theirs.length ? `has ${ours.length - theirs.length} samples too many` : ''
}

function isNear(theirs: string, ours: string): boolean {
  if (theirs === ours) return true
  const [a, b] = [
    Number(theirs.replace('Inf', 'Infinity')),
    Number(ours.replace('Inf', 'Infinity')),
  ]
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
}
