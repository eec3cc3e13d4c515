/** The API over HTTP: lists in pages, watches and their ends, other forms, who may do what. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../sink-fixture.ts'
import { openRig, type Rig } from '../fixture.ts'
import { agentAccount, clusterAgentAccount, serverAccount } from './agent-roles.ts'
import type { Pod } from './objects.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig({ history_max: 40, bookmark_ms: 50 })
})
afterAll(() => rig?.close())

type Line = { type: string; object: Pod & { code?: number; reason?: string } }

function watch(path: string) {
  const lines: Line[] = []
  const stop = new AbortController()
  const { kubernetes } = rig
  const headers = { authorization: `Bearer ${kubernetes.token('kubernetes-admin')}` }
  let hasEnded = false
  const reading = (async () => {
    const response = await fetch(kubernetes.url + path, { headers, signal: stop.signal })
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const parts = text.split('\n')
      text = parts.pop()!
      lines.push(...parts.map((part) => JSON.parse(part) as Line))
    }
  })().finally(() => {
    hasEnded = true
  })
  reading.catch(() => {})
  return { lines, ended: () => hasEnded, stop: () => stop.abort() }
}

test('pages of a list are of one moment, and an old page is Gone', async () => {
  const all = await rig.ask('/api/v1/pods')
  const seen: string[] = []
  let token = ''
  let version: string | undefined
  do {
    const { body } = await rig.ask(`/api/v1/pods?limit=7&continue=${token}`)
    seen.push(...body.items.map(({ metadata }) => metadata.name))
    version ??= body.metadata.resourceVersion
    expect(body.metadata.resourceVersion).toBe(version)
    token = body.metadata.continue ?? ''
    rig.pass(1)
  } while (token !== '')
  expect(seen).toEqual(all.body.items.map(({ metadata }) => metadata.name))
  const { body } = await rig.ask('/api/v1/pods?limit=7')
  rig.kubernetes.compact()
  const late = await rig.ask(`/api/v1/pods?limit=7&continue=${body.metadata.continue}`)
  expect([late.status, late.body.reason]).toEqual([410, 'Expired'])
})

test('selectors narrow a list', async () => {
  const on = await rig.ask('/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-b')
  const pods = rig.kubernetes.store.list<Pod>('Pod')
  expect(on.body.items).toHaveLength(pods.filter((pod) => pod.spec.nodeName === 'worker-b').length)
  const carts = await rig.ask('/api/v1/namespaces/shop/pods?labelSelector=app%3Dads')
  expect(carts.body.items).toHaveLength(1)
  const bad = await rig.ask('/api/v1/pods?fieldSelector=spec.color%3Dred')
  expect([bad.status, bad.body.reason]).toEqual([400, 'BadRequest'])
})

test('a watch goes on from its version; leaving a selection is a deletion', async () => {
  const { body } = await rig.ask('/api/v1/pods')
  const from = body.metadata.resourceVersion
  const { store } = rig.kubernetes
  const [pod] = store.list<Pod>('Pod').filter(({ metadata }) => metadata.labels?.app === 'redis')
  const selector = 'labelSelector=app%3Dredis'
  const watching = watch(`/api/v1/pods?watch=1&resourceVersion=${from}&${selector}`)
  const relabel = (app: string) => {
    const newest = store.get<Pod>('Pod', pod!.metadata.name, 'data')!
    store.apply({ ...newest, metadata: { ...newest.metadata, labels: { app } } }, 'kubectl')
  }
  relabel('other')
  relabel('redis')
  await until('two events', () => watching.lines.length >= 2)
  expect(watching.lines.map(({ type }) => type)).toEqual(['DELETED', 'ADDED'])
  const late = watch(`/api/v1/pods?watch=1&resourceVersion=${from}&${selector}`)
  await until('the same again', () => late.lines.length >= 2)
  expect(late.lines).toEqual(watching.lines)
  watching.stop()
  late.stop()
})

test('bookmarks, the end in time, and 410 for what is forgotten', async () => {
  const { body } = await rig.ask('/api/v1/pods')
  const from = body.metadata.resourceVersion
  const query = `resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=1`
  const watching = watch(`/apis/apps/v1/deployments?watch=true&${query}`)
  await until('the end', () => watching.ended())
  const types = new Set(watching.lines.map(({ type }) => type))
  expect(types).toEqual(new Set(['BOOKMARK']))
  for (let count = 0; count < 60; count++) rig.pass(12)
  const late = watch(`/api/v1/pods?watch=true&resourceVersion=${from}`)
  await until('an error', () => late.lines.length === 1)
  expect(late.lines[0]).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
})

test('tables and metadata alone', async () => {
  const table = await rig.ask('/api/v1/pods', { accept: 'application/json;as=Table;v=v1' })
  expect(table.body).toMatchObject({ kind: 'Table' })
  const { rows } = table.body as unknown as { rows: { cells: string[] }[] }
  expect(rows[0]?.cells.slice(0, 4)).toEqual(['postgres-catalog-0', '1/1', 'Running', '0'])
  const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
  const partial = await rig.ask('/api/v1/configmaps', { accept })
  expect(partial.body.items[0]).not.toHaveProperty('data')
  expect(partial.body.items[0]).toMatchObject({ kind: 'PartialObjectMetadata' })
})

test('events are told in both of their groups', async () => {
  rig.pass(60)
  const core = await rig.ask('/api/v1/events')
  const grouped = await rig.ask('/apis/events.k8s.io/v1/events')
  expect(core.body.items.length).toBeGreaterThan(0)
  expect(grouped.body.items).toHaveLength(core.body.items.length)
  expect(grouped.body.items[0]).toHaveProperty('regarding')
})

test('roles allow, deny, and are recorded; secrets nobody reads', async () => {
  const f = async (account: string, path: string, expected: number) => {
    const { status, body } = await rig.ask(path, { account })
    expect(status, `${account} ${path}: ${body.message}`).toBe(expected)
  }
  const node = rig.kubernetes.kubelets[0]!.url
  await f(agentAccount, '/api/v1/pods', 200)
  await f(agentAccount, '/api/v1/configmaps', 403)
  await f(clusterAgentAccount, '/api/v1/configmaps', 200)
  await f(clusterAgentAccount, '/api/v1/secrets', 403)
  await f('kubernetes-admin', '/api/v1/secrets', 403)
  await f(serverAccount, '/api/v1/pods', 403)
  await f(agentAccount, '/version', 200)
  await f(clusterAgentAccount, '/metrics', 200)
  await f(serverAccount, '/metrics', 403)
  await f(agentAccount, `${node}/stats/summary`, 200)
  await f(agentAccount, `${node}/metrics/cadvisor`, 200)
  await f(agentAccount, `${node}/pods`, 403)
  await f(serverAccount, `${node}/stats/summary`, 403)
  expect((await fetch(`${rig.kubernetes.url}/api/v1/pods`)).status).toBe(401)
  expect((await fetch(`${node}/stats/summary`)).status).toBe(401)
  const user = 'system:serviceaccount:crowsnest:crowsnest-agent'
  const mine = rig.kubernetes.used().filter((each) => each.user === user)
  const list = { verb: 'list', resource: 'pods', group: '', subresource: '', nonResourceURL: '' }
  expect(mine).toContainEqual({ ...list, user })
  expect(mine).toContainEqual({
    ...list,
    verb: 'get',
    resource: 'nodes',
    subresource: 'stats',
    user,
  })
  expect(mine.some(({ nonResourceURL }) => nonResourceURL === '/version')).toBe(false)
  const denied = rig.kubernetes.denied().filter((each) => each.user === user)
  expect(denied.map(({ resource, subresource }) => `${resource}/${subresource}`)).toEqual([
    'configmaps/',
    'nodes/proxy',
  ])
})

test('a token is reviewed for its audience', async () => {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews'
  const review = async (token: string) => {
    const spec = { token, audiences: ['crowsnest'] }
    const { body } = await rig.ask(path, { account: serverAccount, body: { spec } })
    return body.status as { authenticated: boolean; user?: { username: string } }
  }
  const good = await review(rig.kubernetes.token(agentAccount, { audience: 'crowsnest' }))
  expect(good.authenticated).toBe(true)
  expect(good.user?.username).toBe('system:serviceaccount:crowsnest:crowsnest-agent')
  expect((await review(rig.kubernetes.token(agentAccount))).authenticated).toBe(false)
  const old = rig.kubernetes.token(agentAccount, { audience: 'crowsnest', life_s: -1 })
  expect((await review(old)).authenticated).toBe(false)
  expect((await review('a.b.c')).authenticated).toBe(false)
})
