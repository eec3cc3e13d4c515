/** Dashboards over HTTP: who may do what, versions, conflicts, and files that are never changed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addPerson, type Fixture, openHttp } from '../../../test/server/fixture-http.ts'

let http: Fixture
let admin: string
let viewer: string
beforeAll(async () => {
  http = await openHttp()
  await addPerson(http.state, 'ada', 'admin')
  await addPerson(http.state, 'vic', 'viewer')
  admin = await http.signIn('ada')
  viewer = await http.signIn('vic')
})
afterAll(() => http.close())

const root = '/api/dashboards'
const get = (path: string, cookie = admin) => http.ask('GET', `${root}${path}`, { cookie })
const post = (path: string, body: unknown, cookie = admin) =>
  http.ask('POST', `${root}${path}`, { body, cookie })
const put = (path: string, body: unknown, cookie = admin) =>
  http.ask('PUT', `${root}${path}`, { body, cookie })
const remove = (path: string, cookie = admin) => http.ask('DELETE', `${root}${path}`, { cookie })
const titled = (title: string) => ({ format: 1, title })

async function created(title: string): Promise<string> {
  const answer = await post('', { dashboard: titled(title) })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json().id
}

test('is kept with its defaults, listed, and changed version by version', async () => {
  const id = await created('Harbour')
  const whole = (await get(`/${id}`)).json()
  expect(whole).toMatchObject({ id, version: 1, is_shipped: false, updated_by: 'ada' })
  expect(whole.dashboard).toMatchObject({ title: 'Harbour', refresh: '', panels: [] })
  const saved = await put(`/${id}`, { base: 1, dashboard: titled('Port'), note: 'a better name' })
  expect(saved.json()).toMatchObject({ version: 2, dashboard: { title: 'Port' } })
  const { versions } = (await get(`/${id}/versions`)).json()
  expect(versions.map((one: { version: number; note: string }) => [one.version, one.note])).toEqual(
    [
      [2, 'a better name'],
      [1, ''],
    ],
  )
  expect((await get(`/${id}/versions/1`)).json().dashboard.title).toBe('Harbour')
  const restored = (await post(`/${id}/restore`, { version: 1 })).json()
  expect(restored).toMatchObject({ version: 3, dashboard: { title: 'Harbour' } })
  const listed = (await get('')).json().dashboards
  expect(listed.find((one: { id: string }) => one.id === id)).toMatchObject({ version: 3 })
})

test('two who edit one do not overwrite each other', async () => {
  const id = await created('Quay')
  expect((await put(`/${id}`, { base: 1, dashboard: titled('A') })).statusCode).toBe(200)
  const second = await put(`/${id}`, { base: 1, dashboard: titled('B') })
  expect([second.statusCode, second.json().fault.code]).toEqual([409, 'dashboard_changed'])
  expect((await get(`/${id}`)).json().dashboard.title).toBe('A')
})

test('what is no dashboard is refused by the field', async () => {
  const f = async (dashboard: unknown, says: string) => {
    const answer = await post('', { dashboard })
    expect([answer.statusCode, answer.json().fault.code]).toEqual([400, 'dashboard_invalid'])
    expect(answer.json().fault.says).toContain(says)
  }
  const panel = { id: 'a', kind: 'stat', at: { x: 0, y: 0, w: 4, h: 4 } }
  await f('x', 'it:')
  await f({ format: 2, title: 'x' }, 'format')
  await f({ format: 1, title: '' }, 'title')
  await f({ format: 1, title: 'x', more: 1 }, 'more')
  await f({ format: 1, title: 'x', panels: [{ ...panel, kind: 'pie' }] }, 'panels.0.kind')
  await f({ format: 1, title: 'x', panels: [panel, panel] }, 'ids of their own')
  await f({ format: 1, title: 'x', variables: [{ name: '1', kind: 'text' }] }, 'variables.0.name')
})

test('a file of the product is read and starred, never changed', async () => {
  expect((await get('/crowsnest')).json()).toMatchObject({ is_shipped: true, is_starred: false })
  for (const answer of [
    await put('/crowsnest', { base: 1, dashboard: titled('x') }),
    await remove('/crowsnest'),
    await post('/crowsnest/restore', { version: 1 }),
  ]) {
    expect([answer.statusCode, answer.json().fault.code]).toEqual([409, 'dashboard_shipped'])
  }
  expect((await put('/crowsnest/star', { is_starred: true }, viewer)).statusCode).toBe(200)
  expect((await get('/crowsnest', viewer)).json().is_starred).toBe(true)
  expect((await get('/crowsnest', admin)).json().is_starred).toBe(false)
  await put('/crowsnest/star', { is_starred: false }, viewer)
  expect((await get('/crowsnest', viewer)).json().is_starred).toBe(false)
})

test('a viewer reads and changes nothing; nobody reads without signing in', async () => {
  const id = await created('Mole')
  expect((await get(`/${id}`, viewer)).statusCode).toBe(200)
  const refused = [
    await post('', { dashboard: titled('x') }, viewer),
    await put(`/${id}`, { base: 1, dashboard: titled('x') }, viewer),
    await remove(`/${id}`, viewer),
    await post(`/${id}/restore`, { version: 1 }, viewer),
  ]
  expect(refused.map((one) => one.statusCode)).toEqual([403, 403, 403, 403])
  expect((await get('', '')).statusCode).toBe(401)
  expect((await get(`/${id}`, '')).statusCode).toBe(401)
})

test('what is gone or never was is told', async () => {
  const id = await created('Pier')
  expect((await remove(`/${id}`)).statusCode).toBe(200)
  const f = async (answer: Promise<{ statusCode: number }>, status: number) =>
    expect((await answer).statusCode).toBe(status)
  await f(get(`/${id}`), 404)
  await f(remove(`/${id}`), 404)
  await f(put(`/${id}`, { base: 1, dashboard: titled('x') }), 404)
  await f(put('/nowhere/star', { is_starred: true }), 404)
  await f(get('/nowhere/versions'), 404)
  await f(get('/crowsnest/versions/9'), 404)
  await f(get('/NO%2Fid'), 400)
})
