/** Query APIs on the server's sockets: who is let in, what they may see, limits and WebSockets. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { addPerson, type Fixture, openHttp, password } from '../../test/server/fixture-http.ts'
import type { Api, ApiCall } from '../api/api.ts'
import { Fault } from '../model/faults.ts'
import { everything, type Scope } from '../model/question.ts'
import { queryLimits } from '../query/context.ts'
import { Readers } from './auth/readers.ts'
import { ServedApis } from './serve-api.ts'

/** Tells what it was asked. */
const echo: Api = {
  name: 'echo',
  mounts: [
    { listener: 'ui', under: '/echo' },
    { listener: 'loki', under: '' },
  ],
  serves: (method, path) => method !== 'PUT' && path.startsWith('/q'),
  isOpen: ({ path }) => path === '/q/ready',
  async answer(call: ApiCall) {
    if (call.path === '/q/hang') {
      await new Promise((_, reject) => {
        call.context.signal?.addEventListener('abort', () => reject(new Error('stopped')))
      })
    }
    const { path, context } = call
    const asked = Object.fromEntries(await call.parameters())
    const body = JSON.stringify({
      path,
      asked,
      scope: context.scope,
      fill: asked.fill && 'x'.repeat(9_000),
    })
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  },
  refused(error) {
    const status = error instanceof Fault ? error.status : 500
    const code = error instanceof Fault ? error.code : 'internal'
    return { status, headers: {}, body: code }
  },
  async socket(head, context, socket) {
    socket.send(JSON.stringify({ query: head.query.get('a'), scope: context.scope }))
    if (head.query.get('stay') === null) return
    await new Promise<void>((resolve) => socket.closed.addEventListener('abort', () => resolve()))
  },
}

let http: Fixture
let readers: Readers
let closed: Readers
let server: Server
let address: string
const refusing = { isOpen: true }
beforeAll(async () => {
  http = await openHttp()
  await addPerson(http.state, 'ada', 'admin')
  const now_ms = () => http.clock.now_ms
  const onError = (error: unknown) => {
    throw error
  }
  readers = new Readers(http.state, { now_ms, isOpen: true, onError })
  closed = new Readers(http.state, { now_ms, isOpen: false, onError })
  const served = new ServedApis({
    apis: [echo],
    readers: { scopeOf: (...asked) => (refusing.isOpen ? readers : closed).scopeOf(...asked) },
    store: {} as never,
    metrics: { asked() {} },
    limits: { ...queryLimits, timeout_ms: 200, asks_max: 2 },
    now_ms,
    log: { warn() {}, error() {} } as never,
  })
  server = createServer((request, response) => {
    if (!served.request('ui', request, response)) response.writeHead(404).end()
  })
  server.on('upgrade', (request, socket, begun) => {
    if (!served.upgrade('ui', request, socket, begun)) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await http.close()
})

const ask = (path: string, init?: RequestInit) => fetch(`http://${address}${path}`, init)
const seen = async (headers: Record<string, string>) => {
  const answer = await ask('/echo/query', { headers })
  return answer.status === 200 ? ((await answer.json()) as { scope: Scope }).scope : answer.status
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('a path of its own is served, with a query and a form', async () => {
  const body = new URLSearchParams({ b: '2', a: 'form' })
  const answer = await ask('/echo/query?a=1', { method: 'POST', body })
  expect(await answer.json()).toMatchObject({ path: '/query', asked: { b: '2' } })
  expect((await ask('/echo/other')).status).toBe(404)
  expect((await ask('/query')).status).toBe(404)
  expect((await ask('/echo/query', { method: 'PUT' })).status).toBe(404)
})

test('a large answer comes compressed to who takes that', async () => {
  const answer = await ask('/echo/query?fill=1')
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(((await answer.json()) as { fill: string }).fill).toHaveLength(9_000)
})

test('a query that takes too long is ended, and too many at once are refused', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => ask('/echo/q/hang')))
  const texts = await Promise.all(answers.map((answer) => answer.text()))
  expect(texts.sort()).toEqual(['query_busy', 'query_timeout', 'query_timeout'])
})

test('a body past the limit is refused', async () => {
  const body = new Uint8Array(5 * 1024 * 1024)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await ask('/echo/query', { method: 'POST', body, headers })).status).toBe(413)
})

describe('who may read', () => {
  test('a token sees its scope, and nothing once it is revoked', async () => {
    const scope: Scope = { clusters: ['eu'], namespaces: ['shop'], classes: ['logs'] }
    const { token, id } = await readers.create({ name: 'grafana', scope })
    expect(await seen(bearer(token))).toEqual(scope)
    const basic = `Basic ${Buffer.from(`anything:${token}`).toString('base64')}`
    expect(await seen({ authorization: basic })).toEqual(scope)
    const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
    expect(await seen(bearer(forged))).toBe(401)
    expect((await readers.list())[0]).toMatchObject({ name: 'grafana', scope, revoked_ms: null })
    await readers.revoke(id)
    expect(await seen(bearer(token))).toBe(401)
  })

  test('on this machine anyone, where that is so; never by another name', async () => {
    expect(await seen({})).toEqual(everything)
    expect(await seen({ origin: 'http://evil.example' })).toBe(401)
    expect(await seen({ origin: 'http://localhost:3000' })).toEqual(everything)
    refusing.isOpen = false
    expect(await seen({})).toBe(401)
    expect((await ask('/echo/q/ready')).status).toBe(200)
    const person = (secret: string) => ({
      authorization: `Basic ${Buffer.from(`ada:${secret}`).toString('base64')}`,
    })
    expect(await seen(person('not the password'))).toBe(401)
    expect(await seen(person(password))).toEqual(everything)
    expect(await seen(person(password))).toEqual(everything)
    expect(await seen(bearer('cn_ingest_aaaaaaaaaaaa_x'))).toBe(401)
    refusing.isOpen = true
  })

  test('only an administrator handles read tokens', async () => {
    const body = { name: 'x', scope: { clusters: 'all', namespaces: ['shop'], classes: 'all' } }
    const cookie = await http.signIn('ada')
    expect((await http.ask('POST', '/api/read-tokens', { body })).statusCode).toBe(401)
    const made = await http.ask('POST', '/api/read-tokens', { body, cookie })
    expect(made.json().token).toMatch(/^cn_read_/)
    const listed = (await http.ask('GET', '/api/read-tokens', { cookie })).json()
    expect(listed.tokens).toContainEqual(expect.objectContaining(body))
    expect(JSON.stringify(listed)).not.toContain(made.json().token.slice(-43))
    const nothing = { ...body, scope: { ...body.scope, clusters: [] } }
    const refused = await http.ask('POST', '/api/read-tokens', { body: nothing, cookie })
    expect(refused.statusCode).toBe(400)
    const gone = await http.ask('DELETE', `/api/read-tokens/${made.json().id}`, { cookie })
    expect(gone.statusCode).toBe(200)
  })
})

test('a WebSocket is let in as a request is, and ends with the exchange', async () => {
  const open = (path: string, headers = {}) =>
    new Promise<string>((resolve) => {
      const web = new WebSocket(`ws://${address}${path}`, { headers })
      web.on('message', (text) => resolve(String(text)))
      web.on('error', (error) => resolve(error.message))
    })
  expect(JSON.parse(await open('/echo/query?a=1'))).toEqual({ query: '1', scope: everything })
  expect(
    await open('/echo/query', bearer(`cn_read_${'a'.repeat(12)}_${'b'.repeat(43)}`)),
  ).toContain('401')
})
