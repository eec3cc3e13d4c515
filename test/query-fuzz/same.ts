/**
 * Whether two answers tell the same: order aside, and numbers up to the noise of sums in another
 * order. What depends on the clock or on how much was read is left out.
 */
const measured = new Set([
  ...[
    'took',
    'stats',
    'execTime',
    'timings',
    'serverTime',
    'startTime',
    'lastConfigTime',
    '_shards',
  ],
  ...['expiration_time_in_millis', 'completion_time_in_millis', 'start_time_in_millis', 'profile'],
  ...['inspectedBytes', 'inspectedTraces', 'totalBlocks', 'documents_found', 'metrics_read'],
])

const number = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function rounded(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Math.abs(value) < 1e-9) return '0'
  return String(Number(value.toPrecision(digits)))
}

function canonical(value: unknown, digits: number): string {
  if (typeof value === 'number') return rounded(value, digits)
  if (typeof value === 'string') {
    // Larger whole numbers are times and ids: every digit counts.
    const isNumber = number.test(value) && !/^-?\d{15,}$/.test(value)
    return isNumber ? rounded(Number(value), digits) : JSON.stringify(value)
  }
  if (Array.isArray(value)) {
    return `[${value
      .map((one) => canonical(one, digits))
      .sort()
      .join(',')}]`
  }
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value)
    .filter(([name]) => !measured.has(name))
    .map(([name, one]) => `${JSON.stringify(name)}:${canonical(one, digits)}`)
  return `{${members.sort().join(',')}}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text.split('\n')
  }
}

/** Undefined when they are the same, else where they part. */
export function difference(first: string, second: string): string | undefined {
  if (first === second) return undefined
  const [a, b] = [parsed(first), parsed(second)]
  let shown = ''
  // A number may lie where rounding parts it: hardly at two places at once.
  for (const digits of [9, 6]) {
    const [left, right] = [canonical(a, digits), canonical(b, digits)]
    if (left === right) return undefined
    shown = parting(left, right)
  }
  return shown
}

function parting(left: string, right: string): string {
  let at = 0
  while (at < left.length && left[at] === right[at]) at++
  const from = Math.max(0, at - 160)
  const [got, expected] = [left, right].map((text) => text.slice(from, at + 200))
  return `the caller got …${got}\n    and without the others' rows …${expected}`
}
