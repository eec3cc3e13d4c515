/** What flat fields become in table logs, as a table of facts. */
import { expect, test } from 'vitest'
import { readRows } from '../../../test/ingest/read-rows.ts'
import { partsInMemory } from '../../../test/server/parts-fixture.ts'
import { Batch } from '../../wire/batch.ts'
import { viewOf } from '../../wire/copy-bytes.ts'
import { KnownIdentities } from '../../wire/known-identities.ts'
import { readJsonObject } from './json-reader.ts'
import { LogRows, type RowRefusal } from './log-rows.ts'

const arrived_ms = Date.UTC(2026, 10, 21, 12)
const rows = new LogRows()

function store(document: object | string, cluster?: string) {
  const refused: RowRefusal[] = []
  const batch = new Batch()
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))
  rows.open(
    {
      arrived_ms,
      time_ms_min: arrived_ms - 86_400_000,
      time_ms_max: arrived_ms + 3_600_000,
      cluster,
      known: new KnownIdentities(),
      parts: partsInMemory(),
      refused: (one) => void refused.push(one),
    },
    batch,
  )
  rows.record.sent(bytes, 0, bytes.length)
  expect(readJsonObject(rows.record, bytes, viewOf(bytes), 0, bytes.length)).toBe(true)
  const verdict = rows.store()
  const [row] = readRows('logs', batch.get('logs').written())
  const [resource] = readRows('resources', batch.get('resources').written())
  return { verdict, row, resource, refused, outcome: rows.outcome('records') }
}

const filebeat = {
  '@timestamp': '2026-11-21T11:59:58.123Z',
  message: 'GET /cart took 7 ms',
  log: { level: 'warn', file: { path: '/var/log/x.log' }, offset: 42 },
  kubernetes: {
    namespace: 'shop',
    pod: { name: 'cart-5d9c7b8f6-x2v4q', uid: 'u1' },
    node: { name: 'n1' },
    container: { name: 'cart' },
    labels: { app_kubernetes_io_name: 'x', 'app_kubernetes_io/name': 'cart' },
    replicaset: { name: 'cart-5d9c7b8f6' },
  },
  container: { id: 'containerd://abc', image: { name: 'registry:5000/cart:1.2' } },
  trace: { id: '5b8aa5a2d2c872e8321cf37308d69df2' },
  data_stream: { type: 'logs', dataset: 'kubernetes.container_logs', namespace: 'default' },
  tags: ['a', 'b'],
  __proto__x: 1,
}

test('a document of Filebeat', () => {
  const { verdict, row, resource } = store(filebeat, 'prod')
  expect(verdict).toBe('')
  expect(row).toMatchObject({
    cluster: 'prod',
    namespace: 'shop',
    workload: 'cart',
    pod: 'cart-5d9c7b8f6-x2v4q',
    container: 'cart',
    node: 'n1',
    service: 'cart',
    body: 'GET /cart took 7 ms',
    severity_number: 13,
    severity_text: 'warn',
    numbers: { 'log.offset': 42, __proto__x: 1 },
  })
  expect(row!.attributes).toEqual({
    'log.file.path': '/var/log/x.log',
    'data_stream.type': 'logs',
    'data_stream.dataset': 'kubernetes.container_logs',
    'data_stream.namespace': 'default',
    tags: '["a","b"]',
  })
  expect(resource!.attributes).toMatchObject({
    'k8s.pod.uid': 'u1',
    'container.id': 'abc',
    'container.image.name': 'registry:5000/cart',
    'container.image.tag': '1.2',
    'k8s.pod.label.app_kubernetes_io/name': 'cart',
  })
})

type Fact = [name: string, document: object | string, expected: object]
const facts: Fact[] = [
  [
    'a line inside of a record',
    { log: '{"msg":"hi","level":"error","n":1}' },
    { body: 'hi', severity_number: 17 },
  ],
  ['a line that only looks like JSON', { log: '{not json}' }, { body: '{not json}' }],
  ['no message: the record itself', { a: 1 }, { body: '{"a":1}' }],
  ['message wins over log', { log: 'b', message: 'a' }, { body: 'a', attributes: { log: 'b' } }],
  [
    'a level in the line',
    { message: 'ERROR it broke' },
    { severity_number: 17, severity_text: '' },
  ],
  ['a level that is none stays', { message: 'm', level: 'x1' }, { attributes: { level: 'x1' } }],
  ['pino counts', { msg: 'm', level: 50 }, { severity_number: 17 }],
  [
    'a dotted key is a nested one',
    '{"log.level":"warn","log":{"level":"error"}}',
    { severity_number: 17 },
  ],
  ['booleans are words', { message: 'm', ok: true }, { attributes: { ok: 'true' } }],
  ['null is nothing', { message: 'm', a: null }, { attributes: {} }],
  [
    'digits past a double stay text',
    '{"message":"m","id":12345678901234567890}',
    { attributes: { id: '12345678901234567890' } },
  ],
  ['escapes', '{"message":"a\\n\\u00e9\\ud83d\\ude00"}', { body: 'a\né😀' }],
  ['a line feed at the end goes', { log: 'line\n' }, { body: 'line' }],
]
test.each(facts)('%s', (_name, document, expected) => {
  expect(store(document).row).toMatchObject(expected)
})

test('a time that cannot be read stays an attribute', () => {
  const timestamp = '21/Nov/2026:20:00:15 +0000'
  const { row } = store({ timestamp, message: 'm' })
  expect(row!.attributes).toEqual({ timestamp })
})

test('time: the runtime’s own refines what a shipper cut', () => {
  const { row } = store({
    '@timestamp': '2026-11-21T11:59:58.123Z',
    time: '2026-11-21T11:59:58.123456789Z',
    message: 'm',
  })
  expect(String(row!.time)).toContain('123456789')
})

test('too old is refused with its reason and what was sent', () => {
  const { verdict, refused, outcome } = store({
    '@timestamp': '2020-01-01T00:00:00Z',
    message: 'm',
  })
  expect(verdict).toBe('time_too_old')
  expect(refused).toMatchObject([{ reason: 'time_too_old' }])
  expect(outcome).toMatchObject({ accepted: 0, rejected: 1 })
})

test('a pipeline that moved the line away left it in event.original', () => {
  const moved = store({ event: { original: 'GET /', kind: 'event' } }).row
  expect(moved).toMatchObject({ body: 'GET /', attributes: { 'event.kind': 'event' } })
  const both = store({ message: 'short', event: { original: 'the whole line' } }).row
  expect(both).toMatchObject({ body: 'short', attributes: { 'event.original': 'the whole line' } })
})
