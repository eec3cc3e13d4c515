/**
 * The fleet over HTTP: who may do what, what agents and browsers are told, and what they are not.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addPerson, type Fixture, openHttp } from '../../../test/server/fixture-http.ts'
import type { Enrolled } from '../../model/fleet.ts'

let http: Fixture
let admin: string
let viewer: string
beforeAll(async () => {
  http = await openHttp({
    ingest_addresses: [{ name: 'otlp_http', address: '127.0.0.1:43180' }],
  })
  await addPerson(http.state, 'ada', 'admin')
  await addPerson(http.state, 'vic', 'viewer')
  admin = await http.signIn('ada')
  viewer = await http.signIn('vic')
})
afterAll(() => http.close())
// Check-ins are let in at a rate.
beforeEach(() => {
  http.clock.now_ms += 60_000
})

const get = (path: string, cookie = admin) => http.ask('GET', `/api/fleet/${path}`, { cookie })
const post = (path: string, body: unknown, cookie = admin) =>
  http.ask('POST', `/api/fleet/${path}`, { body, cookie })
const remove = (path: string, cookie = admin) =>
  http.ask('DELETE', `/api/fleet/${path}`, { cookie })

/** As agents ask: nothing of a browser's. */
const machine = (path: string, bearer: string | undefined, body: unknown) =>
  http.app.inject({
    method: 'POST',
    url: `/api/fleet/${path}`,
    headers: { ...(bearer && { authorization: `Bearer ${bearer}` }) },
    body: body as object,
  })

const about = {
  ...{ enrolment_id: 'agent-of-the-test', kind: 'node', host: 'n1', node: 'n1', version: '1' },
}
const told = {
  ...{ state: 'healthy', revision: 0, version: '1', wait_s: 0 },
  figures: {
    ...{ memory_bytes: 1, cpu_seconds: 1, spool_bytes: 0 },
    ...{ records_sent: 0, records_dropped: 0, lag_s: 0 },
  },
}

async function newToken(more: object = {}): Promise<string> {
  const response = await post('tokens', { name: 'eu', policy_id: 'kubernetes', ...more })
  expect(response.statusCode).toBe(200)
  return response.json().token
}

async function enrolled(more: object = {}): Promise<Enrolled> {
  const token = await newToken({ cluster: 'eu-1' })
  const response = await machine('enroll', token, { ...about, ...more })
  expect(response.statusCode).toBe(200)
  return response.json()
}

describe('people', () => {
  test('signed out see nothing, viewers look, administrators act', async () => {
    const { agent_id } = await enrolled()
    const looks = ['agents', 'policies', 'policies/kubernetes', 'reach']
    const acts: [method: 'POST' | 'DELETE' | 'GET', path: string, body?: unknown][] = [
      ['GET', 'tokens'],
      ['POST', 'tokens', { name: 'x', policy_id: 'kubernetes' }],
      ['DELETE', 'tokens/x'],
      ['POST', `agents/${agent_id}`, { tags: [] }],
      ['DELETE', `agents/${agent_id}`],
      ['POST', 'policies', { name: 'x', document: {} }],
      ['POST', 'policies/validate', { document: {} }],
      ['POST', 'policies/kubernetes', { name: 'x' }],
      ['POST', 'policies/kubernetes/revisions', { base: 1, document: {} }],
      ['POST', 'policies/kubernetes/restore', { revision: 1 }],
      ['POST', 'policies/kubernetes/rollout', { act: 'pause' }],
      ['DELETE', 'policies/kubernetes'],
      ['POST', 'manifest', {}],
    ]
    for (const path of looks) {
      expect([path, (await get(path, '')).statusCode]).toEqual([path, 401])
      expect([path, (await get(path, viewer)).statusCode]).toEqual([path, 200])
    }
    for (const [method, path, body] of acts) {
      const f = async (cookie: string, status: number) => {
        const response = await http.ask(method, `/api/fleet/${path}`, {
          cookie,
          ...(body !== undefined && { body }),
        })
        expect([method, path, response.statusCode]).toEqual([method, path, status])
      }
      await f('', 401)
      await f(viewer, 403)
    }
  })

  test('no answer holds a hash or a password', async () => {
    await enrolled()
    const integration = {
      ...{ id: 'redis', type: 'redis' },
      settings: { hosts: ['h:1'], password: 'hush' },
    }
    const { id } = (
      await post('policies', { name: 'with secrets', document: { integrations: [integration] } })
    ).json()
    for (const path of ['agents', 'tokens', 'policies', `policies/${id}`]) {
      const { body } = await get(path)
      expect(body).not.toMatch(/hash|hush|enrolment_id/)
    }
    const { revisions } = (await get(`policies/${id}`)).json()
    const { document } = revisions[0]
    document.integrations[0].settings.interval_s = 5
    const changed = await post(`policies/${id}/revisions`, { base: 1, document })
    expect(changed.json()).toMatchObject({ revision: 2, active_revision: 2 })
    const kept = await http.fleet.book.document(id, 2)
    expect(kept.integrations[0]?.settings).toMatchObject({ password: 'hush', interval_s: 5 })
    expect((await remove(`policies/${id}`)).statusCode).toBe(200)
    expect((await get(`policies/${id}`)).statusCode).toBe(404)
  })

  test('what cannot work is refused with its place', async () => {
    const bad = { integrations: [{ id: 'x', type: 'otlp', settings: { grpc: 5 } }] }
    const f = async (path: string, body: unknown, code: string) => {
      const { fault } = (await post(path, body)).json()
      expect([path, fault?.code]).toEqual([path, code])
    }
    await f('policies', { name: 'bad', document: bad }, 'policy_invalid')
    await f('policies', { name: 'Kubernetes', document: { integrations: [] } }, 'name_taken')
    await f('policies/kubernetes/revisions', { base: 7, document: bad }, 'not_found')
    await f('policies/kubernetes/rollout', { act: 'pause' }, 'rollout_none')
    await f('policies/none/rollout', { act: 'pause' }, 'not_found')
    await f('tokens', { name: 'x', policy_id: 'none' }, 'not_found')
    await f('agents/none', { tags: [] }, 'not_found')
    const { issues } = (await post('policies/validate', { document: bad })).json()
    expect(issues[0].path).toEqual(['integrations', 0, 'settings', 'grpc'])
  })

  test('where agents would reach this server', async () => {
    const reach = (await get('reach')).json()
    expect(reach).toMatchObject({
      is_loopback: { ui: true, ingest: true },
      is_ingest_off: false,
    })
    expect(reach.ingest).toMatch(/:43180$/)
    const asked = { address: 'https://c:4300', ingest: 'https://c:4318', token: 't', cluster: 'eu' }
    const { yaml, helm, host } = (await post('manifest', asked)).json()
    expect(yaml).toContain('kind: DaemonSet')
    expect(helm).toContain('--set agent.server=https://c:4300')
    expect(host).toContain('src/agent/main.ts')
  })
})

describe('agents', () => {
  test('enrol, check in and leave without a browser’s proof', async () => {
    const { agent_id, agent_key, cluster } = await enrolled({ enrolment_id: 'agent-that-leaves' })
    expect(cluster).toBe('eu-1')
    const checkin = `agents/${agent_id}/checkin`
    const first = (await machine(checkin, agent_key, told)).json()
    expect(first.policy).toMatchObject({ policy_id: 'kubernetes', revision: 1 })
    expect((await machine(checkin, agent_key, { ...told, revision: 1 })).statusCode).toBe(200)
    const { agents } = (await get('agents')).json()
    const shown = agents.find(({ id }: { id: string }) => id === agent_id)
    expect(shown).toMatchObject({ status: 'healthy', is_current: true, policy_name: 'Kubernetes' })
    expect((await machine(`agents/${agent_id}/unenroll`, agent_key, {})).statusCode).toBe(200)
    expect((await machine(checkin, agent_key, told)).json()).toEqual({ unenrolled: true })
  })

  test('with another’s key, or none, are nobody', async () => {
    const one = await enrolled({ enrolment_id: 'agent-number-one-x' })
    const other = await enrolled({ enrolment_id: 'agent-number-two-x' })
    const f = async (path: string, bearer: string | undefined, status: number) => {
      const response = await machine(path, bearer, path === 'enroll' ? about : told)
      expect([path, response.statusCode]).toEqual([path, status])
    }
    await f(`agents/${one.agent_id}/checkin`, other.agent_key, 401)
    await f(`agents/${one.agent_id}/unenroll`, other.agent_key, 401)
    await f(`agents/${one.agent_id}/checkin`, undefined, 401)
    await f(`agents/${one.agent_id}/checkin`, `${one.agent_key}x`, 401)
    await f('enroll', undefined, 401)
    await f('enroll', one.agent_key, 401)
    await f('enroll', 'a.b.c', 403)
  })

  test('only their routes need no proof, and a cookie opens none of them', async () => {
    const { agent_id } = await enrolled({ enrolment_id: 'agent-with-a-cookie' })
    const forged = { headers: { 'x-crowsnest': '0' }, cookie: admin, body: { tags: [] } }
    const f = async (path: string, status: number) => {
      const response = await http.ask('POST', `/api/fleet/${path}`, forged)
      expect([path, response.statusCode]).toEqual([path, status])
    }
    await f(`agents/${agent_id}`, 403)
    await f('policies/kubernetes', 403)
    await f(`agents/${agent_id}/checkin`, 401)
    await f('enroll', 400)
  })

  test('that ask in a tight circle are slowed alone', async () => {
    const one = await enrolled({ enrolment_id: 'agent-that-knocks' })
    const other = await enrolled({ enrolment_id: 'agent-that-does-not' })
    let refused = 0
    for (let asked = 0; asked < 400; asked++) {
      const response = await machine(`agents/${one.agent_id}/checkin`, one.agent_key, told)
      if (response.statusCode !== 429) continue
      refused++
      expect(response.json().fault.code).toBe('fleet_busy')
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
    }
    expect(refused).toBeGreaterThan(350)
    const path = `agents/${other.agent_id}/checkin`
    expect((await machine(path, other.agent_key, told)).statusCode).toBe(200)
  })

  test('who guesses is slowed, and those with a key do not notice', async () => {
    const { agent_id, agent_key } = await enrolled({ enrolment_id: 'agent-of-one-address' })
    const secret = 'A'.repeat(43)
    const statuses = new Map<number, number>()
    for (let guess = 0; guess < 500; guess++) {
      const bearer = guess % 2 === 0 ? `cn_enrol_aaaaaaaaaaaa_${secret}` : `cn_agent_x_${secret}`
      const path = guess % 2 === 0 ? 'enroll' : `agents/${agent_id}/checkin`
      const { statusCode } = await machine(path, bearer, guess % 2 === 0 ? about : told)
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
    }
    expect([...statuses]).toEqual([
      [401, 300],
      [429, 200],
    ])
    const first = await machine(`agents/${agent_id}/checkin`, agent_key, told)
    expect(first.statusCode).toBe(200)
  })

  test('with a token of one cluster are of that cluster', async () => {
    const token = await newToken({ cluster: 'eu-1' })
    const asked = { ...about, enrolment_id: 'agent-that-says-us-1', cluster: 'us-1' }
    const { agent_id, cluster } = (await machine('enroll', token, asked)).json()
    expect(cluster).toBe('eu-1')
    expect(http.fleet.agent(agent_id).cluster).toBe('eu-1')
  })

  test('are told what is wrong with their token', async () => {
    const asked = { ...about, enrolment_id: 'agent-with-old-token' }
    const f = async (token: string, status: number, says: RegExp) => {
      const response = await machine('enroll', token, asked)
      const { fault } = response.json()
      expect([response.statusCode, fault.says]).toEqual([status, expect.stringMatching(says)])
      expect(fault.do).not.toBe('')
    }
    const token = await newToken({ ttl_hours: 1, name: 'short' })
    http.clock.now_ms += 3_600_001
    await f(token, 403, /has expired/)
    const one = await newToken({ uses_max: 1, name: 'once' })
    expect(
      (await machine('enroll', one, { ...asked, enrolment_id: 'the-first-with-it' })).statusCode,
    ).toBe(200)
    await f(one, 403, /used up/)
    const gone = await newToken({ name: 'gone' })
    const { tokens } = (await get('tokens')).json()
    const { id } = tokens.find(({ name }: { name: string }) => name === 'gone')
    expect((await remove(`tokens/${id}`)).statusCode).toBe(200)
    await f(gone, 403, /revoked/)
    // Who waits for the agent reads it too; who may not act does not.
    const { refusals } = (await get('agents')).json()
    expect(refusals[0]).toMatchObject({ says: expect.stringMatching(/revoked/) })
    expect((await get('agents', viewer)).json().refusals).toEqual([])
  })

  test('cannot send more than they have to say', async () => {
    const { agent_id, agent_key } = await enrolled({ enrolment_id: 'agent-that-is-verbose' })
    const token = await newToken()
    const component = { id: 'i', type: 'host', state: 'failed', message: '왜'.repeat(2048) }
    const components = Array.from({ length: 64 }, () => component)
    const f = async (path: string, bearer: string, body: unknown, status: number) => {
      const response = await machine(path, bearer, body)
      expect([path, response.statusCode]).toEqual([path, status])
    }
    await f(`agents/${agent_id}/checkin`, agent_key, { ...told, components }, 200)
    await f(`agents/${agent_id}/checkin`, agent_key, { x: 'x'.repeat(800_000) }, 413)
    await f('enroll', token, { ...about, about: { x: 'x'.repeat(70_000) } }, 413)
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`k${at}`, 'v']))
    await f('enroll', token, { ...about, about: many }, 400)
  })

  test('hold one poll each: the next answers the one before', async () => {
    const { agent_id, agent_key } = await enrolled({ enrolment_id: 'agent-with-many-polls' })
    const path = `agents/${agent_id}/checkin`
    await machine(path, agent_key, told)
    const waits = { ...told, revision: 1, policy_id: 'kubernetes', wait_s: 300 }
    const polls = [1, 2, 3].map(() => machine(path, agent_key, waits).then((one) => one))
    await expect.poll(() => http.fleet.polls.isHeld(agent_id)).toBe(true)
    await Promise.all(polls.slice(0, 2))
    expect(http.fleet.polls.size).toBe(1)
    http.fleet.polls.tell(agent_id, {})
    expect((await polls[2])?.json()).toEqual({})
  })
})
