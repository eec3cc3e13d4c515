/** Spans of a place: parts of traces that cross places, with events, links and exits. */
import type { FixtureRow } from '../store/fixture-rows.ts'
import { traceId } from './log-rows.ts'
import {
  arrived_ms,
  common,
  exitMinutes,
  type Making,
  now_ms,
  services,
  spread_ms,
  type TableRows,
  time_ns,
} from './rows.ts'

export function spanRows(making: Making): TableRows[] {
  const rows = Array.from({ length: 16 }, (_, at) => spanRow(making, at))
  return [{ table: 'spans', rows }]
}

const spanId = (place: number, at: number) =>
  (0xa0_0000 + place * 256 + at).toString(16).padStart(16, '0')

/**
 * Only spans without another side have parents elsewhere: an edge is drawn from both sides, and
 * without the hidden one it is another edge.
 */
function spanRow(making: Making, at: number): FixtureRow<'spans'> {
  const { mark, dice, at: place } = making
  const trace = dice.whole(6)
  const kind = dice.pick(['server', 'internal', 'internal', 'client', 'producer'])
  const isRoot = dice.chance(0.3)
  const parentPlace = dice.chance(0.5) ? place : dice.whole(7)
  const parent = isRoot ? '' : spanId(kind === 'internal' ? parentPlace : place, dice.whole(16))
  const route = dice.pick(['/a', '/b'])
  const hasEvent = dice.chance(0.4)
  const hasLink = dice.chance(0.25)
  const isExit = kind === 'client' || kind === 'producer'
  const time_ms = isExit
    ? dice.pick(exitMinutes) + dice.whole(50_000)
    : now_ms - 30_000 - dice.whole(spread_ms)
  return {
    ...common(making, dice.pick(services)),
    time: time_ns(time_ms),
    ingested_time: arrived_ms,
    duration_ns: BigInt((1 + dice.whole(40)) * 250_000),
    trace_id: traceId(trace),
    span_id: spanId(place, at),
    parent_span_id: parent,
    name: dice.pick(['GET /a', 'a', 'ab', `op ${mark}`]),
    kind,
    status: dice.pick(['unset', 'unset', 'ok', 'error']),
    status_message: dice.chance(0.2) ? `failed ${mark}` : '',
    scope: dice.pick(['', 'http', `lib.${mark}`]),
    http_status_code: dice.pick([0, 200, 500]),
    ...(kind === 'client' ? exit(making) : {}),
    attributes: {
      ...{ 'http.route': route, x: dice.pick(['a', 'b', 'ab', '7']), customer: `c-${mark}` },
      ...(dice.chance(0.5) ? { y: dice.pick(['true', '', '7']) } : {}),
      ...(dice.chance(0.2) ? { [`own.${mark}`]: 'a' } : {}),
    },
    numbers: dice.chance(0.7) ? { n: dice.pick([0, 1, 2.5, 7, -1]), 'http.status_code': 200 } : {},
    ...(hasEvent
      ? {
          'events.time': [time_ns(time_ms)],
          'events.name': [dice.pick(['exception', 'a', `event ${mark}`])],
          'events.attributes': [{ x: dice.pick(['a', 'b']), [`event.${mark}`]: mark }],
        }
      : {}),
    ...(hasLink
      ? {
          'links.trace_id': [traceId(dice.whole(6))],
          'links.span_id': [spanId(place, 3)],
          'links.attributes': [{ y: 'a', why: mark }],
        }
      : {}),
  }
}

function exit({ dice, mark }: Making) {
  return {
    peer_service: dice.pick(['redis', `db-${mark}`]),
    peer_kind: dice.pick(['database', 'external', 'none']),
    peer_system: 'redis',
  }
}
