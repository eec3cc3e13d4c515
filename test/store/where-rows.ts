/**
 * Rows of every table and hostile words for the comparison of searches with their oracle: few
 * words, so that searches hit.
 */
import fc from 'fast-check'
import { oracleNow_ms } from './where-oracle.ts'

/** Few words, so that searches hit; hostile ones among them. */
const words = fc.oneof(
  fc.constantFrom('cart', 'Cart', 'timeout', 'TIMEOUT', 'refused', 'time', 'user42', '500', 'abc'),
  fc.constantFrom(
    '',
    '%',
    '_',
    "'",
    '\\',
    "\\'",
    '--',
    '/*',
    '한국',
    'É',
    'é',
    'ΟΔΟΣ',
    '💥',
    '\ud800',
  ),
  fc.constantFrom(
    '\0',
    '\n',
    '\x01a',
    'a\x7f',
    '\u00a0',
    'K',
    'İ',
    'ß',
    '`',
    '{x}',
    '=',
    'a=b',
    '?',
    '$1',
  ),
)
const sentence = fc
  .array(fc.tuple(words, fc.constantFrom(' ', ' ', '-', '/', '=', '.', ': ')), { maxLength: 6 })
  .map((parts) => parts.flat().join('').slice(0, -1).toWellFormed())
export const short = fc.oneof(words, sentence).map((text) => text.toWellFormed())
export const value = fc.oneof(
  short,
  fc.constantFrom('200', '404', '500', '-1', '0.5', 'true', 'GET'),
)
export const keys = [
  ...[
    'http.status_code',
    'http.response.status_code',
    'host.name',
    'host.hostname',
    'a',
    'a=b',
    "k'",
  ],
  ...[
    'db.system',
    'labels.a',
    'deployment.environment',
    'exception.type',
    'error.type',
    'b%',
    '한국',
  ],
]
const attributes = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 4 })
const numbers = fc.dictionary(
  fc.constantFrom(...keys),
  fc.constantFrom(0, 200, 404, 500, -1, 0.5, 1e6),
  { maxKeys: 3 },
)
export const resources: Record<string, string>[] = [
  {},
  { 'host.name': 'cart', a: '500' },
  { 'host.name': 'Cart', 'deployment.environment.name': 'cart', "k'": "'" },
  { 'host.hostname': '한국', a: '', 'process.pid': '404' },
]
const hex = (size: number) =>
  fc
    .constantFrom('', '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7aaaaaaaaaaaaaaaa')
    .map((id) => id.slice(0, size))
const times = fc.constantFrom(0, 1, 59, 60, 900, 86_400).map((s) => oracleNow_ms - s * 1000)
const place = {
  cluster: short,
  namespace: short,
  pod: short,
  service: fc.constantFrom('cart', 'Cart', 'pay', ''),
  resource_id: fc.nat(resources.length - 1),
  time: times,
  attributes,
}
export const logRow = fc.record({
  ...place,
  numbers,
  body: sentence,
  severity_number: fc.constantFrom(0, 1, 5, 9, 10, 13, 17, 20, 21, 24),
  severity_text: fc.constantFrom('', 'WARN', 'Notice', 'error'),
  event_name: short,
  template_id: fc.constantFrom(0, 7, 500),
  trace_id: hex(32),
})
export const spanRow = fc.record({
  ...place,
  numbers,
  name: short,
  status_message: sentence,
  duration_ns: fc.constantFrom(0, 999, 1_000_000, 200_000_000, 1_500_000_000),
  http_status_code: fc.constantFrom(0, 200, 404, 500),
  kind: fc.constantFrom('unspecified', 'server', 'client'),
  status: fc.constantFrom('unset', 'ok', 'error'),
  peer_kind: fc.constantFrom('none', 'database'),
  trace_id: hex(32),
  parent_span_id: hex(16),
  events: fc.array(fc.tuple(short, attributes), { maxLength: 2 }),
})
export const seriesRow = fc.record({
  ...place,
  metric: short,
  kind: fc.constantFrom('gauge', 'sum'),
  monotonic: fc.boolean(),
  description: sentence,
})
const { attributes: _, ...securityPlace } = place
export const auditRow = fc.record({
  ...securityPlace,
  user: short,
  user_groups: fc.array(short, { maxLength: 2 }),
  object_name: sentence,
  verb: fc.constantFrom('get', 'delete', ''),
  outcome: fc.constantFrom('unknown', 'success', 'failure'),
  status_code: fc.constantFrom(0, 200, 403),
  duration_ns: fc.constantFrom(0, 999, 1_000_000),
  objects_cut: fc.boolean(),
  sentence,
  annotations: attributes,
  user_extra: attributes,
})
export const eventRow = fc.record({
  ...securityPlace,
  rule: short,
  priority: fc.constantFrom('', 'Notice', 'Warning', 'Critical'),
  severity_number: fc.constantFrom(0, 9, 10, 13, 17, 21),
  tags: fc.array(short, { maxLength: 2 }),
  process_command: sentence,
  process_pid: fc.constantFrom(0, 1, 404),
  sentence,
  fields: attributes,
})
export const flowRow = fc.record({
  ...securityPlace,
  verdict: fc.constantFrom('forwarded', 'dropped', ''),
  is_reply: fc.boolean(),
  destination_port: fc.constantFrom(0, 53, 443),
  source_bytes: fc.constantFrom(0, 500, 1e6),
  source_labels: fc.array(short, { maxLength: 2 }),
  trace_id: hex(32),
  sentence,
})
