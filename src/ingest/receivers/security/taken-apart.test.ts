/**
 * Events that a shipper took apart become what they were, and whatever is in their members, each
 * record is stored once or refused once.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditEvent } from '../../../../test/ingest/audit-samples.ts'
import { decoded, fixture_ms } from '../../../../test/ingest/decode-fixture.ts'
import { jsonLines } from '../json-lines/lines.ts'
import { withEventLines } from './event-lines.ts'

type Json = Record<string, unknown>
const time = new Date(fixture_ms).toISOString()
const decode = withEventLines(jsonLines(new Map() as never, []))
const tables = ['audit_events', 'security_events', 'network_flows'] as const

const events: readonly Json[] = [
  auditEvent({ auditID: 'one' }),
  {
    ...{ rule: 'r', priority: 'Notice', output: 'x', source: 'syscall', time, tags: ['a'] },
    output_fields: { 'proc.name': 'sh', 'k8s.pod.name': 'redis-0', 'evt.time': 1 },
  },
  {
    process_kprobe: {
      ...{ process: { binary: '/bin/x', pid: 1, pod: { name: 'p', pod_labels: { 'a.b': 'c' } } } },
      ...{ parent: { binary: '/bin/y' }, function_name: 'f', args: [{ string_arg: 'x' }] },
    },
    ...{ node_name: 'n1', time },
  },
  {
    flow: {
      ...{ verdict: 'DROPPED', time, source: { namespace: 'a', labels: ['k8s:x=y'] } },
      ...{ l4: { TCP: { destination_port: 80 } }, l7: { http: { code: 200, method: 'GET' } } },
    },
    node_name: 'c/n1',
  },
  {
    ...{ action: 'deny', reporter: 'src', source_name: 'a', dest_name: 'b', start_time: time },
    policies: { all_policies: ['0|default|x|deny|0'] },
  },
  {
    ...{ start_time: time, response_code: 200, response_flags: '-', method: 'GET', path: '/' },
    ...{ upstream_cluster: 'outbound|80||cart.shop.svc.cluster.local', duration: 3 },
  },
]
const send = (document: unknown) => {
  const { outcome, rows } = decoded(decode, JSON.stringify(document))
  return { outcome, logs: rows('logs'), typed: tables.flatMap((table) => rows(table)) }
}

test('taken apart or whole, at the top or under a name, an event is the same row', () => {
  for (const event of events) {
    const whole = send({ message: JSON.stringify(event) })
    expect(whole.typed).toHaveLength(1)
    for (const other of [
      event,
      { json: event },
      { a: { b: event } },
      { '@timestamp': 1, ...event },
    ])
      expect(send(other).typed).toEqual(whole.typed)
  }
})

/** The event with another value somewhere in it. */
const changed = fc
  .tuple(fc.constantFrom(...events), fc.nat(3), fc.nat(), fc.jsonValue({ maxDepth: 4 }))
  .map(([event, depth, pick, value]) => {
    const copy = structuredClone(event)
    let object = copy
    for (let level = 0; ; level++) {
      const keys = Object.keys(object)
      const key = keys[pick % Math.max(1, keys.length)] ?? 'x'
      const inner = object[key]
      if (level < depth && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
        object = inner as Json
        continue
      }
      object[key] = value
      return copy
    }
  })

test('with anything in any member', () => {
  const names = fc.constantFrom('__proto__', 'constructor', 'a.b', '', `${'d.'.repeat(5_000)}e`)
  fc.assert(
    fc.property(changed, names, fc.jsonValue(), (event, name, value) => {
      for (const document of [event, { x: event }, { ...event, [name]: value }]) {
        const { outcome, logs, typed } = send(document)
        expect(outcome.accepted + outcome.rejected).toBe(1)
        expect(logs).toHaveLength(outcome.accepted)
        expect(typed.length).toBeLessThanOrEqual(outcome.accepted)
      }
    }),
    { numRuns: 1_500, seed: 71 },
  )
  expect(({} as Json).x).toBeUndefined()
})

test('deep lists and long names take no time', () => {
  const began_ms = performance.now()
  for (const event of events) {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000)
    send({ ...event, [`output_fields.${'a.'.repeat(20_000)}`]: 1, annotations: deep })
  }
  expect(performance.now() - began_ms).toBeLessThan(20_000)
})
