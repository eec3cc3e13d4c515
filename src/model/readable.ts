/**
 * A log line as people read it: what it says first, then its fields. JSON and logfmt lose their
 * punctuation, and what every list shows beside the line (time, level, ids) is left out. Pure.
 */

export type Readable = {
  says: string
  /** The other fields, as `name=value`; empty for plain text. */
  fields: string
}

const text_max = 16_384
const saying = ['msg', 'message', 'event', 'error']
/** Known from the columns beside the line. */
const known = new Set([
  ...['time', 'timestamp', '@timestamp', 'ts', 'level', 'severity', 'lvl'],
  ...['trace_id', 'span_id', 'trace_flags', 'traceId', 'spanId', 'trace.id', 'span.id'],
])

export function readable(body: string): Readable {
  if (body.length > text_max) return { says: body, fields: '' }
  const pairs = jsonPairs(body) ?? logfmtPairs(body)
  const name = pairs && saying.find((one) => pairs.some(([key]) => key === one))
  if (pairs === undefined || name === undefined) return { says: withoutHead(body), fields: '' }
  const says = pairs.find(([key]) => key === name)?.[1] ?? ''
  const others = pairs.filter(([key]) => key !== name && !known.has(key))
  return { says, fields: others.map(([key, value]) => `${key}=${value}`).join(' ') }
}

type Pair = [key: string, value: string]

function jsonPairs(body: string): Pair[] | undefined {
  if (!body.startsWith('{')) return undefined
  try {
    return Object.entries(JSON.parse(body) as object).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ])
  } catch {
    return undefined
  }
}

const pair = /([\w.@-]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)/y

/** All of the line must be pairs: a sentence with one `a=b` in it stays a sentence. */
function logfmtPairs(body: string): Pair[] | undefined {
  const pairs: Pair[] = []
  pair.lastIndex = 0
  for (let at = 0; at < body.length; at = pair.lastIndex) {
    const found = pair.exec(body)
    if (found === null) return undefined
    const [, key = '', value = ''] = found
    pairs.push([key, value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value])
  }
  return pairs.length > 1 ? pairs : undefined
}

const head = new RegExp(
  [
    /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?\s+/,
    /(?:\[?(?:trace|debug|info|warn|warning|error|fatal)\]?:?\s+)?/,
  ]
    .map(({ source }) => source)
    .join(''),
  'i',
)

/** A time and a level at the start say what the columns say. */
function withoutHead(body: string): string {
  const rest = body.replace(head, '')
  return rest === '' ? body : rest
}
