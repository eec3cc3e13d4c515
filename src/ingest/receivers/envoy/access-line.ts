/**
 * Access logs of Envoy and Istio by their JSON names: the text format that Istio writes by default
 * is read into the same members. A dash is nothing.
 */
import type { Sent } from '../security/sent.ts'

/** Behind the request and the status, in Istio's order; the quoted ones may hold spaces. */
const members = [
  ...['response_flags', 'response_code_details', 'connection_termination_details'],
  ...['upstream_transport_failure_reason', 'bytes_received', 'bytes_sent', 'duration'],
  ...['upstream_service_time', 'x_forwarded_for', 'user_agent', 'request_id', 'authority'],
  ...['upstream_host', 'upstream_cluster', 'upstream_local_address', 'downstream_local_address'],
  ...['downstream_remote_address', 'requested_server_name', 'route_name'],
]
const numbers = new Set(['bytes_received', 'bytes_sent', 'duration', 'response_code'])
/** Envoy's own default has neither details nor failure reason: eleven words, four of them less. */
const envoyMembers = [
  ...['response_flags', 'bytes_received', 'bytes_sent', 'duration', 'upstream_service_time'],
  ...['x_forwarded_for', 'user_agent', 'request_id', 'authority', 'upstream_host'],
]
const words_max = 64

/** `[2026-11-21T10:00:00.000Z] "GET /x HTTP/1.1" 200 - via_upstream …`; undefined is none. */
export function readAccessLine(line: string): Sent | undefined {
  const head = /^\[(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))\] "/.exec(line)
  if (head === null) return undefined
  const words = wordsOf(line.slice(head[0].length - 1))
  const [request = '', status = '', ...rest] = words
  if (!/^\d{1,3}$/.test(status)) return undefined
  const isEnvoys = rest.length === envoyMembers.length
  if (!isEnvoys && rest.length < 9) return undefined
  const found: Record<string, unknown> = Object.create(null)
  found.start_time = head[1]
  found.response_code = Number(status)
  const [method = '', protocol = ''] = [/^\S+/.exec(request)?.[0], /\S+$/.exec(request)?.[0]]
  if (method !== '-') {
    found.method = method
    found.protocol = protocol
    found.path = request.slice(method.length + 1, -protocol.length - 1)
  }
  for (const [at, name] of (isEnvoys ? envoyMembers : members).entries()) {
    const word = rest[at]
    if (word === undefined || word === '-') continue
    found[name] = numbers.has(name) ? Number(word) : word
  }
  return found
}

/** Words between spaces; in quotes a space is part of the word. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  for (let at = 0; at < text.length && words.length < words_max; ) {
    if (text[at] === ' ') {
      at++
      continue
    }
    const isQuoted = text[at] === '"'
    const end = text.indexOf(isQuoted ? '" ' : ' ', at + 1)
    const stop = end < 0 ? text.length - (isQuoted && text.endsWith('"') ? 1 : 0) : end
    words.push(text.slice(isQuoted ? at + 1 : at, stop))
    at = isQuoted ? stop + 1 : stop
  }
  return words
}
