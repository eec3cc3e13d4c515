/**
 * Zipkin spans of version 1 in JSON: one span holds what its client and its server noted, each
 * annotation with who noted it. They become one span of version 2 for each side.
 */
import { spanKinds } from '../../../wire/otlp/encode-traces.ts'
import {
  endpointOf,
  type JsonObject,
  listOf,
  microsecondsOf,
  objectOf,
  textOf,
} from './read-json.ts'
import { BadSpan, type Endpoint, idOf, noEndpoint, type ZipkinSpan } from './span.ts'

type Note = { timestamp_us: number; value: string; by: Endpoint }
type Tag = { key: string; value: unknown; by: Endpoint }

/** What begins and ends the two sides of a call, and who is at the other end. */
const sides = [
  { kind: spanKinds.client, begin: 'cs', end: 'cr', other: 'sa' },
  { kind: spanKinds.server, begin: 'sr', end: 'ss', other: 'ca' },
  { kind: spanKinds.producer, begin: 'ms', end: '', other: 'ma' },
  { kind: spanKinds.consumer, begin: 'mr', end: '', other: 'ma' },
] as const
const core = new Set<string>(sides.flatMap(({ begin, end }) => [begin, end]))
const addresses = new Set<string>(sides.map(({ other }) => other))

/** Throws BadSpan. */
export function spansOfJsonV1(value: unknown): ZipkinSpan[] {
  const json = objectOf(value)
  if (json === undefined) throw new BadSpan('expected a span to be an object')
  const notes = listOf(json.annotations).map(noteOf)
  const tags = listOf(json.binaryAnnotations).map(tagOf)
  const shape = shapeOf(json)
  const found = sides.filter(({ begin, end }) =>
    notes.some(({ value }) => value === begin || (end !== '' && value === end)),
  )
  if (found.length === 0) return [localSpan(shape, notes, tags)]
  return found.map((side) => sideSpan(shape, side, notes, tags, found.length > 1))
}

function shapeOf(json: JsonObject) {
  return {
    trace_id: idOf(json.traceId, 'traceId', 16),
    id: idOf(json.id, 'id', 8),
    parent_id: json.parentId ? idOf(json.parentId, 'parentId', 8) : undefined,
    name: textOf(json.name),
    timestamp_us: microsecondsOf(json.timestamp),
    duration_us: microsecondsOf(json.duration),
    isDebug: json.debug === true,
  }
}
type Shape = ReturnType<typeof shapeOf>

function noteOf(json: JsonObject): Note {
  const by = endpointOf(json.endpoint)
  return { timestamp_us: microsecondsOf(json.timestamp), value: textOf(json.value), by }
}

function tagOf(json: JsonObject): Tag {
  return { key: textOf(json.key), value: json.value, by: endpointOf(json.endpoint) }
}

function sideSpan(
  shape: Shape,
  { kind, begin, end, other }: (typeof sides)[number],
  notes: readonly Note[],
  tags: readonly Tag[],
  isOneOfTwo: boolean,
): ZipkinSpan {
  const first = notes.find(({ value }) => value === begin)
  const last = end === '' ? undefined : notes.find(({ value }) => value === end)
  const local = (first ?? last)?.by ?? noEndpoint
  const isOwn = ({ by }: { by: Endpoint }) =>
    !isOneOfTwo || by.service === local.service || by.service === ''
  const isServer = kind === spanKinds.server
  // The client owns the time of a span that both note.
  const hasTime = shape.timestamp_us > 0 && !(isServer && isOneOfTwo)
  const timestamp_us = hasTime ? shape.timestamp_us : (first ?? last)?.timestamp_us || 0
  const noted_us = first && last ? Math.max(0, last.timestamp_us - first.timestamp_us) : 0
  return {
    ...shape,
    kind,
    timestamp_us,
    duration_us: hasTime && shape.duration_us > 0 ? shape.duration_us : noted_us,
    local,
    remote: tags.find(({ key }) => key === other)?.by ?? noEndpoint,
    annotations: notes.filter((note) => !core.has(note.value) && isOwn(note)),
    tags: textsOf(tags.filter(isOwn)),
    // A server that joined its client's span has no time of its own in version 1.
    isShared: isServer && (isOneOfTwo || shape.timestamp_us === 0),
  }
}

function localSpan(shape: Shape, notes: readonly Note[], tags: readonly Tag[]): ZipkinSpan {
  const by = [...tags, ...notes].map((one) => one.by).find(({ service }) => service !== '')
  const own = tags.find(({ key }) => key === 'lc')?.by ?? by ?? noEndpoint
  const remote = tags.find(({ key }) => key === 'sa')?.by ?? noEndpoint
  const kind = remote === noEndpoint ? spanKinds.internal : spanKinds.client
  const texts = textsOf(tags)
  return {
    ...shape,
    kind,
    local: own,
    remote,
    annotations: notes,
    tags: texts,
    isShared: false,
  }
}

function textsOf(tags: readonly Tag[]): Map<string, string> {
  const own = tags.filter(({ key, value }) => !(addresses.has(key) && value === true))
  return new Map(own.map(({ key, value }) => [key, textOf(value)]))
}
