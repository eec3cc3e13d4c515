/** The oracle's logs and spans. */
import { templateIdOf } from '../../src/wire/template.ts'
import {
  addResource,
  type Bounds,
  bytesOf,
  Expected,
  hexId,
  isTooDeep,
  maps,
  merged,
  recordsOf,
  textMap,
  textOf,
  timeReason,
  word,
} from './oracle.ts'
import type { Plain } from './otlp-proto.ts'
import type { Row } from './row-reader.ts'

export function expectLogs(request: Plain, bounds: Bounds): Expected {
  const expected = new Expected()
  const arrived = BigInt(bounds.arrived_ms) * 1_000_000n
  for (const { place, record } of recordsOf(
    request,
    ['resourceLogs', 'scopeLogs', 'logRecords'],
    bounds,
  )) {
    const given = BigInt(record.observedTimeUnixNano ?? 0)
    const observed = given > 0n && given < 1n << 63n ? given : arrived
    const time = BigInt(record.timeUnixNano ?? 0) || observed
    const attributes = merged(record.attributes)
    const deep = place.isTooDeep || isTooDeep([...attributes.values(), record.body])
    const reason = timeReason(time, bounds) ?? (deep ? 'nesting_too_deep' : undefined)
    if (reason) {
      expected.reject(reason)
      continue
    }
    expected.accepted++
    expected.add('logs', {
      ...place.columns,
      scope: place.scope,
      ingested_time: BigInt(bounds.arrived_ms),
      time,
      observed_time: observed,
      ...logColumns(record, attributes),
      ...maps(attributes),
    })
    addResource(expected, place, time)
  }
  return expected
}

function logColumns(record: Plain, attributes: Map<string, Plain>): Row {
  const body = textOf(record.body)
  const text = record.severityText ?? ''
  const known: Record<string, number> = { info: 9, warn: 13, e: 17, error2: 18, d: 5, i: 9 }
  const number = Math.min(24, Math.max(0, record.severityNumber ?? 0))
  return {
    severity_number: number || known[text.toLowerCase()] || 0,
    severity_text: word(text),
    event_name: word(record.eventName || attributes.get('event.name')?.stringValue),
    body: bytesOf(body),
    template_id: templateIdOf(body),
    trace_id: hexId(record.traceId, 16),
    span_id: hexId(record.spanId, 8),
    trace_flags: (record.flags ?? 0) & 0xff,
  }
}

const isZero = (id: string): boolean => /^0*$/.test(id)

export function expectSpans(request: Plain, bounds: Bounds): Expected {
  const expected = new Expected()
  for (const { place, record } of recordsOf(
    request,
    ['resourceSpans', 'scopeSpans', 'spans'],
    bounds,
  )) {
    const time = BigInt(record.startTimeUnixNano ?? 0)
    const attributes = merged(record.attributes)
    const trace_id = hexId(record.traceId, 16)
    const span_id = hexId(record.spanId, 8)
    const deep = place.isTooDeep || isTooDeep(attributes.values())
    const reason =
      isZero(trace_id) || isZero(span_id)
        ? 'id_invalid'
        : (timeReason(time, bounds) ?? (deep ? 'nesting_too_deep' : undefined))
    if (reason) {
      expected.reject(reason)
      continue
    }
    expected.accepted++
    const row = { ...place.columns, scope: place.scope, ingested_time: BigInt(bounds.arrived_ms) }
    const columns = spanColumns(record, attributes, time)
    expected.add('spans', { ...row, time, trace_id, span_id, ...columns, ...maps(attributes) })
    addResource(expected, place, time)
  }
  return expected
}

function spanColumns(span: Plain, attributes: Map<string, Plain>, time: bigint): Row {
  const end = BigInt(span.endTimeUnixNano ?? 0)
  const kind = span.kind >= 1 && span.kind <= 5 ? span.kind : 1
  const code = span.status?.code ?? 0
  const events: Plain[] = span.events ?? []
  const links: Plain[] = span.links ?? []
  const eventTime = (event: Plain): bigint => {
    const given = BigInt(event.timeUnixNano ?? 0)
    return given > 0n && given < 1n << 63n ? given : time
  }
  return {
    duration_ns: end > time ? end - time : 0n,
    parent_span_id: hexId(span.parentSpanId, 8),
    trace_state: bytesOf(span.traceState ?? ''),
    name: bytesOf(span.name ?? ''),
    kind,
    status: code <= 2 ? code : 0,
    status_message: bytesOf(span.status?.message ?? ''),
    http_status_code: httpStatus(attributes),
    ...peerOf(kind, attributes),
    'events.time': events.map(eventTime),
    'events.name': events.map((event) => bytesOf(event.name ?? '')),
    'events.attributes': events.map((event) => textMap(merged(event.attributes))),
    'links.trace_id': links.map((link) => hexId(link.traceId, 16)),
    'links.span_id': links.map((link) => hexId(link.spanId, 8)),
    'links.attributes': links.map((link) => textMap(merged(link.attributes))),
  }
}

function httpStatus(attributes: Map<string, Plain>): number {
  for (const key of ['http.response.status_code', 'http.status_code']) {
    const value = attributes.get(key)
    const text = value?.intValue ?? value?.stringValue ?? ''
    if (/^[1-9]\d\d$/.test(text)) return Number(text)
  }
  return 0
}

/** peer_kind: 1 external, 2 database, 3 messaging. */
export function peerOf(kind: number, attributes: Map<string, Plain>): Row {
  const any = (...keys: string[]): string => {
    for (const key of keys) {
      const text: string = attributes.get(key)?.stringValue ?? ''
      const found = /url/.test(key) ? hostOf(text) : text
      if (found) return found
    }
    return ''
  }
  const peer = (name: string, peer_kind: number, system: string): Row => ({
    peer_service: word(name),
    peer_kind,
    peer_system: word(system),
  })
  const isExit = kind === 3 || kind === 4
  const address = any('peer.service', 'server.address', 'net.peer.name', 'url.full')
  const database = any('db.system.name', 'db.system')
  if (isExit && (database || any('db.name'))) {
    return peer(address || any('db.name') || database, 2, database)
  }
  const messaging = any('messaging.system')
  const destination = any('messaging.destination.name')
  if ((isExit || kind === 5) && (messaging || destination)) {
    return peer(destination || address || messaging, 3, messaging)
  }
  const rpc = any('rpc.system')
  if (isExit && (address || rpc)) {
    return peer(address || rpc, 1, rpc || (any('http.method') ? 'http' : ''))
  }
  return peer('', 0, '')
}

function hostOf(url: string): string {
  const authority = url.replace(/^[^/]*?:\/\//, '').split(/[/?#]/, 1)[0]!
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const bracketed = /^\[(.*?)\]/.exec(host)
  if (host.startsWith('[')) return bracketed?.[1] ?? ''
  return host.split(':', 1)[0]!
}
