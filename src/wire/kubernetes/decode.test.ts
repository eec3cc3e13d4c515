/** Lines of objects, events and coverage to rows: exact counts and hostile lines. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRows } from '../../../test/ingest/read-rows.ts'
import { lines, toldCluster } from '../../../test/kubernetes/told.ts'
import type { WrittenTable } from '../../model/tables.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import type { DecodeContext } from '../otlp/context.ts'
import { decodeAgentCoverage } from './coverage.ts'
import { decodeKubernetesEvents } from './events.ts'
import { decodeKubernetesObjects } from './objects.ts'

const now_ms = Date.UTC(2026, 10, 21, 10)
const context: DecodeContext = {
  arrived_ms: now_ms,
  time_ms_min: now_ms - 86_400_000,
  time_ms_max: now_ms + 60_000,
  cluster: 'eu-1',
  agent_id: 'agent-7',
  known: new KnownIdentities(),
}
const decoders = {
  kubernetes_objects: decodeKubernetesObjects,
  kubernetes_events: decodeKubernetesEvents,
  agent_coverage: decodeAgentCoverage,
} as const
type Table = keyof typeof decoders

function decoded(table: Table, body: Uint8Array, more: Partial<DecodeContext> = {}) {
  const batch = new Batch()
  const outcome = decoders[table](body, { ...context, ...more }, batch)
  return { outcome, rows: readRows(table as WrittenTable, batch.get(table).written()) }
}

const object = { time_ms: now_ms, change: 'added', kind: 'Pod', name: 'p' }
const event = { time_ms: now_ms, event_uid: 'e', count: 2 }
const coverage = { time_ms: now_ms, source: 'container_logs', signal: 'logs', state: 'blind' }
const good = { kubernetes_objects: object, kubernetes_events: event, agent_coverage: coverage }

it('stores an object with its diff under the token’s cluster', () => {
  const told = {
    ...object,
    cluster: 'somebody-elses',
    health: 'bad',
    labels: { app: 'cart' },
    numbers: { restarts: 3 },
    changes: [{ path: 'spec.replicas', before: 1, after: 2 }],
    object: { metadata: { name: 'p' } },
  }
  const { outcome, rows } = decoded('kubernetes_objects', lines([told]))
  expect(outcome).toEqual({ accepted: 1, rejected: 0, reasons: {}, message: '' })
  expect(rows[0]).toMatchObject({
    cluster: 'eu-1',
    kind: 'Pod',
    name: 'p',
    changed_paths: ['spec.replicas'],
    diff: '[{"path":"spec.replicas","before":1,"after":2}]',
    object: '{"metadata":{"name":"p"}}',
  })
  const open = decoded('kubernetes_objects', lines([told]), { cluster: undefined })
  expect(open.rows[0]).toMatchObject({ cluster: 'somebody-elses' })
})

it('says which agent saw what', () => {
  const { rows } = decoded('agent_coverage', lines([{ ...coverage, lag_s: 1.5, records: 9 }]))
  expect(rows[0]).toMatchObject({ agent_id: 'agent-7', cluster: 'eu-1', lag_s: 1.5 })
})

it('a whole cluster is told without a loss', () => {
  const told = toldCluster({ cluster: 'eu-1', nodes: 3, pods: 200, now_ms })
  const { outcome } = decoded('kubernetes_objects', lines(told.objects))
  expect(outcome).toMatchObject({ accepted: told.objects.length, rejected: 0 })
  expect(decoded('kubernetes_events', lines(told.events)).outcome).toMatchObject({ rejected: 0 })
})

describe('a bad line is counted under its reason and the others are stored', () => {
  const f = (table: Table, line: string, reason: string) =>
    it(`${table} ${line.slice(0, 60)}`, () => {
      const body = Buffer.concat([
        lines([good[table]]),
        Buffer.from(`${line}\r\n\n  \n`),
        lines([good[table]]),
      ])
      const { outcome, rows } = decoded(table, body)
      expect(outcome).toMatchObject({ accepted: 2, rejected: 1, reasons: { [reason]: 1 } })
      expect(rows).toHaveLength(2)
    })
  const object_ = (more: object) => JSON.stringify({ ...object, ...more })
  f('kubernetes_objects', '{', 'line_malformed')
  f('kubernetes_objects', '[]', 'line_malformed')
  f('kubernetes_objects', 'null', 'line_malformed')
  f('kubernetes_objects', '\u0000', 'line_malformed')
  f('kubernetes_objects', object_({ kind: '' }), 'name_missing')
  f('kubernetes_objects', object_({ name: undefined }), 'name_missing')
  f('kubernetes_objects', object_({ kind: 7 }), 'value_invalid')
  f('kubernetes_objects', object_({ kind: 'K'.repeat(2000) }), 'record_too_large')
  f('kubernetes_objects', object_({ change: 'toString' }), 'value_invalid')
  f('kubernetes_objects', object_({ health: 'fine' }), 'value_invalid')
  f('kubernetes_objects', object_({ labels: ['a'] }), 'value_invalid')
  f('kubernetes_objects', object_({ labels: { a: 1 } }), 'value_invalid')
  f('kubernetes_objects', object_({ numbers: { a: '1' } }), 'value_invalid')
  f('kubernetes_objects', object_({ changes: [7] }), 'value_invalid')
  f('kubernetes_objects', object_({ changes: {} }), 'value_invalid')
  f('kubernetes_objects', object_({ time_ms: '1' }), 'value_invalid')
  f('kubernetes_objects', object_({ time_ms: -1 }), 'value_invalid')
  f('kubernetes_objects', object_({ time_ms: 1e300 }), 'value_invalid')
  f('kubernetes_objects', object_({ time_ms: 1 }), 'time_too_old')
  f('kubernetes_objects', object_({ time_ms: now_ms + 90_000 }), 'time_in_future')
  f('kubernetes_objects', `{"object":${'['.repeat(2e5)}${']'.repeat(2e5)}}`, 'value_invalid')
  f('kubernetes_events', JSON.stringify({ ...event, event_uid: '' }), 'name_missing')
  f('kubernetes_events', JSON.stringify({ ...event, count: 1.5 }), 'value_invalid')
  f('kubernetes_events', JSON.stringify({ ...event, count: 2 ** 32 }), 'value_invalid')
  f('agent_coverage', JSON.stringify({ ...coverage, state: 'odd' }), 'value_invalid')
  f('agent_coverage', JSON.stringify({ ...coverage, records: -1 }), 'value_invalid')
})

it('an object that nobody can print again is refused', () => {
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const line = JSON.stringify(object).replace(/\}$/, `,"object":${deep}}\n`)
  const { outcome } = decoded('kubernetes_objects', Buffer.from(line))
  expect(outcome.accepted + outcome.rejected).toBe(1)
})

it('a line past its limit costs only itself', () => {
  const huge = JSON.stringify({ ...object, object: 'x'.repeat(4 * 1024 * 1024) })
  const { outcome } = decoded(
    'kubernetes_objects',
    Buffer.from(`${huge}\n${JSON.stringify(object)}`),
  )
  expect(outcome).toMatchObject({ accepted: 1, reasons: { record_too_large: 1 } })
})

it('whatever is sent, lines that are not blank are counted exactly and rows stay whole', () => {
  const anything = fc.oneof(
    fc.constant(JSON.stringify(object)),
    fc.json(),
    fc.string(),
    fc
      .record({ kind: fc.anything(), name: fc.anything(), labels: fc.anything() })
      .map((odd) => JSON.stringify({ ...object, ...odd })),
  )
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 12 }), (texts) => {
      const flat = texts.map((text) => text.replaceAll('\n', ' '))
      const one = JSON.stringify(object)
      const body = Buffer.from([one, ...flat].join('\n'))
      const { outcome, rows } = decoded('kubernetes_objects', body)
      const filled = flat.filter((text) => /[^ \t\r]/.test(text)).length
      expect(outcome.accepted + outcome.rejected).toBe(filled + 1)
      expect(rows).toHaveLength(outcome.accepted)
    }),
  )
})
