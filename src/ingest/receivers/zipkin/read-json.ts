/** Zipkin spans of version 2 from parsed JSON. Members that are of another type are left out. */
import { spanKinds } from '../../../wire/otlp/encode-traces.ts'
import { BadSpan, type Endpoint, idOf, noEndpoint, type ZipkinSpan } from './span.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export const kindOf: ReadonlyMap<unknown, number> = new Map([
  ['CLIENT', spanKinds.client],
  ['SERVER', spanKinds.server],
  ['PRODUCER', spanKinds.producer],
  ['CONSUMER', spanKinds.consumer],
])

/** Throws BadSpan. */
export function spanOfJson(value: unknown): ZipkinSpan {
  const json = objectOf(value)
  if (json === undefined) throw new BadSpan('expected a span to be an object')
  const { parentId } = json
  return {
    trace_id: idOf(json.traceId, 'traceId', 16),
    id: idOf(json.id, 'id', 8),
    parent_id: parentId ? idOf(parentId, 'parentId', 8) : undefined,
    kind: kindOf.get(json.kind) ?? spanKinds.internal,
    name: textOf(json.name),
    timestamp_us: microsecondsOf(json.timestamp),
    duration_us: microsecondsOf(json.duration),
    local: endpointOf(json.localEndpoint),
    remote: endpointOf(json.remoteEndpoint),
    annotations: listOf(json.annotations).map(annotationOf),
    tags: tagsOf(json.tags),
    isDebug: json.debug === true,
    isShared: json.shared === true,
  }
}

export function objectOf(value: unknown): JsonObject | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as JsonObject) : undefined
}

export function listOf(value: unknown): JsonObject[] {
  if (!Array.isArray(value)) return []
  return value.map(objectOf).filter((one) => one !== undefined)
}

/** Values of tags are text; some senders write numbers and truths. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

export function microsecondsOf(value: unknown): number {
  const number = Math.floor(Number(typeof value === 'string' ? value : (value ?? 0)))
  return typeof value !== 'boolean' && Number.isSafeInteger(number) && number > 0 ? number : 0
}

export function endpointOf(value: unknown): Endpoint {
  const json = objectOf(value)
  if (json === undefined) return noEndpoint
  const port = microsecondsOf(json.port)
  const ip = textOf(json.ipv4) || textOf(json.ipv6)
  return { service: textOf(json.serviceName), ip, port: port < 65_536 ? port : 0 }
}

function annotationOf(json: JsonObject) {
  return { timestamp_us: microsecondsOf(json.timestamp), value: textOf(json.value) }
}

function tagsOf(value: unknown): Map<string, string> {
  const entries = Object.entries(objectOf(value) ?? {})
  return new Map(entries.map(([key, tag]) => [key, textOf(tag)]))
}
