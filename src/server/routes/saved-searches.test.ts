/** Saved searches over HTTP: everybody reads and saves, each changes their own. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { addPerson, type Fixture, openHttp } from '../../../test/server/fixture-http.ts'
import { KeptPipelines } from '../../ingest/kept-pipelines.ts'
import { objectsInMemory } from '../../ingest/parts.ts'

const now_ms = () => 1_800_000_000_000
const objects = objectsInMemory(now_ms)
const pipelines = new KeptPipelines({ objects, now_ms, onError: () => undefined })
let http: Fixture
beforeAll(async () => {
  const server = { name: 's', version: '1', cluster_uuid: 'u' }
  http = await openHttp({ parts: { objects, pipelines, server, now_ms } })
  await addPerson(http.state, 'vic', 'viewer')
  await addPerson(http.state, 'val', 'viewer')
})
afterAll(async () => {
  pipelines.close()
  await http.close()
})

const root = '/api/saved-searches'
const query = 'table=spans&query=a%3Ab'

async function put(who: string, name: string, body: unknown = { query }): Promise<number> {
  const cookie = await http.signIn(who)
  const address = `${root}/${encodeURIComponent(name)}`
  return (await http.ask('PUT', address, { cookie, body })).statusCode
}

test('a search is kept with who and when, and is its author’s', async () => {
  expect(await put('vic', 'slow / requests')).toBe(200)
  const cookie = await http.signIn('val')
  const read = async () => (await http.ask('GET', root, { cookie })).json()
  const saved = { name: 'slow / requests', query, saved_ms: now_ms(), saved_by: 'vic' }
  expect(await read()).toEqual({ searches: [saved] })
  expect(await put('val', 'slow / requests')).toBe(403)
  const address = `${root}/${encodeURIComponent('slow / requests')}`
  expect((await http.ask('DELETE', address, { cookie })).statusCode).toBe(403)
  expect(await read()).toEqual({ searches: [saved] })
  const own = await http.signIn('vic')
  expect((await http.ask('DELETE', address, { cookie: own })).statusCode).toBe(200)
  expect(await read()).toEqual({ searches: [] })
})

describe('what cannot be saved', () => {
  const f = (says: string, name: string, body: unknown, expected: number) =>
    it(says, async () => expect(await put('vic', name, body)).toBe(expected))
  f('a name with a space at its end', 'a ', { query }, 400)
  f('a name that is too long', 'a'.repeat(121), { query }, 400)
  f('a name with a line break', 'a\nb', { query }, 400)
  f('no query', 'a', {}, 400)
  f('too long a query', 'a', { query: 'x'.repeat(32_769) }, 400)
})

test('nobody else may', async () => {
  expect((await http.ask('GET', root, {})).statusCode).toBe(401)
  expect((await http.ask('PUT', `${root}/a`, { body: { query } })).statusCode).toBe(401)
})
