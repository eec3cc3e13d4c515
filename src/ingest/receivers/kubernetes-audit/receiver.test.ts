/** Which stages of a request are kept, what is not stored twice, and how everything is counted. */
import { describe, expect, it } from 'vitest'
import { auditEvent, eventList } from '../../../../test/ingest/audit-samples.ts'
import { decoded, fixture_ms } from '../../../../test/ingest/decode-fixture.ts'
import { idRowsOf } from '../../../store/chunk-ids.ts'
import { KnownIdentities } from '../../../wire/known-identities.ts'
import { rememberStages } from './known-stages.ts'
import { decodeAudit } from './receiver.ts'

const auditID = 'a-1'
const at = (stage: string, id = auditID) => auditEvent({ stage, auditID: id })
const stagesOf = (known: KnownIdentities, ...events: object[]) => {
  const { outcome, rows } = decoded(decodeAudit, eventList(...(events as [])), known)
  expect(outcome).toMatchObject({ accepted: events.length, rejected: 0 })
  expect(rows('logs')).toHaveLength(rows('audit_events').length)
  return rows('audit_events').map(({ audit_id, stage }) => `${audit_id} ${stage}`)
}

describe('of one request in one delivery the last stage is kept', () => {
  const f = (stages: string[], kept: string[]) =>
    it(stages.join(', '), () =>
      expect(stagesOf(new KnownIdentities(), ...stages.map((stage) => at(stage)))).toEqual(
        kept.map((stage) => `${auditID} ${stage}`),
      ),
    )
  f(['RequestReceived'], ['RequestReceived'])
  f(['RequestReceived', 'ResponseComplete'], ['ResponseComplete'])
  f(['ResponseComplete', 'RequestReceived'], ['ResponseComplete'])
  f(['RequestReceived', 'ResponseStarted'], ['ResponseStarted'])
  f(['ResponseStarted', 'RequestReceived'], ['ResponseStarted'])
  f(['RequestReceived', 'ResponseStarted', 'ResponseComplete'], ['ResponseComplete'])
  f(['RequestReceived', 'Panic'], ['Panic'])
  f(['ResponseComplete', 'ResponseComplete'], ['ResponseComplete'])
  f(['ResponseComplete', 'Panic'], ['ResponseComplete', 'Panic'])
})

it('stores nothing twice once it is durable, and a later stage still', () => {
  const known = new KnownIdentities()
  expect(stagesOf(known, at('ResponseStarted'))).toEqual(['a-1 ResponseStarted'])
  expect(stagesOf(known, at('RequestReceived'), at('ResponseStarted'))).toEqual([])
  expect(stagesOf(known, at('ResponseComplete'), at('ResponseComplete', 'b'))).toEqual([
    'a-1 ResponseComplete',
    'b ResponseComplete',
  ])
  expect(stagesOf(known, at('ResponseComplete'), at('ResponseComplete', 'b'))).toEqual([])
})

it('is known to the process that comes after', () => {
  const first = decoded(decodeAudit, eventList(at('ResponseComplete'), at('Panic', 'b')))
  const kept = idRowsOf(first.batch.get('ingest_chunks').written())
  const known = new KnownIdentities()
  rememberStages([Buffer.from('D and what others keep'), ...kept], known)
  const again = [at('ResponseComplete'), at('RequestReceived', 'b'), at('ResponseComplete', 'c')]
  expect(stagesOf(known, ...again)).toEqual(['c ResponseComplete'])
  // A row as long as the id of a chunk would be taken for one.
  for (const row of kept) expect(row.length).not.toBe(32)
})

it('stores again what was not durable', () => {
  const fresh = () => stagesOf(new KnownIdentities(), at('ResponseComplete'))
  expect(fresh()).toEqual(fresh())
})

describe('bad events cost no good ones', () => {
  const good = auditEvent()
  const f = (name: string, body: string, accepted: number, reasons: object) =>
    it(name, () => {
      const { outcome, rows } = decoded(decodeAudit, body)
      expect(outcome).toMatchObject({ accepted, reasons })
      const rejected = Object.values(outcome.reasons).reduce((sum, count) => sum + count, 0)
      expect(outcome.rejected).toBe(rejected)
      expect(rows('audit_events').length).toBeLessThanOrEqual(accepted)
    })
  const old = auditEvent({}, fixture_ms - 20 * 86_400_000)
  const deep = JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`)
  f('lines', `${JSON.stringify(good)}\nnonsense\n`, 1, { line_malformed: 1 })
  f('a single event', JSON.stringify(good), 1, {})
  f('an array', JSON.stringify([good, auditEvent()]), 2, {})
  f('no id', eventList(good, auditEvent({ auditID: '' })), 1, { value_missing: 1 })
  f('no stage that is known', eventList(good, auditEvent({ stage: 'X' })), 1, { value_missing: 1 })
  f('too old', eventList(good, old), 1, { time_too_old: 1 })
  f('too deep', eventList(good, auditEvent({ requestObject: deep })), 1, { nesting_too_deep: 1 })
  f('other things in the list', `{"items":[${JSON.stringify(good)},1,null,"x",[]]}`, 1, {
    line_malformed: 4,
  })
  f('a list that is cut off', `[${JSON.stringify(good)},{"kind`, 1, { line_malformed: 1 })
  f('an empty list', eventList(), 0, {})
  f(
    'members of the wrong kinds',
    eventList(auditEvent({ user: 7, verb: [], objectRef: 'x' })),
    1,
    {},
  )
  f(
    'names that objects have',
    `{"__proto__":{"auditID":"x","stage":"Panic"},${JSON.stringify(good).slice(1)}`,
    1,
    {},
  )
  it('nothing but nonsense is malformed', () => {
    expect(() => decoded(decodeAudit, '<html>')).toThrow('audit events')
    expect(() => decoded(decodeAudit, eventList(good).slice(0, -2))).toThrow('whole JSON')
  })
})

describe('secrets are redacted wherever a request holds them', () => {
  const secret = 'c2VjcmV0'
  const f = (name: string, resource: object, members: object) =>
    it(name, () => {
      const event = auditEvent({ objectRef: resource, level: 'RequestResponse', ...members })
      const { rows } = decoded(decodeAudit, JSON.stringify(event))
      const text = JSON.stringify(rows('audit_events')[0], (_key, value) =>
        typeof value === 'bigint' ? String(value) : value,
      )
      expect(text).not.toContain(secret)
      expect(text).toContain('[redacted]')
      expect(JSON.stringify(rows('logs')[0]!.attributes)).not.toContain(secret)
    })
  const secrets = { resource: 'secrets', namespace: 'shop', name: 'db' }
  f('merge patch', secrets, { requestObject: { data: { password: secret } } })
  f('JSON patch', secrets, { requestObject: [{ op: 'add', path: '/data/x', value: secret }] })
  f('list', secrets, {
    responseObject: {
      kind: 'SecretList',
      items: [{ metadata: { name: 'x' }, data: { x: secret } }],
    },
  })
  f(
    'a List of others',
    { resource: 'lists' },
    {
      requestObject: { kind: 'List', items: [{ kind: 'Secret', stringData: { x: secret } }] },
    },
  )
  f(
    'token request',
    { resource: 'serviceaccounts', subresource: 'token', name: 'x' },
    {
      responseObject: { kind: 'TokenRequest', status: { token: secret } },
    },
  )
  f('token review', { resource: 'tokenreviews' }, { requestObject: { spec: { token: secret } } })
  f('token in the address', secrets, { requestURI: `/api?watch=1&access_token=${secret}&x=1` })
})

it('cuts objects that are too long and says so', () => {
  const event = auditEvent({
    objectRef: { resource: 'configmaps' },
    requestObject: { kind: 'ConfigMap', data: { x: 'y'.repeat(100_000) } },
  })
  const [row] = decoded(decodeAudit, JSON.stringify(event)).rows('audit_events')
  expect(row!.objects_cut).toBe(true)
  expect((row!.request_object as string).length).toBe(64 * 1024)
})
