/** Durations as TraceQL writes them: Go's and Prometheus's, to and from nanoseconds. */

const units: readonly (readonly [name: string, ns: number])[] = [
  ['y', 31_536_000_000_000_000],
  ['w', 604_800_000_000_000],
  ['d', 86_400_000_000_000],
  ['h', 3_600_000_000_000],
  ['m', 60_000_000_000],
  ['s', 1_000_000_000],
  ['ms', 1_000_000],
  ['us', 1_000],
  ['µs', 1_000],
  ['μs', 1_000],
  ['ns', 1],
]
const nsOf = new Map(units)
const duration_ns_max = 2 ** 63

/** Nanoseconds; undefined when the text is not a duration. */
export function readDuration(text: string): number | undefined {
  const isNegative = text.startsWith('-')
  let rest = isNegative ? text.slice(1) : text
  if (rest === '') return undefined
  let total = 0
  while (rest !== '') {
    const part = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w|y)/.exec(rest)
    if (part === null) return undefined
    total += Number(part[1]) * nsOf.get(part[2]!)!
    rest = rest.slice(part[0].length)
  }
  if (!(total < duration_ns_max)) return undefined
  return Math.round(isNegative ? -total : total)
}

/** The shortest way to write it that reads back as the same number. */
export function writeDuration(ns: number): string {
  if (ns === 0) return '0s'
  if (ns < 0) return `-${writeDuration(-ns)}`
  for (const [name, unit] of units) {
    if (name === 'y' || name === 'w' || name === 'd') continue
    const count = ns / unit
    if (Number.isInteger(count) && count * unit === ns) return `${BigInt(count)}${name}`
  }
  return `${BigInt(Math.round(ns))}ns`
}
