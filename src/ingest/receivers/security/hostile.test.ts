/** Whatever is sent: decoders throw nothing but faults, count every event, and stay bounded. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditEvent } from '../../../../test/ingest/audit-samples.ts'
import { decoded } from '../../../../test/ingest/decode-fixture.ts'
import { Fault } from '../../../model/faults.ts'
import type { Decode } from '../../receiver.ts'
import { calicoEvent } from '../calico/calico-event.ts'
import { decodeAccessLog } from '../envoy/receiver.ts'
import { falcoEvent } from '../falco/falco-event.ts'
import { hubbleEvent } from '../hubble/hubble-event.ts'
import { decodeAudit } from '../kubernetes-audit/receiver.ts'
import { tetragonEvent } from '../tetragon/tetragon-event.ts'
import { decodeJson } from './event-service.ts'
import { itemsOf } from './json-items.ts'

const now = '2026-11-21T09:59:58.5Z'
/** Members whose values are then made up, by format. */
const shapes: Record<string, { decode: Decode; event: object }> = {
  audit: {
    decode: decodeAudit,
    event: auditEvent({ requestObject: { spec: {} }, impersonatedUser: {} }),
  },
  falco: {
    decode: decodeJson({ noun: 'alerts', read: falcoEvent }),
    event: {
      rule: 'r',
      priority: 'Notice',
      time: now,
      tags: ['x'],
      output_fields: { 'fd.name': 'x', 'proc.pid': 1 },
    },
  },
  tetragon: {
    decode: decodeJson({ noun: 'events', read: tetragonEvent }),
    event: {
      process_kprobe: {
        process: { pod: { container: {} } },
        args: [{ sock_arg: { saddr: 'x' } }],
        function_name: 'f',
      },
      time: now,
    },
  },
  hubble: {
    decode: decodeJson({ noun: 'flows', read: hubbleEvent }),
    event: {
      flow: {
        verdict: 'DROPPED',
        l4: { TCP: {} },
        source: { workloads: [{}], labels: ['x'] },
        l7: { http: { headers: [{ key: 'x', value: 'y' }] }, dns: {} },
        time: now,
      },
    },
  },
  calico: {
    decode: decodeJson({ noun: 'flows', list: 'items', read: calicoEvent }),
    event: {
      key: { action: 'Allow', source_name: 'x-*', policies: { enforced: [{ tier: 'x' }] } },
      start_time: 1795255190,
      bytes_in: 4,
    },
  },
  envoy: {
    decode: decodeAccessLog,
    event: {
      start_time: now,
      response_code: 200,
      upstream_cluster: 'outbound|1||a.b.svc',
      response_flags: 'UH',
      downstream_remote_address: '1.1.1.1:1',
    },
  },
}

/** The event with some of its values, at any depth, replaced by anything. */
function mutated(value: unknown, odd: unknown[], chance: () => boolean): unknown {
  if (chance() && odd.length > 0) return odd.pop()
  if (Array.isArray(value)) return value.map((item) => mutated(item, odd, chance))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, mutated(inner, odd, chance)]),
  )
}

describe('events with anything in any member', () => {
  for (const [name, { decode, event }] of Object.entries(shapes)) {
    it(name, () => {
      let stored = 0
      const odd = fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1, maxLength: 6 })
      fc.assert(
        fc.property(odd, fc.infiniteStream(fc.nat(5)), (values, dice) => {
          const roll = () => dice.next().value === 0
          const members = Object.entries(event).map(([k, v]) => [k, mutated(v, [...values], roll)])
          const sent = Object.fromEntries(members)
          const { outcome, rows } = decoded(decode, JSON.stringify([event, sent]))
          expect(outcome.accepted + outcome.rejected).toBe(2)
          stored += rows('logs').length
          const typed = (['audit_events', 'security_events', 'network_flows'] as const).flatMap(
            (table) => rows(table),
          )
          expect(typed).toHaveLength(rows('logs').length)
        }),
        { numRuns: 200, seed: 7 },
      )
      // The whole event is always stored; the odd one may be a repeat of it.
      expect(stored).toBeGreaterThan(200)
    })
  }
})

describe('bodies of anything', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\n', '\\', 'a', '1', ' '),
    }),
    fc.json(),
  )
  for (const [name, { decode }] of Object.entries(shapes)) {
    it(name, () => {
      fc.assert(
        fc.property(bytes, (body) => {
          try {
            decoded(decode, typeof body === 'string' ? body : Buffer.from(body))
          } catch (error) {
            if (!(error instanceof Fault)) throw error
            expect(error.code).toBe('payload_malformed')
          }
        }),
        { numRuns: 300, seed: 11 },
      )
    })
  }
})

it('finds the same events however they are put together', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 })
  fc.assert(
    fc.property(fc.array(object, { minLength: 1 }), fc.constantFrom(0, 2), (objects, indent) => {
      const events = (body: string, list = '') =>
        [...itemsOf(Buffer.from(body), list)].map(({ event }) => JSON.stringify(event))
      // As JSON.parse would give it: -0 and the like.
      const expected = objects.map((one) => JSON.stringify(JSON.parse(JSON.stringify(one))))
      const text = (value: unknown) => JSON.stringify(value, null, indent)
      expect(events(text(objects))).toEqual(expected)
      expect(events(objects.map(text).join('\n'))).toEqual(expected)
      expect(events(objects.map(text).join(''))).toEqual(expected)
      expect(events(text({ kind: 'x', meta: { items: 1 }, items: objects }), 'items')).toEqual(
        expected,
      )
    }),
    { numRuns: 300, seed: 3 },
  )
})

describe('large hostile bodies are answered within a second', () => {
  const f = (name: string, body: string) =>
    it(name, () => {
      for (const { decode } of Object.values(shapes)) {
        const started = performance.now()
        expect(() => decoded(decode, body)).toThrow(Fault)
        // Generous: the machine may be busy. Quadratic work would take minutes.
        expect(performance.now() - started).toBeLessThan(10_000)
      }
    })
  f('brackets', '['.repeat(2_000_000))
  f('braces that never close', '{\n'.repeat(200_000))
  f('one string without an end', `{"a":"${'x'.repeat(4_000_000)}`)
  f('keys without an end', '{"a":'.repeat(400_000))
  f('a million empty events', `[${'{},'.repeat(300_000)}{}]`)
})
