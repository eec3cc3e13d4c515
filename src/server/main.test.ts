/**
 * The real process: starts, takes telemetry, answers, drains on SIGTERM and finds all of it again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const dir = mkdtempSync(join(tmpdir(), 'crowsnest-main-'))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

type Running = { child: ChildProcess; text: () => string; address: (name: string) => string }

function start(flags: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...flags], {
    env: { PATH: process.env.PATH },
    cwd: dir,
  })
  children.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk
    })
  }
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>
  return { child, ended, text: () => text }
}

async function ready(flags: string[] = []): Promise<Running> {
  const addresses = ['ui', 'otlp_grpc', 'otlp_http'].map((name) => `--listen.${name}=127.0.0.1:0`)
  const { child, text } = start([...addresses, ...flags])
  await until(() => /^ready /m.test(text()) || child.exitCode !== null, text)
  const address = (name: string) => new RegExp(`^listening ${name} (.*)$`, 'm').exec(text())![1]!
  return { child, text, address }
}

async function until(isDone: () => boolean | Promise<boolean>, tell: () => unknown): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await isDone())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${await tell()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function stop({ child }: Running): Promise<{ code: number | null; took_ms: number }> {
  const began = Date.now()
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  // As a process group gives it: once directly, once from the parent.
  child.kill('SIGTERM')
  const [code] = await ended
  return { code, took_ms: Date.now() - began }
}

const password = 'a mast above the fog'
let cookie = ''

async function api(server: Running, method: string, path: string, body?: unknown) {
  const response = await fetch(`http://${server.address('ui')}${path}`, {
    method,
    headers: {
      'x-crowsnest': '1',
      cookie,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const set = response.headers.getSetCookie().find((one) => !one.includes('=;'))
  if (set !== undefined) cookie = set.split(';', 1)[0]!
  const answer = (await response.json()) as Record<string, never>
  expect(answer, `${method} ${path}`).not.toHaveProperty('fault')
  return answer
}

function send(server: Running, text: string, token?: string): Promise<Response> {
  const time = String(BigInt(Date.now()) * 1_000_000n)
  const record = { timeUnixNano: time, severityNumber: 9, body: { stringValue: text } }
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }
  const body = { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] }
  return fetch(`http://${server.address('otlp_http')}/v1/logs`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
}

async function found(server: Running, text: string): Promise<Record<string, string[]>> {
  const to_ms = Date.now() + 60_000
  const ask = { from_ms: to_ms - 3_600_000, to_ms, search: `"${text}"` }
  const { answer } = await api(server, 'POST', '/api/ask', { question: 'logs.records', ask })
  return answer!
}

describe('the server', () => {
  let server: Running
  let token = ''

  test('is ready on every port and prints its link', async () => {
    server = await ready()
    expect(server.text()).toMatch(/^setup http:\/\/127\.0\.0\.1:\d+\/setup#[\w-]{43}$/m)
    const [, setup] = /setup#(\S+)/.exec(server.text())!
    const made = await api(server, 'POST', '/api/setup', { token: setup, name: 'ada', password })
    expect(made.user).toEqual({ name: 'ada', role: 'admin' })
    const health = await fetch(`http://${server.address('ui')}/healthz`)
    expect(await health.json()).toMatchObject({ healthy: true })
  })

  test('what was sent is found', async () => {
    expect((await send(server, 'the first line')).status).toBe(200)
    const bodies = async () => (await found(server, 'the first line')).body
    await until(async () => (await bodies())?.length === 1, bodies)
  })

  test('a token binds its sender to a cluster, and stops when it is revoked', async () => {
    const created = await api(server, 'POST', '/api/tokens', { name: 'shop', cluster: 'eu-1' })
    token = created.token!
    expect((await send(server, 'with a token', token)).status).toBe(200)
    await api(server, 'DELETE', `/api/tokens/${created.id}`)
    expect((await send(server, 'with a revoked token', token)).status).toBe(401)
  })

  test('its figures tell what it did', async () => {
    const text = await (await fetch(`http://${server.address('ui')}/metrics`)).text()
    const f = (name: string, labels: Record<string, string>, value: string) => {
      const pairs = Object.entries(labels).map(([key, word]) => `${key}="${word}"`)
      const shown = pairs.length > 0 ? `${name}{${pairs.join(',')}}` : name
      const line = text.split('\n').find((one) => one.startsWith(`crowsnest_${shown} `))
      expect(line ?? `no ${shown}`).toMatch(new RegExp(` ${value}$`))
    }
    f('ingest_records_total', { source: 'otlp', signal: 'logs' }, '2')
    const fault = 'ingest_unauthenticated'
    f('listener_refused_total', { listener: 'otlp_http', fault }, '1')
    f('segments_batches_total', {}, '2')
    f('segments_ack_seconds_bucket', { le: '+Inf' }, '2')
    f('writer_lost_rows_total', { reason: 'insert_refused' }, '0')
    f('store_up', {}, '1')
    f('questions_total', { question: 'logs.records', outcome: 'answered' }, '\\d+')
  })

  test('the directory is taken', async () => {
    const second = start(['--listen.ui=off', '--listen.otlp_grpc=off', '--listen.otlp_http=off'])
    expect(await second.ended).toEqual([1, null])
    expect(second.text()).toContain('Another server is running on')
  })

  test('SIGTERM drains: what was just acknowledged is there after the next start', async () => {
    expect((await send(server, 'the last line')).status).toBe(200)
    const { code, took_ms } = await stop(server)
    expect(code).toBe(0)
    expect(took_ms).toBeLessThan(20_000)
    server = await ready()
    expect(server.text()).not.toContain('setup http')
    expect((await found(server, 'the last line')).body).toEqual(['the last line'])
    expect((await found(server, 'the first line')).body).toHaveLength(1)
  })

  test('kill -9 loses nothing that was acknowledged', async () => {
    expect((await send(server, 'before the kill')).status).toBe(200)
    const ended = once(server.child, 'exit')
    server.child.kill('SIGKILL')
    await ended
    server = await ready()
    const bodies = async () => (await found(server, 'before the kill')).body
    await until(async () => (await bodies())?.length === 1, bodies)
    expect((await stop(server)).code).toBe(0)
  })
})

describe('a start that cannot be', () => {
  const f = async (flags: string[], ...words: string[]) => {
    const { ended, text } = start([`--store.dir=${join(dir, 'none')}`, ...flags])
    expect(await ended).toEqual([1, null])
    for (const word of words) expect(text()).toContain(word)
    expect(text()).not.toContain('    at ')
  }
  test('says why and what to do', async () => {
    await f(['--listen.ui=0.0.0.0:0'], '0.0.0.0:0 without TLS', 'listen.insecure=true')
    await f(['--listen.otlp_http=[::]:0'], '[::]:0 without TLS')
    await f(['--listen.otlp_grcp=off'], 'Did you mean listen.otlp_grpc?')
    await f(['--tls.cert_file=/none.pem', '--tls.key_file=/none.pem'], 'tls.cert_file', '/none.pem')
    await f(['--store.dir=/etc/passwd/data'], 'store.dir', 'a writable directory')
    await f([`--config=${dir}`], 'config', 'a readable file', 'EISDIR')
    await f(['--tls.client_ca_file=/ca.pem'], 'tls.cert_file', 'TLS needs both')
    const quiet = ['ui', 'otlp_grpc', 'otlp_http'].map((name) => `--listen.${name}=127.0.0.1:0`)
    await f([...quiet, '--state.url=postgres://u:hush@127.0.0.1:1/x'], 'Users and tokens could not')
    await f([...quiet, '--store.url=http://127.0.0.1:1'], 'The store could not be opened')
  }, 90_000)

  test('names the address that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`
    const off = ['ui', 'otlp_grpc', 'otlp_http'].map((name) => `--listen.${name}=off`)
    for (const name of ['ui', 'otlp_http']) {
      await f([...off, `--listen.${name}=${taken}`], `Cannot listen on ${taken}`)
    }
    other.close()
  })
})

describe('beyond this machine', () => {
  test('senders need a token', async () => {
    const addresses = ['ui', 'otlp_http'].map((name) => `--listen.${name}=0.0.0.0:0`)
    const flags = [...addresses, '--listen.insecure', `--store.dir=${join(dir, 'open')}`]
    const server = await ready(flags)
    const link = /^setup http:\/\/localhost:\d+\/setup#(\S+)$/m.exec(server.text())!
    const refused = await send(server, 'no token')
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/json'])
    await api(server, 'POST', '/api/setup', { token: link[1], name: 'ada', password })
    const { token } = await api(server, 'POST', '/api/tokens', { name: 'shop', cluster: 'eu-1' })
    expect((await send(server, 'with a token', token)).status).toBe(200)
    expect((await stop(server)).code).toBe(0)
  })
})
