/**
 * What OpenTelemetry's exporters for Zipkin put into tags and annotations because Zipkin has no
 * place for it: the resource of a span, and the attributes of an event.
 */
import type { AttributeValue } from '../../../wire/otlp/encode-logs.ts'

const resourceTag =
  /^(?:k8s|container|host|os|process|cloud|telemetry\.sdk|deployment\.environment|service)(?:\.|$)/
/** Of calls, not of the program that made them. */
const spanTags: ReadonlySet<string> = new Set(['service.peer.name', 'service.peer.namespace'])

/** Names of the tags that say where a span is from, such as `k8s.pod.name`. */
export function resourceTagsOf(tags: ReadonlyMap<string, string>): string[] {
  const found: string[] = []
  for (const name of tags.keys()) {
    if (resourceTag.test(name) && !spanTags.has(name)) found.push(name)
  }
  return found
}

export type SpanEvent = { name: string; attributes: Readonly<Record<string, AttributeValue>> }

const none: SpanEvent['attributes'] = {}

/** `"exception":{"exception.type":"Timeout"}` is an event with attributes; all else is its name. */
export function eventOf(annotation: string): SpanEvent {
  const [, name = '', json = ''] = /^"([^"]+)" ?: ?(\{.*\})$/s.exec(annotation) ?? []
  if (name === '') return { name: annotation, attributes: none }
  let said: object
  try {
    said = JSON.parse(json)
  } catch {
    return { name: annotation, attributes: none }
  }
  const attributes: Record<string, AttributeValue> = Object.create(null)
  for (const [key, value] of Object.entries(said)) {
    attributes[key] = isPlain(value) ? value : JSON.stringify(value)
  }
  return { name, attributes }
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
