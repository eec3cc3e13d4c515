/**
 * What holds for every route: headers, proof of origin, limits, faults; and asking, tail, probes.
 */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addPerson, type Fixture, openHttp } from '../../test/server/fixture-http.ts'
import { Fault } from '../model/faults.ts'
import { question } from '../model/question.ts'
import { type AskContext, answers } from '../store/answer.ts'
import type { TailAsk, TailLook } from './routes/tail.ts'

const asked: { ask: unknown; context: AskContext }[] = []
const echo = answers(
  question<unknown>()('test.echo', z.strictObject({ text: z.string().default('none') })),
  async (ask, context) => {
    asked.push({ ask, context })
    if (ask.text === 'fault') throw new Fault('query_failed', { detail: 'x' })
    if (ask.text === 'bug') throw new Error('a secret inside')
    if (ask.text === 'hang') await new Promise(() => {})
    return { text: ask.text }
  },
)
const ranged = answers(
  question<string>()('test.range', z.object({ from_ms: z.number(), to_ms: z.number() })),
  async () => 'ranged',
)
const answerers = [echo, ranged]

let http: Fixture
let cookie: string
beforeAll(async () => {
  http = await openHttp({ answerers, args: ['--limits.ask_timeout_ms=100', '--limits.asks_max=2'] })
  await addPerson(http.state, 'ada', 'admin')
  cookie = await http.signIn('ada')
})
afterAll(() => http.close())

const askFor = (name: string, ask: unknown, signed = cookie) =>
  http.ask('POST', '/api/ask', { body: { question: name, ask }, cookie: signed })

describe('a question', () => {
  test('is answered from its contract, with scope and time', async () => {
    const response = await askFor('test.echo', {})
    expect(response.json()).toEqual({ answer: { text: 'none' } })
    expect(asked.at(-1)?.context).toMatchObject({
      scope: { clusters: 'all', namespaces: 'all', classes: 'all' },
      now_ms: http.clock.now_ms,
    })
  })

  test('is refused in the words of the catalogue', async () => {
    const f = async (name: string, ask: unknown, status: number, code: string, detail = '') => {
      const response = await askFor(name, ask)
      const { fault } = response.json()
      expect([response.statusCode, fault.code]).toEqual([status, code])
      expect(`${fault.says} ${fault.do}`).toContain(detail)
      expect(fault.says + fault.do).not.toMatch(/\{\w+\}/)
    }
    await f('test.none', {}, 404, 'question_unknown', 'test.none')
    await f('constructor', {}, 404, 'question_unknown')
    await f('test.echo', { text: 1 }, 400, 'ask_invalid', 'text')
    await f('test.echo', { texts: 'x' }, 400, 'ask_invalid', 'texts')
    await f('test.echo', undefined, 400, 'ask_invalid')
    await f('test.range', { from_ms: 2, to_ms: 2 }, 400, 'ask_invalid', 'from_ms')
    await f('test.echo', { text: 'fault' }, 500, 'query_failed')
    await f('test.echo', { text: 'hang' }, 504, 'query_timeout', '100 ms')
    expect(asked.at(-1)?.context.signal?.aborted).toBe(true)
  })

  test('a bug says nothing but its request id, under which the log has it', async () => {
    const response = await askFor('test.echo', { text: 'bug' })
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toContain('secret')
    const { request_id } = response.json().fault.details
    expect(response.headers['x-request-id']).toBe(request_id)
    const logged = http.logged.find((line) => line.includes(request_id))
    expect(logged).toContain('a secret inside')
  })

  test('needs a person, and a place in the queue', async () => {
    expect((await askFor('test.echo', {}, '')).json().fault.code).toBe('signed_out')
    expect((await askFor('test.echo', {}, 'crowsnest=x')).json().fault.code).toBe('signed_out')
    const hanging = [1, 2].map(() => askFor('test.echo', { text: 'hang' }))
    const deadline = Date.now() + 5_000
    let refused = await askFor('test.echo', {})
    while (refused.statusCode !== 429 && Date.now() < deadline)
      refused = await askFor('test.echo', {})
    expect([refused.json().fault.code, refused.headers['retry-after']]).toEqual(['query_busy', '2'])
    await Promise.all(hanging)
    expect((await askFor('test.echo', {})).statusCode).toBe(200)
  })

  test('a large answer is compressed for those who can read it', async () => {
    const body = { question: 'test.echo', ask: { text: 'x'.repeat(50_000) } }
    const headers = { 'accept-encoding': 'br, gzip' }
    const packed = await http.ask('POST', '/api/ask', { body, cookie, headers })
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
    expect(packed.rawPayload.length).toBeLessThan(1_000)
    const plain = await http.ask('POST', '/api/ask', { body, cookie })
    expect(plain.json().answer.text).toHaveLength(50_000)
  })
})

describe('proof of origin', () => {
  const f = async (
    headers: Record<string, string>,
    status: number,
    method: 'GET' | 'POST' = 'POST',
  ) => {
    const url = method === 'POST' ? '/api/ask' : '/api/session'
    const payload = method === 'POST' ? { payload: { question: 'test.echo', ask: {} } } : {}
    const response = await http.app.inject({
      method,
      url,
      headers: { cookie, ...headers },
      ...payload,
    })
    expect(response.statusCode, JSON.stringify(headers)).toBe(status)
  }
  test('a change needs our header and comes from our own page', async () => {
    const ours = { 'x-crowsnest': '1', host: 'crow:4300' }
    await f(ours, 200)
    await f({ host: 'crow:4300' }, 403)
    await f({ ...ours, 'x-crowsnest': 'yes' }, 403)
    await f({ ...ours, origin: 'http://crow:4300' }, 200)
    await f({ ...ours, origin: 'http://crow:4301' }, 403)
    await f({ ...ours, origin: 'http://evil.example' }, 403)
    await f({ ...ours, origin: 'http://crow:4300.evil.example' }, 403)
    await f({ ...ours, origin: 'null' }, 403)
    await f({ ...ours, 'sec-fetch-site': 'same-origin' }, 200)
    await f({ ...ours, 'sec-fetch-site': 'same-site' }, 403)
    await f({ ...ours, 'sec-fetch-site': 'cross-site' }, 403)
  })
  test('reading needs no header, but no other site may do it', async () => {
    await f({}, 200, 'GET')
    await f({ 'sec-fetch-site': 'none' }, 200, 'GET')
    await f({ 'sec-fetch-site': 'cross-site' }, 403, 'GET')
    await f({ origin: 'http://evil.example' }, 403, 'GET')
  })
  test('an address that is written in another way is no way around it', async () => {
    for (const url of ['/%61pi/ask', '/ap%69/ask', '/api/ask?x=1', 'http://x/api/ask']) {
      const payload = { question: 'test.echo', ask: {} }
      const response = await http.app.inject({ method: 'POST', url, headers: { cookie }, payload })
      expect([response.statusCode, response.headers['cache-control']], url).toEqual([
        403,
        'no-store',
      ])
    }
  })
  test('the public address is ours too', async () => {
    const behind = await openHttp({
      answerers,
      args: ['--listen.public_url=https://crow.example/x'],
    })
    const g = async (origin: string, status: number) => {
      const headers = { 'x-crowsnest': '1', host: 'pod:4300', origin }
      const response = await behind.app.inject({ method: 'DELETE', url: '/api/session', headers })
      expect(response.statusCode, origin).toBe(status)
    }
    await g('https://crow.example', 200)
    await g('http://crow.example', 403)
    await behind.close()
  })
  test('no route changes anything on GET', async () => {
    const printed = http.app.printRoutes({ commonPrefix: false })
    const paths = [...printed.matchAll(/── (\S+) \([^)]*\bGET\b/g)].map(([, path]) => path!)
    expect(paths).toContain('/api/tokens')
    const kept = async () => [
      await http.state.db.selectFrom('users').selectAll().execute(),
      await http.state.db.selectFrom('sessions').selectAll().execute(),
      await http.state.db.selectFrom('ingest_tokens').selectAll().execute(),
      await http.state.db.selectFrom('setup_links').selectAll().execute(),
    ]
    const before = await kept()
    for (const path of paths) await http.ask('GET', path, { cookie })
    expect(await kept()).toEqual(before)
  })
})

describe('limits and headers', () => {
  test('what browsers are told', async () => {
    for (const url of [
      '/',
      '/api/session',
      '/assets/main-1a2b.js',
      '/nothing.js',
      '/metrics',
      '/%',
    ]) {
      const { headers } = await http.app.inject({ url })
      expect(headers['content-security-policy'], url).toContain("default-src 'none'")
      expect(headers['content-security-policy']).toContain("script-src 'self';")
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      })
      expect(headers['strict-transport-security']).toBeUndefined()
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  test('bodies that are too large, of another type, or not JSON', async () => {
    const f = async (payload: string, type: string, status: number, code: string) => {
      const headers = { 'x-crowsnest': '1', cookie, 'content-type': type }
      const response = await http.app.inject({ method: 'POST', url: '/api/ask', headers, payload })
      expect([response.statusCode, response.json().fault.code]).toEqual([status, code])
    }
    await f(`"${'x'.repeat(300_000)}"`, 'application/json', 413, 'ask_too_large')
    await f('a=b', 'application/x-www-form-urlencoded', 415, 'content_type_unsupported')
    await f('{}', 'text/plain', 415, 'content_type_unsupported')
    await f('{', 'application/json', 400, 'ask_invalid')
    await f('', 'application/json', 400, 'ask_invalid')
    await f('{"__proto__": {"admin": true}}', 'application/json', 400, 'ask_invalid')
    await f(
      '{"question": "test.echo", "ask": {}, "more": 1}',
      'application/json',
      400,
      'ask_invalid',
    )
  })

  test('a sender does not choose the request id', async () => {
    const response = await http.ask('GET', '/api/session', { headers: { 'x-request-id': 'mine' } })
    expect(response.headers['x-request-id']).toMatch(/^[a-z2-7]{12}$/)
  })
})

describe('screens', () => {
  test('one page for each address of theirs, files as they are, nothing from outside', async () => {
    const f = async (url: string, status: number, body: string, cache: string | undefined) => {
      const response = await http.app.inject({ url })
      expect([response.statusCode, response.headers['cache-control']], url).toEqual([status, cache])
      expect(response.body).toContain(body)
    }
    const hashed = 'public, max-age=31536000, immutable'
    await f('/', 200, '<title>screens', 'no-cache')
    await f('/logs?search=a.b', 200, '<title>screens', 'no-cache')
    await f('/setup', 200, '<title>screens', 'no-cache')
    await f('/services/a%20b', 200, '<title>screens', 'no-cache')
    await f('/assets/main-1a2b.js', 200, 'let x', hashed)
    await f('/assets/main-old.js', 404, 'not_found', undefined)
    await f('/api/nothing', 404, 'not_found', 'no-store')
    await f('/..%2f..%2fetc%2fpasswd', 200, '<title>screens', 'no-cache')
    await f('/assets/..%2f..%2f..%2fetc/os-release.txt', 404, 'not_found', undefined)
  })

  test('say what to do while they are not built', async () => {
    const bare = await openHttp({ screens_dir: '/nonexistent-crowsnest' })
    expect((await bare.app.inject({ url: '/logs' })).body).toContain('npm start')
    await bare.close()
  })
})

describe('probes', () => {
  test('ready follows what can be taken in, healthy all of it, alive nothing', async () => {
    let isServing = true
    let health = { healthy: true, parts: { store: 'ready' } }
    const probed = await openHttp({ serves: () => isServing, health: async () => health })
    const f = async (live: number, ready: number, healthy: number) => {
      const codes = ['/livez', '/readyz', '/healthz'].map(async (url) => {
        return (await probed.app.inject({ url })).statusCode
      })
      expect(await Promise.all(codes)).toEqual([live, ready, healthy])
    }
    await f(200, 200, 200)
    health = { healthy: false, parts: { store: 'restarting' } }
    await f(200, 200, 503)
    isServing = false
    await f(200, 503, 503)
    expect((await probed.app.inject({ url: '/healthz' })).json().store).toBe('restarting')
    await probed.close()
  })

  test('metrics count the questions', async () => {
    const text = (await http.app.inject({ url: '/metrics' })).body
    expect(text).toMatch(
      /^crowsnest_questions_total\{question="test.echo",outcome="answered"\} \d/m,
    )
    expect(text).toMatch(/^process_resident_memory_bytes \d/m)
  })
})

describe('live tail', () => {
  const looks: TailAsk[] = []
  const tail = async (ask: TailAsk): Promise<TailLook> => {
    looks.push(ask)
    if (ask.search === 'bad') throw new Fault('search_unknown_field', { field: 'bad', position: 0 })
    return { records: { body: [`look ${looks.length}`] }, count: 1, after_ms: ask.after_ms + 1 }
  }

  test('sends what arrived, goes on from there, and ends with the session', async () => {
    const live = await openHttp({ tail })
    await addPerson(live.state, 'ada', 'viewer')
    const cookie = await live.signIn('ada')
    await live.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = live.app.server.address() as AddressInfo
    const open = (path: string, headers: Record<string, string>) =>
      new Promise<IncomingMessage>((resolve) => get({ port, path, headers }, resolve))

    expect((await open('/api/tail', {})).statusCode).toBe(401)
    const bad = await open('/api/tail?search=bad', { cookie })
    expect([bad.statusCode, bad.headers['content-type']]).toEqual([
      400,
      expect.stringMatching(/json/),
    ])

    const response = await open('/api/tail?search=a&cluster=eu', { cookie })
    expect(response.headers['content-type']).toBe('text/event-stream')
    expect(response.headers['content-security-policy']).toBeDefined()
    let text = ''
    const ended = once(response, 'end')
    response.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    const until = async (pattern: RegExp) => {
      while (!pattern.test(text)) await once(response, 'data')
    }
    await until(/event: records\ndata: \{"body":\["look \d"\]\}\n\n/)
    await live.ask('DELETE', '/api/session', { cookie })
    await until(/event: fault\ndata: \{"fault":\{"code":"signed_out"/)
    await ended
    expect(looks.filter((look) => look.search === 'a').map((look) => look.after_ms)).toEqual([
      http.clock.now_ms,
    ])
    expect(looks.at(-1)).toMatchObject({ search: 'a', cluster: 'eu' })
    await live.close()
  })

  test('is given up when the asker leaves during the first look', async () => {
    const started = Promise.withResolvers<AbortSignal>()
    const slow = async (_: TailAsk, { signal }: AskContext): Promise<TailLook> => {
      started.resolve(signal!)
      return new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
      })
    }
    const live = await openHttp({ tail: slow, args: ['--limits.tails_max=1'] })
    await addPerson(live.state, 'ada', 'viewer')
    const cookie = await live.signIn('ada')
    await live.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = live.app.server.address() as AddressInfo
    const leaving = get({ port, path: '/api/tail', headers: { cookie } }).on('error', () => {})
    const signal = await started.promise
    leaving.destroy()
    if (!signal.aborted) await once(signal, 'abort')
    expect(live.logged.filter((line) => line.includes('a request failed'))).toEqual([])
    await live.close()
  })

  test('does not hold up a shutdown, and neither does a question', async () => {
    const live = await openHttp({ tail, answerers })
    await addPerson(live.state, 'ada', 'viewer')
    const cookie = await live.signIn('ada')
    await live.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = live.app.server.address() as AddressInfo
    const response = await new Promise<IncomingMessage>((resolve) => {
      get({ port, path: '/api/tail', headers: { cookie } }, resolve)
    })
    response.resume()
    const ended = once(response, 'end')
    const hanging = fetch(`http://127.0.0.1:${port}/api/ask`, {
      method: 'POST',
      headers: { 'x-crowsnest': '1', 'content-type': 'application/json', cookie },
      body: JSON.stringify({ question: 'test.echo', ask: { text: 'hang' } }),
    })
    const deadline = Date.now() + 5_000
    const before = asked.length
    while (asked.length === before && Date.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    await live.close()
    await ended
    expect(await (await hanging).json()).toMatchObject({ fault: { code: 'server_stopping' } })
  })
})
