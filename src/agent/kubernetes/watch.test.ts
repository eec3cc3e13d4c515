/** The API client against a small server that does what real ones do on a bad day. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ApiServerFixture, until } from '../../../test/agent/api-server-fixture.ts'
import type { ListAsk, WatchEvent } from './api.ts'
import { ApiError } from './api-error.ts'
import { type OpenApi, openApi } from './open-api.ts'

const pods = '/api/v1/pods'
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const silent = { debug() {}, warn() {} }

async function started(options: Partial<Parameters<typeof openApi>[0]> = {}) {
  const server = new ApiServerFixture()
  const url = await server.listen()
  closing.push(() => server.close())
  const shared = { url, token_file: '', ca_file: '', now_ms: Date.now, log: silent }
  const api = openApi({ ...shared, pause_ms_max: 20, ...options })
  closing.push(() => api.close())
  return { server, api }
}

/** What a watch told, as words: `listed a b`, `added c`. */
function told(api: OpenApi, ask: ListAsk) {
  const words: string[] = []
  const tell = (event: WatchEvent) => {
    if (event.type === 'listed' || event.type === 'page') {
      const names = event.items.map(({ metadata }) => metadata.name)
      words.push([event.type, ...names].join(' '))
    } else if (event.type === 'recovered') words.push(event.type)
    else if (event.type === 'failed') words.push(`failed ${event.status} ${event.message}`)
    else words.push(`${event.type} ${event.object.metadata.name}`)
  }
  const watch = api.watch(ask, tell)
  return { words, watch }
}

const named = (name: string, more = {}) => ({ metadata: { name }, ...more })
const watches = ({ asked }: ApiServerFixture) =>
  asked.filter((one) => one.includes('watch=1')).length
const lists = ({ asked }: ApiServerFixture) => asked.filter((one) => !one.includes('watch=1'))

test('lists in pages, then tells what changes', async () => {
  const { server, api } = await started()
  server.page_max = 2
  for (const name of ['a', 'b', 'c']) server.put(pods, named(name))
  const { words } = told(api, { path: pods })
  await until(() => server.watching(pods) === 1, 'watching')
  server.put(pods, named('d'))
  server.put(pods, named('a'))
  server.remove(pods, 'b')
  await until(() => words.length === 4, 'four words')
  expect(words).toEqual(['listed a b c', 'added d', 'modified a', 'deleted b'])
  expect(lists(server)).toHaveLength(2)
})

test('a paged watch tells pages; a page token that expired starts the list again', async () => {
  const { server, api } = await started()
  server.page_max = 2
  server.expired_tokens = 1
  for (const name of ['a', 'b', 'c']) server.put(pods, named(name))
  const { words } = told(api, { path: pods, paged: true })
  await until(() => words.includes('listed'), 'listed')
  expect(words).toEqual(['page a b', 'page a b', 'page c', 'listed'])
})

test('page tokens that always expire end in one whole list', async () => {
  const { server, api } = await started()
  server.page_max = 1
  server.expired_tokens = 99
  for (const name of ['a', 'b', 'c']) server.put(pods, named(name))
  const { words } = told(api, { path: pods })
  await until(() => words.length > 0, 'listed')
  expect(words).toEqual(['listed a b c'])
})

test('a broken connection resumes where it was, also after a bookmark', async () => {
  const { server, api } = await started()
  server.put(pods, named('a'))
  const { words } = told(api, { path: pods })
  await until(() => server.watching(pods) === 1, 'watching')
  server.put(pods, named('b'))
  server.bookmark(pods)
  await until(() => words.length === 2, 'b')
  server.cut()
  server.put(pods, named('c'))
  await until(() => words.includes('added c'), 'c')
  expect(words.filter((word) => !word.startsWith('failed'))).toEqual([
    'listed a',
    'added b',
    'added c',
  ])
  expect(lists(server)).toHaveLength(1)
})

test('a version that is too old is listed again, once', async () => {
  const { server, api } = await started()
  server.put(pods, named('a'))
  const { words } = told(api, { path: pods })
  await until(() => server.watching(pods) === 1, 'watching')
  server.oldest_version = 1_000_000
  server.cut()
  server.put(pods, named('b'))
  await until(() => words.includes('listed a b'), 'listed again')
  server.oldest_version = 0
  await until(() => server.watching(pods) === 1, 'watching again')
  expect(words.some((word) => word.includes('410'))).toBe(false)
})

test('events are whole however bytes are cut; a broken line costs its connection', async () => {
  const { server, api } = await started()
  server.piece_bytes = 7
  const { words } = told(api, { path: pods })
  await until(() => server.watching(pods) === 1, 'watching')
  const large = 'ü'.repeat(300_000)
  server.put(pods, named('a', { spec: { large } }))
  server.put(pods, named('b'))
  await until(() => words.includes('added b'), 'b')
  expect(words).toEqual(['listed', 'added a', 'added b'])
  server.raw(pods, '{"type":"ADD\n')
  await until(() => watches(server) === 2, 'the connection is given up')
  server.put(pods, named('c'))
  await until(() => words.includes('added c'), 'c')
  expect(words.filter((word) => word === 'added b')).toHaveLength(1)
})

test('an object over the limit is left out', async () => {
  const { server, api } = await started({ limits: { event_bytes_max: 1000 } })
  const { words } = told(api, { path: pods })
  await until(() => server.watching(pods) === 1, 'watching')
  server.put(pods, named('huge', { spec: 'x'.repeat(2000) }))
  server.put(pods, named('a'))
  await until(() => words.includes('added a'), 'a')
  expect(words).toEqual(['listed', 'added a'])
})

test('many watches never list at the same time', async () => {
  const { server, api } = await started()
  const paths = Array.from({ length: 12 }, (_, i) => `/apis/x/v1/kind${i}`)
  const all = paths.map((path) => told(api, { path }))
  await until(() => all.every(({ words }) => words.length > 0), 'all listed')
  expect(server.lists.most).toBe(1)
})

test('a refusal names the rule; granted later, the watch goes on', async () => {
  const { server, api } = await started()
  const path = '/apis/apps/v1/deployments'
  server.refused.set(path, 403)
  const { words } = told(api, { path })
  await until(() => words.length > 0, 'refused')
  expect(words[0]).toMatch(/^failed 403 needs get, list, watch on deployments\.apps:/)
  server.refused.clear()
  await until(() => words.includes('listed'), 'listed')
})

test('a watch that fails is told, and that it works again', async () => {
  const { server, api } = await started()
  const { words } = told(api, { path: pods })
  await until(() => server.watching(pods) === 1, 'watching')
  server.cut()
  await until(() => server.watching(pods) === 1, 'taken up again')
  server.put(pods, named('a'))
  await until(() => words.length === 2, 'a')
  expect(words).toEqual(['listed', 'added a'])
  server.refused.set(pods, 503)
  server.cut()
  await until(() => words.length > 2, 'told')
  expect(words[2]).toMatch(/^failed 503/)
  server.refused.clear()
  await until(() => words.at(-1) === 'recovered', 'recovered')
  expect(lists(server)).toHaveLength(1)
})

test('a half-open watch ends by the bookmarks that stop coming, or by its deadline', async () => {
  const short = { timeout_s: 0, grace_ms: 200, silence_ms: 60_000 }
  for (const limits of [short, { timeout_s: 60, grace_ms: 0, silence_ms: 100 }]) {
    const { server, api } = await started({ limits })
    const { words } = told(api, { path: pods })
    await until(() => server.watching(pods) === 1, 'watching')
    server.bookmark(pods)
    await until(() => watches(server) >= 2, 'given up and asked again')
    server.put(pods, named('late'))
    await until(() => words.includes('added late'), 'late')
  }
})

test('a slow listener slows the reading', async () => {
  const { server, api } = await started()
  const seen: string[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  api.watch({ path: pods }, (event) => {
    if (!('object' in event)) return
    seen.push(event.object.metadata.name)
    return held
  })
  await until(() => server.watching(pods) === 1, 'watching')
  for (const name of ['a', 'b', 'c']) server.put(pods, named(name))
  await until(() => seen.length > 0, 'the first')
  expect(seen).toEqual(['a'])
  release()
  await until(() => seen.length === 3, 'all')
})

test('a token is read again after it was refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crowsnest-token-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const token_file = join(folder, 'token')
  writeFileSync(token_file, 'old\n')
  const { server, api } = await started({ token_file })
  server.token = 'new'
  const refused = await api.get('/api/v1/pods').catch((error) => error)
  expect(refused).toBeInstanceOf(ApiError)
  expect(refused).toMatchObject({ status: 401, rule: 'get, list, watch on pods' })
  writeFileSync(token_file, 'new\n')
  expect(await api.get('/api/v1/pods')).toMatchObject({ kind: 'PodList' })
})

test('a closed watch tells nothing more', async () => {
  const { server, api } = await started()
  const { words, watch } = told(api, { path: pods })
  await until(() => server.watching(pods) === 1, 'watching')
  watch.close()
  await until(() => server.watching(pods) === 0, 'closed')
  server.put(pods, named('a'))
  expect(words).toEqual(['listed'])
})
