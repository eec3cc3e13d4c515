/**
 * How a stored metric is called in PromQL: OpenTelemetry names with unit and `_total`, as
 * Prometheus translates them, and names that are Prometheus names already as they are.
 */

export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary'
export type MetricOrigin = 'otlp' | 'prometheus'

/** One of the stored metrics that differ in what their name depends on. */
export type MetricEntry = {
  metric: string
  unit: string
  kind: MetricKind
  monotonic: boolean
  origin: MetricOrigin
}

/**
 * What of a stored metric a series shows: numbers, a native histogram, or a part of a histogram
 * with bounds.
 */
export type Part = 'value' | 'native' | 'bucket' | 'sum' | 'count'

/** translated: names that PromQL needs no quotes for. original: as they were sent. */
export type Form = 'translated' | 'original'

const legacyName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const legacyLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/

export function isLegacyName(name: string): boolean {
  return legacyName.test(name)
}

export function isLegacyLabel(name: string): boolean {
  return legacyLabel.test(name)
}

/** The names of an entry's parts, its own first. */
export function namesOf(
  entry: MetricEntry,
  form: Form,
  isPartOfSummary: boolean,
): [Part, string][] {
  if (entry.origin === 'prometheus') {
    const isNative = entry.kind === 'histogram' || entry.kind === 'exponential_histogram'
    return [[isNative ? 'native' : 'value', entry.metric]]
  }
  const name = form === 'original' ? entry.metric : translated(entry, isPartOfSummary)
  if (entry.kind === 'exponential_histogram') return [['native', name]]
  if (entry.kind !== 'histogram') return [['value', name]]
  return [
    ['bucket', `${name}_bucket`],
    ['sum', `${name}_sum`],
    ['count', `${name}_count`],
  ]
}

function translated(entry: MetricEntry, isPartOfSummary: boolean): string {
  const { metric } = entry
  if (isPrometheusName(metric)) return metric
  if (!isPartOfSummary) return specified(entry)
  const cut = metric.lastIndexOf('_')
  const base = {
    ...entry,
    metric: metric.slice(0, cut),
    kind: 'summary',
    monotonic: false,
  } as const
  return `${specified(base)}${metric.slice(cut)}`
}

/** One word alone may be either; with an underscore and without a dot it is Prometheus's. */
function isPrometheusName(name: string): boolean {
  return legacyName.test(name) && name.includes('_')
}

/** As the specification of OpenTelemetry has it, whatever the name looks like. */
export function specified({ metric, unit, kind, monotonic }: MetricEntry): string {
  let words = metric.split(/[^\p{L}\p{Nd}:]+/u).filter((word) => word !== '')
  for (const word of unitWords(unit)) if (!words.includes(word)) words.push(word)
  if (kind === 'sum' && monotonic) words = [...words.filter((word) => word !== 'total'), 'total']
  if (kind === 'gauge' && unit === '1') {
    words = [...words.filter((word) => word !== 'ratio'), 'ratio']
  }
  const name = words.join('_').replace(/[^a-zA-Z0-9_:]/g, '_')
  return /^[0-9]/.test(name) ? `_${name}` : name
}

/** A label's name without what PromQL would need quotes for. */
export function labelName(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_')
  return /^[0-9]/.test(name) ? `key_${name}` : name
}

const units: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ d: 'days', h: 'hours', min: 'minutes', s: 'seconds', ms: 'milliseconds' }),
  ...Object.entries({ us: 'microseconds', ns: 'nanoseconds', By: 'bytes', KiBy: 'kibibytes' }),
  ...Object.entries({ MiBy: 'mebibytes', GiBy: 'gibibytes', TiBy: 'tibibytes' }),
  ...Object.entries({ KBy: 'kilobytes', MBy: 'megabytes', GBy: 'gigabytes', TBy: 'terabytes' }),
  ...Object.entries({ m: 'meters', V: 'volts', A: 'amperes', J: 'joules', W: 'watts', g: 'grams' }),
  ...Object.entries({ Cel: 'celsius', Hz: 'hertz', '1': '', '%': 'percent' }),
])
const perUnits: ReadonlyMap<string, string> = new Map(
  Object.entries({
    s: 'second',
    m: 'minute',
    h: 'hour',
    d: 'day',
    w: 'week',
    mo: 'month',
    y: 'year',
  }),
)

/** Words that a unit adds to a name; in braces it is only an annotation. */
function unitWords(unit: string): string[] {
  const slash = unit.indexOf('/')
  const main = slash < 0 ? unit : unit.slice(0, slash)
  const per = slash < 0 ? '' : unit.slice(slash + 1)
  const words = wordsOf(main, units)
  const perWords = wordsOf(per, perUnits)
  return perWords.length === 0 ? words : [...words, 'per', ...perWords]
}

function wordsOf(unit: string, known: ReadonlyMap<string, string>): string[] {
  const text = unit.trim()
  if (text === '' || /[{}]/.test(text)) return []
  return (known.get(text) ?? text).split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '')
}
