/** Log records of a place: JSON, logfmt and plain lines, some of an index of their own. */
import { randomLine } from '../query/loki-rows.ts'
import type { FixtureRow } from '../store/fixture-rows.ts'
import {
  arrived_ms,
  common,
  type Making,
  now_ms,
  services,
  spread_ms,
  type TableRows,
  time_ns,
} from './rows.ts'

const levels = [
  [0, ''],
  [5, ''],
  [9, 'info'],
  [13, 'WARN'],
  [17, 'ERROR'],
  [21, ''],
] as const

export function logRows(making: Making): TableRows[] {
  const rows = Array.from({ length: 22 }, (_, at) => logRow(making, at))
  return [{ table: 'logs', rows }]
}

function logRow(making: Making, at: number): FixtureRow<'logs'> {
  const { mark, dice } = making
  const [severity_number, severity_text] = dice.pick(levels)
  const attributes: Record<string, string> = { customer: `${mark}-${at % 3}` }
  if (dice.chance(0.5)) attributes.app = dice.pick(['cart', 'shop'])
  if (dice.chance(0.4)) attributes['http.route'] = dice.pick(['/a', '/b', `/${mark}`])
  if (dice.chance(0.3)) attributes[`own.${mark}`] = dice.pick(['1', 'two'])
  if (dice.chance(0.3)) attributes.client = dice.pick(['10.1.2.3', '192.168.0.7', 'fe80::1'])
  if (at % 7 === 0) {
    attributes['data_stream.type'] = 'logs'
    attributes['data_stream.dataset'] = dice.pick(['nginx.access', `set.${mark}`])
    attributes['data_stream.namespace'] = 'default'
  }
  if (at % 11 === 0) {
    attributes._index = dice.pick(['books', `books-${mark}`])
    attributes._id = `id-${mark}-${at}`
  }
  return {
    ...common(making, dice.pick([...services, ...services, 'cart'])),
    time: time_ns(now_ms - 30_000 - dice.whole(spread_ms)),
    observed_time: time_ns(now_ms - 20_000),
    ingested_time: arrived_ms,
    severity_number,
    severity_text,
    event_name: dice.chance(0.1) ? 'started' : '',
    scope: dice.pick(['', 'main', `scope.${mark}`]),
    body: body(making),
    template_id: dice.whole(4),
    trace_id: dice.chance(0.4) ? traceId(dice.whole(6)) : '',
    span_id: dice.chance(0.2) ? '00000000000000a1' : '',
    attributes,
    numbers: dice.chance(0.6)
      ? { 'code.line': dice.pick([1, 2.5, 400]), bytes: dice.whole(40) / 4 }
      : { 'http.response.status_code': dice.pick([200, 404, 500]) },
  }
}

/** The same few traces in every place: they cross them. */
export function traceId(at: number): string {
  return `${(10 + at).toString(16).repeat(30)}f${at}`.slice(-32)
}

function body({ mark, dice }: Making): string {
  const line = randomLine(dice.random)
  switch (dice.whole(6)) {
    case 0:
      return line
    case 1:
      return JSON.stringify({ msg: `lost ${mark}`, status: dice.whole(3) * 100, [mark]: 1 })
    case 2:
      return `level=${dice.pick(['info', 'error'])} user=${mark} took=${dice.whole(90)}ms size=3KB`
    case 3:
      return `Connection lost to ${mark}: timeout after ${dice.whole(9)} s`
    case 4:
      return `10.0.0.${dice.whole(9)} - ${mark} "GET /a" ${dice.pick([200, 500])} ${line}`
    default:
      return `request ${dice.whole(9)} was served ${line}`
  }
}
