/**
 * Prometheus text and OpenMetrics read slowly and obviously: one regular expression a line. The
 * one-pass parser must agree with it on every text, also on which texts are refused.
 */

export type OracleSample = {
  name: string
  labels: Record<string, string>
  value: number
  time_ms: number | undefined
  exemplar?: { labels: Record<string, string>; value: number; time_ms: number | undefined }
}
export type OracleFamily = { type: string; help: string; unit: string }
export type OracleAnswer =
  | { samples: OracleSample[]; families: Record<string, OracleFamily> }
  | { refused: true }

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const labelName = '[a-zA-Z_][a-zA-Z0-9_]*'
const quoted = '"(?:[^"\\\\]|\\\\[^\\n])*"'
const item = `(?:${labelName}|${quoted})[ \\t]*=[ \\t]*${quoted}|${quoted}`
const braces = `\\{[ \\t]*(?:(?:${item})[ \\t]*(?:,[ \\t]*(?:${item})[ \\t]*)*,?[ \\t]*)?\\}`
const word = '[^ \\t]+'
const series = `((?:${name}[ \\t]*)?${braces}|${name}(?=[ \\t]))`
const exemplar = `#[ \\t]*(${braces})[ \\t]*(${word})(?:[ \\t]+(${word}))?`
const sampleLine = new RegExp(
  `^${series}[ \\t]*(${word})(?:[ \\t]+([^ \\t#]${word.slice(0, -1)}*))?[ \\t]*` +
    `(?:${exemplar})?[ \\t]*$`,
)
const metaLine = new RegExp(
  `^#[ \\t]*(HELP|TYPE|UNIT)(?:[ \\t]+(?:(${name})|(${quoted}))(?:[ \\t]+([^]*))?)?$`,
)
const types =
  /^(counter|gauge|histogram|gaugehistogram|summary|info|stateset|unknown|untyped)[ \t\r\v\f]*$/

class Refused extends Error {}

function refuse(): never {
  throw new Refused()
}

function plain(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const pair = text.slice(i, i + 2)
    if (pair === '\\\\') out += '\\'
    else if (pair === '\\"') out += '"'
    else if (pair === '\\n') out += '\n'
    else {
      out += text[i]
      continue
    }
    i++
  }
  return out
}

export function numberOf(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : refuse()
  }
  if (/^nan$/i.test(text)) return Number.NaN
  if (/^\+?inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY
  if (/^-inf(inity)?$/i.test(text)) return Number.NEGATIVE_INFINITY
  return refuse()
}

function timeOf(text: string, isOpen: boolean): number {
  if (!isOpen) return /^[+-]?\d{1,19}$/.test(text) ? Number(text) : refuse()
  const seconds = numberOf(text)
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : refuse()
}

function seriesOf(text: string, mustHaveName: boolean): Pick<OracleSample, 'name' | 'labels'> {
  const own = new RegExp(`^${name}`).exec(text)?.[0] ?? ''
  let metric = own
  const labels: Record<string, string> = {}
  const seen = new Set<string>()
  for (const [part] of text.slice(own.length).matchAll(new RegExp(item, 'g'))) {
    const pair = new RegExp(`^(${labelName}|${quoted})[ \\t]*=[ \\t]*(${quoted})$`).exec(part)
    if (pair === null) {
      if (metric !== '') refuse()
      metric = plain(part.slice(1, -1))
      continue
    }
    const key = pair[1]!.startsWith('"') ? plain(pair[1]!.slice(1, -1)) : pair[1]!
    if (seen.has(key)) refuse()
    seen.add(key)
    const value = plain(pair[2]!.slice(1, -1))
    if (value !== '') labels[key] = value
  }
  if (metric === '' && mustHaveName) refuse()
  return { name: metric, labels }
}

function sampleOf(line: string, isOpen: boolean): OracleSample {
  const found = sampleLine.exec(line)
  if (found === null) refuse()
  const [, text, value, time, exemplarLabels, exemplarValue, exemplarTime] = found
  const sample: OracleSample = {
    ...seriesOf(text!, true),
    value: numberOf(value!),
    time_ms: time === undefined ? undefined : timeOf(time, isOpen),
  }
  if (exemplarLabels === undefined) return sample
  if (!isOpen) refuse()
  const { name: strange, labels } = seriesOf(exemplarLabels, false)
  if (strange !== '') refuse()
  sample.exemplar = {
    labels,
    value: numberOf(exemplarValue!),
    time_ms: exemplarTime === undefined ? undefined : timeOf(exemplarTime, true),
  }
  return sample
}

function read(text: string, isOpen: boolean): OracleAnswer {
  const samples: OracleSample[] = []
  const families: Record<string, OracleFamily> = Object.create(null)
  let ended = false
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^[ \t]+/, '')
    if (line === '') continue
    if (ended) refuse()
    if (!line.startsWith('#')) {
      samples.push(sampleOf(line, isOpen))
      continue
    }
    if (isOpen && /^#[ \t]*EOF$/.test(line)) ended = true
    const isMeta = /^#[ \t]*(HELP|TYPE|UNIT)([ \t]|$)/.exec(line)
    if (isMeta === null || (isMeta[1] === 'UNIT' && !isOpen)) continue
    const meta = metaLine.exec(line) ?? refuse()
    const family = meta[2] ?? (meta[3] === undefined ? refuse() : plain(meta[3].slice(1, -1)))
    families[family] ??= { type: 'unknown', help: '', unit: '' }
    const said = (meta[4] ?? '').replace(/^[ \t]+/, '')
    if (meta[1] === 'HELP') families[family].help = plain(said)
    else if (meta[1] === 'UNIT') families[family].unit = said.trimEnd()
    else {
      const type = types.exec(said)?.[1] ?? refuse()
      families[family].type = type === 'untyped' ? 'unknown' : type
    }
  }
  if (isOpen && !ended) refuse()
  return { samples, families }
}

export function readSlowly(text: string, format: 'text' | 'openmetrics'): OracleAnswer {
  try {
    return read(text, format === 'openmetrics')
  } catch (error) {
    if (error instanceof Refused) return { refused: true }
    throw error
  }
}
