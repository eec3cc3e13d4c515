/** The corpus on the engine: found in Logs by everybody's names, and asked as tables. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeContext, fixture_ms } from '../../../../test/ingest/decode-fixture.ts'
import { type FixtureStore, openFixtureStore } from '../../../../test/store/fixture-store.ts'
import { parse } from '../../../model/search/parse.ts'
import { securityCounts } from '../../../pages/overview/contract.ts'
import { securityAnswerer } from '../../../pages/overview/queries-security.ts'
import { sql } from '../../../store/sql.ts'
import { where } from '../../../store/where.ts'
import { Batch } from '../../../wire/batch.ts'
import { decodeAccessLog } from '../envoy/receiver.ts'
import { falcoEvent } from '../falco/falco-event.ts'
import { hubbleEvent } from '../hubble/hubble-event.ts'
import { decodeAudit } from '../kubernetes-audit/receiver.ts'
import { tetragonEvent } from '../tetragon/tetragon-event.ts'
import { decodeJson } from './event-service.ts'

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  const batch = new Batch()
  const read = (file: string) =>
    readFileSync(new URL(`../../../../test/corpus/${file}`, import.meta.url))
  for (const [decode, file] of [
    [decodeAudit, 'audit/audit.log'],
    [decodeJson({ noun: 'x', read: falcoEvent }), 'falco/http-output.json'],
    [decodeJson({ noun: 'x', read: tetragonEvent }), 'tetragon/export.log'],
    [decodeJson({ noun: 'x', read: hubbleEvent }), 'hubble/events.log'],
    [decodeAccessLog, 'envoy/istio.log'],
  ] as const) {
    decode(read(file), decodeContext(), batch)
  }
  for (const { table, bytes } of batch.tables()) {
    await fixture.store.insert(table, [bytes], { token: table })
  }
}, 60_000)
afterAll(() => fixture.close())

describe('in Logs', () => {
  const f = (search: string, ...parts: string[]) =>
    it(search, async () => {
      const rows = await fixture.store.rows<{ body: string }>(
        sql`SELECT body FROM logs WHERE ${where(parse(search), 'logs')} ORDER BY body`,
      )
      expect(rows.map(({ body }) => body)).toHaveLength(parts.length)
      for (const [at, part] of parts.entries()) expect(rows[at]?.body).toContain(part)
    })
  const [listed, tried] = ['minikube-user listed secrets', 'anonymous tried to list secrets']
  f('verb:list and objectRef.resource:secrets', listed, tried)
  f('kubernetes.audit.verb:list and kubernetes.audit.user.username:minikube-user', listed)
  f('user.name:alice', 'alice opened a shell')
  f('objectRef.subresource:exec', 'alice opened a shell')
  f('event.outcome:failure and event_name:kubernetes.audit', tried)
  f('http.response.status_code:403 and objectRef.resource:*', tried)
  f('responseStatus.code >= 400 and event_name:kubernetes.audit', tried)
  f('source.ip:192.168.49.1 and verb:watch', 'began to watch pods')
  f('annotations.authorization.k8s.io/decision:forbid', tried)
  f('event.dataset:falco.alerts', 'Terminal shell in container')
  f('rule.name:"Terminal shell in container" and namespace:shop', 'Terminal shell in container')
  f('proc.name:bash', 'Terminal shell in container')
  f('process.name:curl and event_name:tetragon.process_kprobe', 'Read of', 'curl connected')
  f('destination.ip:203.0.113.9 and event_name:tetragon.*', 'curl connected')
  f('event_name:network.flow and event.action:dropped', 'POLICY_DENIED')
  f('trace.id:0af7651916cd43dd8448eb211c80319c', 'GET http://cart/x 500')
  f('event_name:access.log and level:error', 'POST /pay 503')
  f('secrets', listed, tried)
})

it('as tables: by user, by pod, between two', async () => {
  const one = (query: ReturnType<typeof sql>) =>
    fixture.store.rows<{ sentence: string }>(query).then((rows) => rows.map((row) => row.sentence))
  expect(
    await one(sql`SELECT sentence FROM audit_events WHERE user = 'alice' AND subresource = 'exec'`),
  ).toHaveLength(1)
  expect(
    await one(sql`SELECT sentence FROM security_events
      WHERE namespace = 'shop' AND pod = 'cart-7d9c5b6f4-b2xkq' AND sensor = 'falco'`),
  ).toHaveLength(1)
  expect(
    await one(sql`SELECT sentence FROM network_flows WHERE source_workload = 'cart'
      AND destination_workload = 'redis' AND NOT is_reply ORDER BY sentence`),
  ).toEqual([
    'shop/cart → shop/redis:6379 dns A example.com. forwarded',
    'shop/cart → shop/redis:6379 tcp forwarded',
  ])
})

it('as the counts of the Overview, of those places that may be seen', async () => {
  const ask = securityCounts.ask.parse({ from_ms: fixture_ms - 3_600_000, to_ms: fixture_ms })
  const counts = (namespaces: 'all' | string[]) =>
    securityAnswerer.answer(ask, {
      ...{ store: fixture.store, now_ms: fixture_ms },
      scope: { clusters: 'all', namespaces, classes: 'all' },
    })
  expect(await counts('all')).toEqual({
    audit: { events: 5, stopped: 1 },
    security: { events: 7, stopped: 3 },
    flows: { events: 9, stopped: 2 },
  })
  expect(await counts(['foo'])).toEqual({
    audit: { events: 0, stopped: 0 },
    security: { events: 0, stopped: 0 },
    flows: { events: 1, stopped: 0 },
  })
})
