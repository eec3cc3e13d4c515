/** The paths beside events: who is let in, what a server says of itself, and settings of agents. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { agentConfigs, configName, etagOf } from './agent-configs.ts'
import { RateLimit } from './rate-limit.ts'

const page = 'https://shop.example.com'
let rig: Rig
beforeEach(async () => {
  rig = await openRig({ cors_origins: [page] })
})
afterEach(async () => {
  await rig.close()
  expect(rig.logged).toEqual([])
})

async function ask(path: string, init: RequestInit = {}) {
  const reply = await fetch(`http://${rig.address('apm')}${path}`, init)
  const text = await reply.text()
  const isJson = reply.headers.get('content-type') === 'application/json'
  return { status: reply.status, headers: reply.headers, said: isJson ? JSON.parse(text) : text }
}

const rumBody = (agent = 'rum-js') =>
  readFileSync(
    new URL('../../../../test/corpus/apm/rum-v2.ndjson', import.meta.url),
    'utf8',
  ).replace('"rum-js"', JSON.stringify(agent))
const rumEvents = '/intake/v2/rum/events'

describe('who is let in', () => {
  test('the server tells of itself to those it knows', async () => {
    expect(await ask('/')).toMatchObject({
      status: 200,
      said: { version: '8.19.0', publish_ready: true },
    })
    rig.tokens.set('cn_right', { token_id: 't1', cluster: 'prod' })
    expect(await ask('/')).toMatchObject({ status: 200, said: '' })
    const headers = { authorization: 'Bearer cn_right', accept: 'text/plain' }
    expect(await ask('/', { headers })).toMatchObject({ said: { publish_ready: true } })
    expect((await ask('/', { method: 'HEAD' })).status).toBe(200)
  })

  test('a secret token and an API key are ingest tokens', async () => {
    rig.tokens.set('cn_right', { token_id: 't1', cluster: 'prod' })
    const key = Buffer.from('anything:cn_right').toString('base64')
    for (const [authorization, status] of [
      ['Bearer cn_right', 202],
      [`ApiKey ${key}`, 202],
      ['Bearer cn_wrong', 401],
      ['', 401],
    ] as const) {
      const reply = await ask('/intake/v2/events', {
        method: 'POST',
        headers: authorization === '' ? {} : { authorization },
      })
      expect(reply.status).toBe(status)
      if (status === 401) expect(reply.said.error).toMatch(/^authentication failed/)
    }
  })

  test('a path that is none, a method that is none, a type that is none', async () => {
    rig.tokens.set('cn_right', { token_id: 't1', cluster: 'prod' })
    expect(await ask('/nothing')).toMatchObject({ status: 404, said: '404 page not found\n' })
    const headers = { authorization: 'Bearer cn_right' }
    const wrong = await ask('/intake/v2/events', { headers })
    expect(wrong).toMatchObject({ status: 405, said: { accepted: 0 } })
    expect(wrong.headers.get('allow')).toBe('POST')
    const init = {
      method: 'POST',
      body: '{}',
      headers: { ...headers, 'content-type': 'text/html' },
    }
    expect(await ask('/intake/v2/events', init)).toMatchObject({ status: 400 })
    expect((await ask('/config/v1/agents', { headers, method: 'PUT' })).status).toBe(405)
  })

  test('pages of named origins need no token, others do', async () => {
    rig.tokens.set('cn_right', { token_id: 't1', cluster: 'prod' })
    const send = (headers: Record<string, string>, agent?: string) =>
      ask(rumEvents, {
        method: 'POST',
        body: rumBody(agent),
        headers: { 'content-type': 'application/x-ndjson', ...headers },
      })
    expect((await send({ origin: page })).status).toBe(202)
    expect((await send({})).status).toBe(401)
    expect((await send({ origin: `http://${rig.address('apm')}` })).status).toBe(401)
    expect((await send({ origin: 'https://evil.example.com' })).status).toBe(403)
    expect(await send({ origin: page }, 'java')).toMatchObject({
      status: 403,
      said: { errors: [{ message: expect.stringMatching(/not permitted for agent "java"/) }] },
    })
    const authorization = 'Bearer cn_right'
    expect((await send({ origin: page, authorization }, 'java')).status).toBe(202)
    const other = await ask('/intake/v2/events', { method: 'POST', headers: { origin: page } })
    expect(other.status).toBe(401)
  })

  test('a preflight is answered', async () => {
    const headers = { origin: page, 'access-control-request-method': 'POST' }
    const { status, headers: got } = await ask(rumEvents, { method: 'OPTIONS', headers })
    expect({ status, origin: got.get('access-control-allow-origin') }).toEqual({
      status: 204,
      origin: page,
    })
  })

  test('an address without a token is bounded, and forgets nobody at once', () => {
    const limit = new RateLimit()
    expect(limit.allows('a', 900, 0)).toBe(true)
    expect(limit.allows('a', 1, 0)).toBe(false)
    expect(limit.allows('b', 1, 0)).toBe(true)
    expect(limit.allows('a', 300, 1000)).toBe(true)
    expect(limit.allows('a', 1, 1000)).toBe(false)
    for (let i = 0; i < 999; i++) limit.allows(`c${i}`, 1, 1000)
    expect(limit.allows('b', 900, 1001)).toBe(true)
  })
})

describe('settings of agents', () => {
  const put = (service: string, environment: string, settings: Record<string, string>) =>
    rig.intake.parts.objects.put(
      'apm_agent_config',
      configName(service, environment),
      { service, environment, settings },
      'ada',
    )
  const get = (query: string, headers: Record<string, string> = {}) =>
    ask(`/config/v1/agents?${query}`, { headers })

  test('the most particular one counts', async () => {
    await put('', '', { log_level: 'info' })
    await put('', 'prod', { log_level: 'warning' })
    await put('shop', '', { log_level: 'error' })
    await put('shop', 'prod', { log_level: 'debug' })
    for (const [query, log_level] of [
      ['service.name=shop&service.environment=prod', 'debug'],
      ['service.name=shop&service.environment=test', 'error'],
      ['service.name=shop', 'error'],
      ['service.name=cart&service.environment=prod', 'warning'],
      ['service.name=cart', 'info'],
    ]) {
      expect((await get(query!)).said).toEqual({ log_level })
    }
  })

  test('nothing yet, then something, then the same again', async () => {
    const none = await get('service.name=shop')
    expect(none).toMatchObject({ status: 200, said: {} })
    expect(none.headers.get('etag')).toBe('"-"')
    expect((await get('service.name=shop', { 'if-none-match': '"-"' })).status).toBe(304)

    const settings = { transaction_sample_rate: '0.5', capture_body: 'errors' }
    await put('shop', '', settings)
    const given = await get('service.name=shop')
    expect(given.said).toEqual(settings)
    expect(given.headers.get('cache-control')).toBe('max-age=30, must-revalidate')
    expect(given.headers.get('access-control-expose-headers')).toBe('Etag')
    const etag = given.headers.get('etag')!
    expect(etag).toBe(`"${etagOf(settings)}"`)
    const asking = () => agentConfigs(rig.intake.parts.objects).asking()
    expect(asking()).toMatchObject([{ service: 'shop', config: 'shop|', applied_ms: 0 }])
    expect((await get('service.name=shop', { 'if-none-match': etag })).status).toBe(304)
    expect(asking()[0]?.applied_ms).toBe(rig.clock.now_ms())
    const body = JSON.stringify({ service: { name: 'shop' }, etag: etag.replaceAll('"', '') })
    expect((await ask('/config/v1/agents', { method: 'POST', body })).status).toBe(304)
    await put('shop', '', { ...settings, capture_body: 'all' })
    expect((await get('service.name=shop', { 'if-none-match': etag })).status).toBe(200)
    expect(asking()[0]?.applied_ms).toBe(0)
  })

  test('a browser gets its sampling rate alone', async () => {
    await put('shop-web', '', { transaction_sample_rate: '0.1', log_level: 'trace' })
    const path = '/config/v1/rum/agents?service.name=shop-web'
    expect((await ask(path, { headers: { origin: page } })).said).toEqual({
      transaction_sample_rate: '0.1',
    })
  })

  test('who does not say its name is told so', async () => {
    const { status, said, headers } = await get('service.environment=prod')
    expect(status).toBe(400)
    expect(said.error).toMatch(/service.name is required/)
    expect(headers.get('cache-control')).toBe('max-age=300, must-revalidate')
    const init = { method: 'POST', body: 'no' }
    expect((await ask('/config/v1/agents', init)).status).toBe(400)
  })
})
