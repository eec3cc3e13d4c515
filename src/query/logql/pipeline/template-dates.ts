/** Dates in templates: Go's layouts, read and written. */
import {
  type GoTime,
  type GoValue,
  integerOf,
  isTime,
  TemplateFailure,
  type TemplateLine,
  textOf,
} from './template-values.ts'

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
]
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
/** The longer of two that begin alike stands first. */
const tokenPattern =
  '2006|06|January|Jan|01|1(?!5)|Monday|Mon|02|_2|2|15|03|3|04|4|05|5|PM|pm|MST|' +
  'Z07:00|Z0700|-07:00|-0700|-07|[.,]0+|[.,]9+'
const tokens = new RegExp(tokenPattern, 'g')

type Parts = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>

function partsIn(time: GoTime): Parts & { offset_min: number; weekday: number; nano: number } {
  const ms = Number(time.ns / 1_000_000n)
  const offset_min = offsetOf(ms, time.zone)
  const local = new Date(ms + offset_min * 60_000)
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    weekday: local.getUTCDay(),
    nano: Number(((time.ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n),
    offset_min,
  }
}

/** Minutes east of UTC; a zone nobody knows is UTC, as in Loki. */
function offsetOf(ms: number, zone: string): number {
  if (zone === 'UTC' || zone === '') return 0
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
    const found = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
    const at = (name: Intl.DateTimeFormatPartTypes) => found.get(name) ?? 0
    const local = Date.UTC(
      ...([
        at('year'),
        at('month') - 1,
        at('day'),
        at('hour'),
        at('minute'),
        at('second'),
      ] as const),
    )
    return Math.round((local - Math.floor(ms / 1000) * 1000) / 60_000)
  } catch {
    return 0
  }
}

const two = (value: number) => String(value).padStart(2, '0')

export function writeDate(layout: string, time: GoTime): string {
  const at = partsIn(time)
  const zone = (colon: string) => {
    const minutes = Math.abs(at.offset_min)
    const sign = at.offset_min < 0 ? '-' : '+'
    return `${sign}${two(Math.floor(minutes / 60))}${colon}${two(minutes % 60)}`
  }
  const twelve = at.hour % 12 === 0 ? 12 : at.hour % 12
  const written: Record<string, string> = {
    '2006': String(at.year).padStart(4, '0'),
    '06': two(at.year % 100),
    January: months[at.month - 1]!,
    Jan: months[at.month - 1]!.slice(0, 3),
    '01': two(at.month),
    '1': String(at.month),
    Monday: days[at.weekday]!,
    Mon: days[at.weekday]!.slice(0, 3),
    '02': two(at.day),
    _2: String(at.day).padStart(2),
    '2': String(at.day),
    '15': two(at.hour),
    '03': two(twelve),
    '3': String(twelve),
    '04': two(at.minute),
    '4': String(at.minute),
    '05': two(at.second),
    '5': String(at.second),
    PM: at.hour < 12 ? 'AM' : 'PM',
    pm: at.hour < 12 ? 'am' : 'pm',
    MST: at.offset_min === 0 ? 'UTC' : zone(''),
    'Z07:00': at.offset_min === 0 ? 'Z' : zone(':'),
    Z0700: at.offset_min === 0 ? 'Z' : zone(''),
    '-07:00': zone(':'),
    '-0700': zone(''),
    '-07': zone('').slice(0, 3),
  }
  const fraction = String(at.nano).padStart(9, '0')
  return layout.replace(tokens, (token) => {
    if (token[0] !== '.' && token[0] !== ',') return written[token]!
    const digits = fraction.slice(0, token.length - 1)
    if (token[1] === '0') return token[0] + digits
    const short = digits.replace(/0+$/, '')
    return short === '' ? '' : token[0] + short
  })
}

const readers: Record<string, string> = {
  '2006': '(?<year>\\d{4})',
  '06': '(?<year2>\\d{2})',
  January: `(?<monthName>${months.join('|')})`,
  Jan: `(?<monthName>${months.map((name) => name.slice(0, 3)).join('|')})`,
  '01': '(?<month>\\d{2})',
  '1': '(?<month>\\d{1,2})',
  Monday: '\\w+',
  Mon: '\\w+',
  '02': '(?<day>\\d{2})',
  _2: ' ?(?<day>\\d{1,2})',
  '2': '(?<day>\\d{1,2})',
  '15': '(?<hour>\\d{1,2})',
  '03': '(?<hour>\\d{2})',
  '3': '(?<hour>\\d{1,2})',
  '04': '(?<minute>\\d{2})',
  '4': '(?<minute>\\d{1,2})',
  '05': '(?<second>\\d{2})(?<fraction>[.,]\\d+)?',
  '5': '(?<second>\\d{1,2})(?<fraction>[.,]\\d+)?',
  PM: '(?<half>AM|PM)',
  pm: '(?<half>am|pm)',
  MST: '[A-Z]{3,4}',
}

/** The time that the text tells; the zero time when it does not fit, as Go gives with its error. */
export function readDate(layout: string, text: string, zone: string): GoTime {
  // The layout is part of the query and short; every piece of the pattern is made here.
  const source = layout
    .slice(0, 200)
    .split(new RegExp(`(${tokenPattern})`))
    .map((piece, i) => (i % 2 === 0 ? piece.replace(/[^\w\s]/g, '\\$&') : readerOf(piece)))
    .join('')
  const found = safeMatch(source, text)
  if (found === undefined) return { ns: -62_135_596_800n * 1_000_000_000n, zone }
  const at = (name: string) => Number(found[name] ?? 0)
  const month = found.monthName
    ? months.findIndex((name) => name.startsWith(found.monthName!))
    : at('month') - 1
  let hour = at('hour')
  if (found.half?.toLowerCase() === 'pm' && hour < 12) hour += 12
  if (found.half?.toLowerCase() === 'am' && hour === 12) hour = 0
  const short = at('year2')
  const year = found.year ? at('year') : found.year2 ? short + (short < 69 ? 2000 : 1900) : 0
  const date = new Date(0)
  date.setUTCFullYear(year, Math.max(0, month), Math.max(1, at('day')))
  date.setUTCHours(hour, at('minute'), at('second'))
  const fraction = BigInt((found.fraction ?? '.0').slice(1).padEnd(9, '0').slice(0, 9))
  const shift_min =
    found.zone === undefined ? offsetOf(date.getTime(), zone) : minutesOf(found.zone)
  const ns = BigInt(date.getTime() - shift_min * 60_000) * 1_000_000n + fraction
  return { ns, zone }
}

function readerOf(token: string): string {
  if (token.startsWith('Z')) return '(?<zone>Z|[+-]\\d{2}:?\\d{2})'
  if (token.startsWith('-07')) return '(?<zone>[+-]\\d{2}:?(?:\\d{2})?)'
  return readers[token] ?? '(?<fraction>[.,]\\d+)?'
}

function safeMatch(source: string, text: string): Record<string, string | undefined> | undefined {
  try {
    return new RegExp(`^${source}$`).exec(text.slice(0, 200))?.groups ?? undefined
  } catch {
    return undefined
  }
}

function minutesOf(zone: string): number {
  if (zone === 'Z') return 0
  const [hours = '0', minutes = '0'] = zone.slice(1).replace(':', '').match(/\d{2}/g) ?? []
  return (zone[0] === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

function timeOf(value: GoValue): GoTime {
  if (isTime(value)) return value
  throw new TemplateFailure('wrong type for value; expected time.Time')
}

type Call = (values: readonly GoValue[], line: TemplateLine) => GoValue

export const dateFunctions: Record<string, readonly [number, number, Call]> = {
  now: [0, 0, (_v, { now_ms }) => ({ ns: BigInt(now_ms) * 1_000_000n, zone: 'UTC' })],
  date: [
    ...([2, 2] as const),
    (v) => {
      const time = isTime(v[1]) ? v[1] : { ns: integerOf(v[1]) * 1_000_000_000n, zone: 'UTC' }
      return writeDate(textOf(v[0]), time)
    },
  ],
  toDate: [2, 2, (v) => readDate(textOf(v[0]), textOf(v[1]), 'UTC')],
  toDateInZone: [3, 3, (v) => readDate(textOf(v[0]), textOf(v[2]), textOf(v[1]))],
  unixEpoch: [1, 1, (v) => String(timeOf(v[0]).ns / 1_000_000_000n)],
  unixEpochMillis: [1, 1, (v) => String(timeOf(v[0]).ns / 1_000_000n)],
  unixEpochNanos: [1, 1, (v) => String(timeOf(v[0]).ns)],
  unixToTime: [1, 1, (v) => epochTime(textOf(v[0]))],
}

/** Loki tells the unit by the number of digits. */
function epochTime(text: string): GoTime {
  const unit = new Map([
    [5, 86_400_000_000_000n],
    [10, 1_000_000_000n],
    [13, 1_000_000n],
    [16, 1_000n],
    [19, 1n],
  ]).get(text.length)
  if (unit === undefined || !/^\d+$/.test(text)) {
    throw new TemplateFailure(`unable to parse time ${JSON.stringify(text)}`)
  }
  return { ns: BigInt(text) * unit, zone: 'UTC' }
}
