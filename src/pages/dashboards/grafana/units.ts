/** Data table: Grafana's units as ours, and its colours as the themes' own. */
import type { Color } from '../contract.ts'

const units: Readonly<Record<string, string>> = {
  none: 'none',
  short: '',
  sishort: '',
  locale: '',
  string: '',
  percent: '%',
  percentunit: '1',
  bytes: 'By',
  decbytes: 'By',
  bits: 'bit',
  decbits: 'bit',
  Bps: 'By/s',
  binBps: 'By/s',
  bps: 'bit/s',
  binbps: 'bit/s',
  KBs: 'kBy/s',
  MBs: 'MBy/s',
  GBs: 'GBy/s',
  Kbits: 'kbit/s',
  Mbits: 'Mbit/s',
  pps: '{packet}/s',
  ns: 'ns',
  µs: 'us',
  ms: 'ms',
  s: 's',
  m: 'min',
  h: 'h',
  d: 'd',
  dtdurations: 's',
  dtdurationms: 'ms',
  dtdhms: 's',
  clocks: 's',
  clockms: 'ms',
  timeticks: 's',
  dateTimeAsIso: 'time_ms',
  dateTimeAsUS: 'time_ms',
  dateTimeAsLocal: 'time_ms',
  dateTimeFromNow: 'time_ms',
  dateTimeAsSystem: 'time_ms',
  reqps: '{request}/s',
  ops: '{operation}/s',
  rps: '{read}/s',
  wps: '{write}/s',
  iops: '{operation}/s',
  cps: '/s',
  eps: '{event}/s',
  mps: '{message}/s',
  recps: '{record}/s',
  rowsps: '{row}/s',
  reqpm: '{request}/min',
  opm: '{operation}/min',
  cpm: '/min',
  hertz: 'Hz',
  rothz: 'Hz',
  rotrpm: 'rpm',
  celsius: '°C',
  fahrenheit: '°F',
  kelvin: 'K',
  humidity: '%',
  watt: 'W',
  kwatt: 'kW',
  watth: 'Wh',
  volt: 'V',
  amp: 'A',
  joule: 'J',
  currencyUSD: '$',
  currencyEUR: '€',
  kbytes: 'KiBy',
  mbytes: 'MiBy',
  gbytes: 'GiBy',
  deckbytes: 'kBy',
  decmbytes: 'MBy',
  decgbytes: 'GBy',
  bool: 'bool',
  bool_yes_no: 'bool',
  bool_on_off: 'bool',
}

/** What is unknown is shown as it is called. */
export function unitOf(grafana: string): string {
  const custom = /^(?:suffix|si|count|time):(.*)$/.exec(grafana)
  return (custom?.[1] ?? units[grafana] ?? grafana).trim().slice(0, 64)
}

const named: Readonly<Record<string, Color>> = {
  green: 'ok',
  yellow: 'warn',
  orange: 'warn',
  red: 'bad',
  blue: 'series-1',
  purple: 'series-7',
  text: 'neutral',
  transparent: 'neutral',
  gray: 'neutral',
  grey: 'neutral',
  white: 'neutral',
  black: 'neutral',
  brown: 'series-9',
  pink: 'series-4',
  cyan: 'series-5',
}

/** `semi-dark-red`, `#d44a3a` and `rgba(245, 54, 54, 0.9)` are all bad. */
export function colorOf(grafana: string): Color | undefined {
  const word = grafana.toLowerCase().replace(/^(super-light|semi-dark|light|dark)-/, '')
  const known = named[word]
  if (known !== undefined) return known
  const parts = partsOf(grafana)
  return parts === undefined ? undefined : nearest(parts)
}

function partsOf(color: string): readonly [number, number, number] | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color)
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color)
  const list = /^rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)/i.exec(color)
  const found = long ?? short ?? list
  if (found === null) return undefined
  const part = (at: number) => {
    const text = found[at] ?? '0'
    return list === null ? Number.parseInt(short === null ? text : text + text, 16) : Number(text)
  }
  return [part(1), part(2), part(3)]
}

/** By hue; what has none is neutral. */
function nearest([red, green, blue]: readonly [number, number, number]): Color {
  const most = Math.max(red, green, blue)
  const spread = most - Math.min(red, green, blue)
  if (spread < 30) return 'neutral'
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread
  const hue = (sixth * 60 + 360) % 360
  if (hue < 18 || hue >= 345) return 'bad'
  if (hue < 65) return 'warn'
  if (hue < 165) return 'ok'
  if (hue < 200) return 'series-5'
  if (hue < 255) return 'series-1'
  return hue < 290 ? 'series-7' : 'series-4'
}
