/** Groups of records that Fluent Bit took over OTLP: what a group says goes to its records. */
import { describe, expect, test } from 'vitest'
import { readRows } from '../../../../test/ingest/read-rows.ts'
import { EventTime, pack, packAll } from '../../../../test/ingest/ways-fluent-forward.ts'
import { limits } from '../../../model/limits.ts'
import { Batch } from '../../../wire/batch.ts'
import { KnownIdentities } from '../../../wire/known-identities.ts'
import { objectsInMemory } from '../../parts.ts'
import { noPipelines } from '../../records/record-pipelines.ts'
import { decodeForward } from './decode.ts'
import { part_bytes_max, splitMessage } from './split.ts'

const now_ms = Date.UTC(2026, 10, 21, 12)
const now_s = now_ms / 1000
const none = () => {}
const none_said = 'unknown_service'

function decoded(...messages: Uint8Array[]) {
  const batch = new Batch()
  const outcomes = messages.map((message) =>
    decodeForward(
      message,
      {
        arrived_ms: now_ms,
        time_ms_min: 0,
        time_ms_max: now_ms + limits.future_ms_max,
        known: new KnownIdentities(),
        refused: none,
        parts: {
          objects: objectsInMemory(() => now_ms),
          pipelines: noPipelines,
          server: { name: 'a', version: '0', cluster_uuid: 'a' },
          now_ms: () => now_ms,
        },
      },
      batch,
    ),
  )
  const rowsOf = (table: 'logs' | 'resources') => {
    const found = batch.tables().find((one) => one.table === table)
    return found === undefined ? [] : readRows(table, found.bytes)
  }
  return { outcomes, logs: rowsOf('logs'), resources: rowsOf('resources') }
}

const schema = { schema: 'otlp', resource_id: 0, scope_id: 0 }
const begin = (resource: object, scope?: object) => [
  [new EventTime(0xffff_ffff, 0), schema],
  { resource, ...(scope && { scope }) },
]
const end = [[new EventTime(0xffff_fffe, 0), {}], {}]
const entry = (log: string, otlp: object = {}, more: object = {}) => [
  [new EventTime(now_s, 7), { otlp }],
  { log, ...more },
]
const shop = begin(
  { attributes: { 'service.name': 'shop', 'k8s.pod.name': 'shop-0', team: 'red' } },
  { name: 'net.http', version: '1.2', attributes: { a: 'b' } },
)
const forms = {
  Forward: (entries: unknown[]) => pack(['otel', entries]),
  PackedForward: (entries: unknown[]) => pack(['otel', packAll(entries)]),
}

describe.each(Object.entries(forms))('%s', (_form, messageOf) => {
  test('resource and scope of a group, until it ends', () => {
    const other = begin({ attributes: { 'service.name': 'bank' } })
    const entries = [entry('a'), shop, entry('b'), entry('c'), end, entry('d'), other, entry('e')]
    const { logs, outcomes } = decoded(messageOf(entries))
    expect(outcomes).toMatchObject([{ accepted: 5, rejected: 0 }])
    expect(logs.map(({ body, service, pod, scope }) => [body, service, pod, scope])).toEqual([
      ['a', none_said, '', ''],
      ['b', 'shop', 'shop-0', 'net.http'],
      ['c', 'shop', 'shop-0', 'net.http'],
      ['d', none_said, '', ''],
      ['e', 'bank', '', ''],
    ])
  })

  test('names that mean nothing here are of the resource too, and of none but its records', () => {
    const { logs, resources } = decoded(messageOf([shop, entry('a'), end, entry('b')]))
    expect(resources.map(({ attributes }) => attributes)).toContainEqual(
      expect.objectContaining({ 'service.name': 'shop', 'k8s.pod.name': 'shop-0', team: 'red' }),
    )
    expect(logs.map(({ attributes }) => attributes)).toEqual([
      { 'fluent.tag': 'otel' },
      { 'fluent.tag': 'otel' },
    ])
  })

  test('a group ends with its message', () => {
    const { logs } = decoded(messageOf([shop, entry('a')]), messageOf([entry('b')]))
    expect(logs.map(({ service }) => service)).toEqual(['shop', none_said])
  })

  test('large messages are cut within a group', () => {
    const texts = Array.from({ length: 40 }, (_, i) => `${i} `.padEnd(part_bytes_max / 16, 'x'))
    const entries = [entry('a'), shop, ...texts.map((text) => entry(text)), end, entry('z')]
    const parts = splitMessage(messageOf(entries))
    expect(parts.length).toBeGreaterThan(2)
    const { logs } = decoded(...parts)
    const services = logs.map(({ service }) => service)
    expect(services).toEqual([none_said, ...texts.map(() => 'shop'), none_said])
  })
})

test('what a record of OTLP says beside its body', () => {
  const trace_id = '0af7651916cd43dd8448eb211c80319c'
  const span_id = 'b7ad6b7169203331'
  const said = { severity_number: 17, observed_timestamp: 5, attributes: { 'http.method': 'GET' } }
  const bytes = { trace_id: Buffer.from(trace_id, 'hex'), span_id: Buffer.from(span_id, 'hex') }
  const { logs } = decoded(
    forms.Forward([
      entry('a', { ...said, trace_id, span_id, flags: 1 }),
      entry('b', { ...said, ...bytes, severity_text: 'Warning' }),
      entry('c', { severity_number: 9, severity_text: 'Hinweis', trace_id: '', attributes: 7 }),
      [[new EventTime(now_s, 0), { otlp: 'no', mine: 1 }], { log: 'd' }],
    ]),
  )
  const ids = { trace_id, span_id }
  const tag = { 'fluent.tag': 'otel' }
  expect(logs).toMatchObject([
    { ...ids, severity_number: 17, attributes: { ...tag, 'http.method': 'GET' } },
    { ...ids, severity_number: 13, attributes: { ...tag, 'http.method': 'GET' } },
    { severity_number: 9, numbers: { 'fluent.metadata.otlp.attributes': 7 } },
    {
      attributes: { ...tag, 'fluent.metadata.otlp': 'no' },
      numbers: { 'fluent.metadata.mine': 1 },
    },
  ])
})

test.each<[string, unknown]>([
  ['no map', [[new EventTime(0xffff_ffff, 0), schema], {}]],
  ['a resource that is none', begin('no' as unknown as object)],
  ['attributes that are none', begin({ attributes: [1, 2] }, { name: 7 })],
  ['another schema', [[new EventTime(0xffff_ffff, 0), { group: 'g' }], { resource: 'x' }]],
  ['too many attributes', begin({ attributes: Object.fromEntries(Array(200).entries()) })],
  ['a mark without metadata', [new EventTime(0xffff_ffff, 0), {}]],
])('a group that says nothing: %s', (_name, mark) => {
  const { logs, outcomes } = decoded(forms.PackedForward([mark, entry('a'), end, entry('b')]))
  expect(outcomes).toMatchObject([{ accepted: 2, rejected: 0 }])
  expect(logs.map(({ body, service, scope }) => [body, service, scope])).toEqual([
    ['a', none_said, ''],
    ['b', none_said, ''],
  ])
})

test('a record’s own fields count', () => {
  const own = { 'service.name': 'mine' }
  const { logs } = decoded(forms.Forward([shop, entry('a', {}, own), entry('b'), end]))
  expect(logs.map(({ service, pod }) => [service, pod])).toEqual([
    ['mine', 'shop-0'],
    ['shop', 'shop-0'],
  ])
})
