/** Random spans of few names and values, as fixture rows and as the same spans in memory. */
import { type Span, type Trace, traceOf } from '../../src/query/traceql/span.ts'
import { type Random, seeded } from '../faults/random.ts'
import type { FixtureRow } from '../store/fixture-rows.ts'

export type RandomSpans = {
  spans: FixtureRow<'spans'>[]
  resources: FixtureRow<'resources'>[]
  traces: Trace[]
}

const texts = ['a', 'b', 'ab', 'true', '7', '']
const numbers = [0, 1, 7, 2.5, -1, 12]
const names = ['x', 'y', 'n', 'odd name']

export function randomSpans(seed: number, trace_count: number, time_ms: number): RandomSpans {
  const random = seeded(seed)
  const resources = Array.from({ length: 5 }, (_, at) => resourceRow(random, at, time_ms))
  const all: Span[] = []
  for (let trace = 0; trace < trace_count; trace++) {
    const trace_id = (trace + 1).toString(16).padStart(32, '0')
    const count = random.between(0, 8) + 1
    for (let at = 0; at < count; at++)
      all.push(randomSpan(random, { trace_id, at, count, time_ms }, resources))
  }
  const byTrace = Map.groupBy(all, (span) => span.trace_id)
  const traces = [...byTrace].map(([id, spans]) =>
    traceOf(
      id,
      spans.toSorted((a, b) =>
        a.time_ns < b.time_ns ? -1 : a.time_ns > b.time_ns ? 1 : a.span_id < b.span_id ? -1 : 1,
      ),
    ),
  )
  return { spans: all.map(rowOf), resources, traces }
}

function words(random: Random): Map<string, string> {
  const chosen = names.filter(() => random.between(0, 3) === 0)
  return new Map(chosen.map((name) => [name, random.pick(texts)]))
}

function resourceRow(random: Random, at: number, time_ms: number) {
  const service = random.pick(['a', 'b', 'ab'])
  return {
    cluster: 'one',
    namespace: at % 2 === 0 ? 'even' : 'odd',
    pod: random.pick(['', 'a', 'b']),
    service,
    resource_id: at + 1,
    time: time_ms,
    attributes: Object.fromEntries([...words(random), ['service.name', service]]),
  }
}

type Place = { trace_id: string; at: number; count: number; time_ms: number }

function randomSpan(
  random: Random,
  place: Place,
  resources: ReturnType<typeof resourceRow>[],
): Span {
  const { trace_id, at, time_ms } = place
  const { attributes, time: _, ...where } = random.pick(resources)
  const idOf = (index: number) =>
    `${trace_id.slice(-6)}${(index + 1).toString(16)}`.padStart(16, '0')
  const parent =
    at === 0 || random.between(0, 9) === 0
      ? ''
      : idOf(random.between(0, 12) === 0 ? 99 : random.between(0, at))
  const own = words(random)
  const start = BigInt(time_ms) * 1_000_000n + BigInt(random.between(0, 600_000)) * 1_000_000n
  return {
    ...where,
    resource_id: `${where.resource_id}`,
    container: '',
    node: '',
    trace_id,
    span_id: idOf(at),
    parent_span_id: parent,
    time_ns: start,
    duration_ns: random.pick([0, 1, 999_999, 1_000_000, 3_000_000, 3_500_000, 12_000_000_000]),
    name: random.pick(['a', 'b', 'ab', '7']),
    kind: random.pick(['server', 'client', 'internal']),
    status: random.pick(['unset', 'ok', 'error']),
    status_message: random.pick(['', 'a', 'b']),
    trace_state: '',
    scope: '',
    attributes: own,
    numbers: new Map(
      names
        .filter((name) => !own.has(name) && random.between(0, 2) === 0)
        .map((name) => [name, random.pick(numbers)]),
    ),
    resource: new Map(Object.entries(attributes)),
    events: Array.from({ length: random.between(0, 3) }, (_event, index) => ({
      time_ns: start + BigInt(index),
      name: random.pick(['a', 'b']),
      attributes: words(random),
    })),
    links: Array.from({ length: random.between(0, 2) }, () => ({
      trace_id: 'f'.repeat(32),
      span_id: 'e'.repeat(16),
      attributes: words(random),
    })),
  }
}

function rowOf(span: Span): FixtureRow<'spans'> {
  const {
    time_ns,
    duration_ns,
    resource: _,
    events,
    links,
    attributes,
    numbers: figures,
    resource_id,
    ...rest
  } = span
  return {
    ...rest,
    resource_id: BigInt(resource_id),
    time: time_ns,
    duration_ns,
    attributes: Object.fromEntries(attributes),
    numbers: Object.fromEntries(figures),
    'events.time': events.map((event) => event.time_ns),
    'events.name': events.map((event) => event.name),
    'events.attributes': events.map((event) => Object.fromEntries(event.attributes)),
    'links.trace_id': links.map((link) => link.trace_id),
    'links.span_id': links.map((link) => link.span_id),
    'links.attributes': links.map((link) => Object.fromEntries(link.attributes)),
  }
}
