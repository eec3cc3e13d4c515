/** Settings of APM agents over HTTP: who may change them, what is kept, and what is refused. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addPerson, type Fixture, openHttp } from '../../../test/server/fixture-http.ts'
import { objectsInMemory } from '../../ingest/parts.ts'
import { agentConfigs } from '../../ingest/receivers/apm/agent-configs.ts'
import { noPipelines } from '../../ingest/records/record-pipelines.ts'

const path = '/api/apm-agents'
const now_ms = () => 1_800_000_000_000
const objects = objectsInMemory(now_ms)
let http: Fixture
let admin: string
let viewer: string
beforeAll(async () => {
  const server = { name: 's', version: '1', cluster_uuid: 'u' }
  http = await openHttp({ parts: { objects, pipelines: noPipelines, server, now_ms } })
  await addPerson(http.state, 'ada', 'admin')
  await addPerson(http.state, 'vic', 'viewer')
  admin = await http.signIn('ada')
  viewer = await http.signIn('vic')
})
afterAll(() => http.close())

const saved = {
  service: 'shop',
  environment: 'production',
  settings: { transaction_sample_rate: '0.5' },
}
const put = (body: unknown, cookie = admin) => http.ask('PUT', path, { body, cookie })

test('what an administrator saves is listed, given to agents and deleted', async () => {
  expect((await http.ask('GET', path, { cookie: admin })).json()).toEqual({
    configs: [],
    asking: [],
  })
  expect((await put(saved)).json()).toEqual({ name: 'shop|production', version: 1 })
  const found = await agentConfigs(objects).find('shop', 'production')
  expect(found?.settings).toEqual(saved.settings)
  agentConfigs(objects).asked('shop', 'production', found, found!.etag, now_ms())
  const listed = (await http.ask('GET', path, { cookie: admin })).json()
  expect(listed).toMatchObject({
    configs: [{ ...saved, name: 'shop|production', updated_by: 'ada' }],
    asking: [{ service: 'shop', config: 'shop|production', applied_ms: now_ms() }],
  })
  const query = new URLSearchParams({ service: 'shop', environment: 'production' })
  const deleted = await http.ask('DELETE', `${path}?${query}`, { cookie: admin })
  expect(deleted.json()).toEqual({ deleted: true })
  expect(await agentConfigs(objects).find('shop', 'production')).toBeUndefined()
})

test('others may not', async () => {
  for (const cookie of [viewer, undefined]) {
    const status = cookie === undefined ? 401 : 403
    expect((await put(saved, cookie ?? '')).statusCode).toBe(status)
    const ask = { cookie: cookie ?? '' }
    expect((await http.ask('GET', path, ask)).statusCode).toBe(status)
    expect((await http.ask('DELETE', path, ask)).statusCode).toBe(status)
  }
})

test('what no agent could read is refused', async () => {
  for (const wrong of [
    { ...saved, service: 'a/b' },
    { ...saved, environment: 'a|b' },
    { ...saved, settings: {} },
    { ...saved, settings: { 'Not A Key': 'x' } },
    { ...saved, settings: { log_level: '' } },
    { ...saved, settings: { log_level: 7 } },
    { ...saved, more: 1 },
  ]) {
    expect((await put(wrong)).statusCode).toBe(400)
  }
})
