/** Documents of bulk requests: what is answered, what is stored, and what is stored once. */
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { sendHttp } from '../../../../test/ingest/senders.ts'
import { Fault } from '../../../model/faults.ts'

let rig: Rig
/** Ids are remembered by the process: each test has its own. */
let run = 0
beforeEach(async () => {
  run++
  rig = await openRig({ listeners: [{ name: 'elastic', address: '127.0.0.1:0' }] })
})
afterEach(async () => {
  expect(rig.logged).toEqual([])
  await rig.close()
})

type Item = {
  _index: string
  _id: string
  status: number
  result?: string
  _version?: number
  error?: { type: string; reason: string }
}

async function send(lines: string | Uint8Array, path = '/_bulk', more = {}) {
  const headers = { 'content-type': 'application/x-ndjson', ...more }
  const chunks = [Buffer.from(lines)]
  const answer = await sendHttp(rig.address('elastic'), { path, headers, chunks })
  const text = answer.body.toString()
  const json = JSON.parse(text)
  const items = (json.items ?? []) as Record<string, Item>[]
  return { ...answer, text, json, items, of: items.map((item) => Object.values(item)[0]!) }
}

const at = '2026-11-21T10:00:00.123456789Z'
const lines = (...all: object[]) => all.map((one) => `${JSON.stringify(one)}\n`).join('')
const logs = () => rig.segments.rows('logs')
const bodies = () => logs().map(({ body }) => body)

function now(): string {
  return new Date(rig.clock.now_ms()).toISOString()
}

describe('actions', () => {
  test('each has its item, in order and under its own name', async () => {
    const answer = await send(
      lines(
        { index: { _index: 'a' } },
        { message: 'one' },
        { create: { _index: 'logs-app-prod', _id: `id-${run}` } },
        { message: 'two' },
        { delete: { _index: 'a', _id: 'gone' } },
        { update: { _index: 'a', _id: `up-${run}` } },
        { doc: { message: 'three' }, doc_as_upsert: true },
        { update: { _index: 'a', _id: 'x' } },
        { script: { source: 'ctx._source.n++' } },
        { index: { _index: 'a' } },
        { message: 'four' },
      ),
    )
    expect(answer.items.map((item) => Object.keys(item)[0])).toEqual([
      ...['index', 'create', 'delete', 'update', 'update', 'index'],
    ])
    expect(answer.of.map(({ status }) => status)).toEqual([201, 201, 200, 201, 400, 201])
    expect(answer.of[1]!._id).toBe(`id-${run}`)
    expect(answer.of[1]!._index).toMatch(/^\.ds-logs-app-prod-\d{4}\.\d\d\.\d\d-000001$/)
    expect(answer.of[2]!.result).toBe('not_found')
    expect(answer.of[4]!.error!.reason).toContain('doc_as_upsert')
    expect(answer.json.errors).toBe(true)
    expect(bodies()).toEqual(['one', 'two', 'three', 'four'])
  })

  test('the answer of a good request has the letters that Fluent Bit looks for', async () => {
    const { text } = await send(lines({ create: { _index: 'a' } }, { message: 'x' }))
    expect(text).toMatch(/^\{"took":\d+,"errors":false,"items":\[\{"create":\{/)
  })

  test('what Beats ask for is what they get', async () => {
    const path = '/_bulk?filter_path=errors,items.*.error,items.*.status'
    const mixed = `{"create":{"_index":"a"}}\n{"message":"x"}\n{"create":{}}\n{broken\n`
    const { text } = await send(mixed, path)
    const both =
      '{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400,"error":'
    expect(text.startsWith(both), text).toBe(true)
    const good = lines({ index: { _index: 'a' } }, { message: 'x' })
    expect((await send(good, path)).text).toBe(
      '{"errors":false,"items":[{"index":{"status":201}}]}',
    )
    expect((await send(good, '/_bulk?filter_path=errors')).text).toBe('{"errors":false}')
    expect((await send(good, '/_bulk?filter_path=-items')).json).toEqual({
      took: expect.any(Number),
      errors: false,
    })
  })

  test('blank lines and a missing last newline are no trouble', async () => {
    await send(
      '\n{"index":{"_index":"a"}}\r\n\n{"message":"x"}\r\n\n\n' +
        '{"index":{"_index":"a"}}\n{"message":"y"}',
    )
    expect(bodies()).toEqual(['x', 'y'])
  })

  test('a bad document does not take good ones with it', async () => {
    const bad = ['{"a":', '[1]', '"text"', '{"a":[1,]}', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`]
    const body = bad.map((one) => `{"index":{"_index":"a"}}\n${one}\n`).join('')
    const { of } = await send(`${body}${lines({ index: { _index: 'a' } }, { message: 'good' })}`)
    expect(of.map(({ status }) => status)).toEqual([...bad.map(() => 400), 201])
    for (const { error } of of.slice(0, -1)) expect(error!.type).toBe('document_parsing_exception')
    expect(bodies()).toEqual(['good'])
    expect(rig.counters.records()[0]).toMatchObject({
      source: 'elastic',
      accepted: 1,
      rejected: { document_malformed: 4, nesting_too_deep: 1 },
    })
  })

  test('an index that cannot be is told', async () => {
    const name = 'a'.repeat(300)
    const { of } = await send(lines({ index: { _index: name } }, { a: 1 }, { index: {} }, { a: 1 }))
    expect(of.map(({ error }) => error?.type)).toEqual([
      'invalid_index_name_exception',
      'invalid_index_name_exception',
    ])
  })
})

describe('identity', () => {
  const one = (operation: string, message = 'x') =>
    lines({ [operation]: { _index: `i-${run}`, _id: '1' } }, { message })

  test('a whole request that comes again is answered and not stored', async () => {
    for (const operation of ['index', 'create']) {
      const second = lines({ [operation]: { _index: `i-${run}`, _id: '2' } }, { a: 1 })
      const body = `${one(operation)}${second}`
      await send(body, `/${operation}-${run}/_bulk`)
      const before = logs().length
      const again = await send(body, `/${operation}-${run}/_bulk`)
      expect(again.of.map(({ status, result }) => `${status} ${result}`)).toEqual([
        '200 noop',
        '200 noop',
      ])
      expect(again.json.errors).toBe(false)
      expect(logs()).toHaveLength(before)
    }
  })

  test('a document that was stored is a conflict to create, beside new ones', async () => {
    await send(one('create'))
    const { of } = await send(
      `${one('create')}${lines({ create: { _index: 'a' } }, { message: 'new' })}`,
    )
    expect(of.map(({ status }) => status)).toEqual([409, 201])
    expect(of[0]!.error!.type).toBe('version_conflict_engine_exception')
    expect(bodies()).toEqual(['x', 'new'])
  })

  test('the same chunk in other bytes is stored once', async () => {
    await send(one('create'))
    const { of } = await send(`\n${one('create')}\n`)
    expect(of).toMatchObject([{ status: 200, result: 'noop' }])
    expect(bodies()).toEqual(['x'])
  })

  test('another document under a known id is a new version of it', async () => {
    await send(one('index', 'x'))
    const { of } = await send(`${one('index', 'x')}${one('index', 'y')}${one('create', 'z')}`)
    expect(of.map(({ status, result }) => `${status} ${result ?? ''}`)).toEqual([
      '200 noop',
      '200 updated',
      '409 ',
    ])
    expect(bodies()).toEqual(['x', 'y'])
    expect(logs()[1]).toMatchObject({ attributes: { _id: '1' } })
  })

  test('what could not be stored may come again', async () => {
    rig.segments.failsWith = new Fault('ingest_busy', { buffered_bytes: 9, retry_after_s: 7 })
    const busy = await send(one('create'))
    expect(busy.status).toBe(429)
    expect(busy.headers['retry-after']).toBe('7')
    expect(busy.json).toMatchObject({
      error: { type: 'es_rejected_execution_exception' },
      status: 429,
    })
    rig.segments.failsWith = undefined
    rig.clock.advance(250)
    expect((await send(one('create'))).of).toMatchObject([{ status: 201 }])
    expect(bodies()).toEqual(['x'])
  })

  test('what was refused may come again, corrected', async () => {
    const bad = `{"create":{"_index":"i-${run}","_id":"1"}}\n{"message":}\n`
    expect((await send(bad)).of).toMatchObject([{ status: 400 }])
    expect((await send(one('create'))).of).toMatchObject([{ status: 201 }])
  })
})

describe('documents', () => {
  test('ECS fields are columns, resource and attributes', async () => {
    const document = {
      '@timestamp': at,
      message: 'hello',
      'log.level': 'warn',
      log: { file: { path: '/var/log/x' }, offset: 12 },
      trace: { id: '5b8aa5a2d2c872e8321cf37308d69df2' },
      kubernetes: { namespace: 'shop', pod: { name: 'cart-7d9c5b6f4-x7k2p', uid: 'u1' } },
      tags: ['a', 'b'],
    }
    await send(lines({ create: { _index: 'filebeat-8.19.0-2026.11.21' } }, document))
    expect(logs()[0]).toMatchObject({
      time: 1795255200123456789n,
      body: 'hello',
      severity_text: 'warn',
      severity_number: 13,
      namespace: 'shop',
      pod: 'cart-7d9c5b6f4-x7k2p',
      workload: 'cart',
      trace_id: '5b8aa5a2d2c872e8321cf37308d69df2',
      attributes: {
        _index: 'filebeat-8.19.0-2026.11.21',
        'data_stream.dataset': 'filebeat',
        'log.file.path': '/var/log/x',
        tags: '["a","b"]',
      },
      numbers: { 'log.offset': 12 },
    })
  })

  test('the index says what the document does not', async () => {
    const streamOf = async (index: string, document: object) => {
      const before = logs().length
      await send(lines({ create: { _index: index } }, { message: 'x', ...document }))
      const { attributes } = logs()[before] as { attributes: Record<string, string> }
      const parts = ['type', 'dataset', 'namespace'].map((one) => attributes[`data_stream.${one}`])
      return [...parts, attributes._index]
    }
    const f = async (index: string, document: object, expected: (string | undefined)[]) =>
      expect(await streamOf(index, document)).toEqual(expected)
    await f('logs-nginx.access-prod', {}, ['logs', 'nginx.access', 'prod', undefined])
    await f('.ds-logs-a-b-2026.11.21-000002', {}, ['logs', 'a', 'b', undefined])
    const own = { data_stream: { type: 'logs', dataset: 'mine', namespace: 'n' } }
    await f('logs-a-b', own, ['logs', 'mine', 'n', undefined])
    await f('fluentd-00001', {}, [undefined, 'fluentd', undefined, 'fluentd-00001'])
    const module = { event: { dataset: 'redis.log' } }
    await f('filebeat-8.1.0', module, [undefined, 'redis.log', undefined, 'filebeat-8.1.0'])
    await f('logstash-2026.11.21', {}, [undefined, 'logstash', undefined, 'logstash-2026.11.21'])
    const day = now().slice(0, 10).replaceAll('-', '.')
    await f('<app-{now/d}>', {}, [undefined, 'app', undefined, `app-${day}`])
  })

  test('figures of Metricbeat are samples, its messages are rows', async () => {
    const frame = {
      '@timestamp': now(),
      agent: { id: 'a1', version: '8.19.0' },
      ecs: { version: '8' },
    }
    const filesystem = {
      ...frame,
      host: { name: 'node-1', ip: ['10.0.0.1'], cpu: { usage: 0.25 } },
      metricset: { name: 'filesystem', period: 10000 },
      event: { dataset: 'system.filesystem', duration: 1234, module: 'system' },
      system: { filesystem: { mount_point: '/data', type: 'ext4', used: { bytes: 5, pct: 0.5 } } },
    }
    const pod = {
      ...frame,
      metricset: { name: 'state_pod' },
      event: { dataset: 'kubernetes.state_pod' },
      kubernetes: {
        namespace: 'shop',
        pod: { name: 'cart-1', status: { phase: 'running', ready: 'true' } },
      },
    }
    const failed = { ...frame, metricset: { name: 'cpu' }, error: { message: 'no such file' } }
    const event = {
      ...frame,
      message: 'Back-off restarting',
      event: { dataset: 'kubernetes.event', kind: 'event' },
      kubernetes: { event: { count: 3, message: 'Back-off restarting' } },
    }
    const action = { index: { _index: 'metricbeat-8.19.0' } }
    const sent = [filesystem, pod, failed, event].flatMap((one) => [action, one])
    expect((await send(lines(...sent))).json.errors).toBe(false)
    const series = rig.segments.rows('metric_series')
    const named = series.map(({ metric, attributes, unit }) => ({ metric, attributes, unit }))
    const place = {
      'system.filesystem.mount_point': '/data',
      'system.filesystem.type': 'ext4',
    }
    expect(named).toEqual(
      expect.arrayContaining([
        { metric: 'system.filesystem.used.bytes', attributes: place, unit: 'By' },
        { metric: 'system.filesystem.used.pct', attributes: place, unit: '1' },
        { metric: 'host.cpu.usage', attributes: place, unit: '' },
        { metric: 'kubernetes.pod.status.ready', attributes: {}, unit: '' },
        { metric: 'kubernetes.pod.status.phase', attributes: { phase: 'running' }, unit: '' },
      ]),
    )
    expect(named).toHaveLength(5)
    expect(series.find(({ metric }) => metric === 'kubernetes.pod.status.ready')).toMatchObject({
      namespace: 'shop',
      pod: 'cart-1',
    })
    expect(bodies()).toEqual([JSON.stringify(failed), 'Back-off restarting'])
    expect(rig.counters.records()[0]).toMatchObject({ signal: 'metrics', accepted: 4 })
  })

  test('one kind of answer for one document', async () => {
    const put = (path: string, method: string) =>
      sendHttp(rig.address('elastic'), {
        path,
        method,
        chunks: [Buffer.from(lines({ message: 'x' }))],
      })
    expect((await put(`/idx-${run}/_doc?filter_path=result`, 'POST')).body.toString()).toBe(
      '{"result":"created"}',
    )
    expect((await put(`/idx-${run}/_create/1`, 'PUT')).status).toBe(201)
    expect((await put(`/idx-${run}/_create/1`, 'PUT')).status).toBe(409)
    expect((await put(`/idx-${run}/_doc/1`, 'PUT')).status).toBe(200)
    expect(bodies()).toEqual(['x', 'x'])
  })
})

describe('the wire', () => {
  const good = lines({ index: { _index: 'a' } }, { message: 'x' })

  test('media types are answered in kind, and bodies read by their path', async () => {
    const vendored = 'application/vnd.elasticsearch+json; compatible-with=9'
    const { headers } = await send(good, '/_bulk', { accept: vendored, 'content-type': vendored })
    expect(headers['content-type']).toBe('application/vnd.elasticsearch+json;compatible-with=9')
    expect((await send(good, '/_bulk', { 'content-type': 'text/csv' })).status).toBe(200)
  })

  test('gzip is read, and spoken to those who read it', async () => {
    const many = good.repeat(50)
    const answer = await sendHttp(rig.address('elastic'), {
      path: '/_bulk',
      headers: { 'content-encoding': 'gzip', 'accept-encoding': 'gzip' },
      chunks: [gzipSync(many)],
    })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(logs()).toHaveLength(50)
    const plain = await send(many, '/_bulk', { 'accept-encoding': 'gzip;q=0' })
    expect(plain.headers['content-encoding']).toBeUndefined()
  })

  test('a stranger is told how to prove who he is', async () => {
    rig.tokens.set('cn_right', { token_id: 't1', cluster: 'prod' })
    const { status, headers, json } = await send(good)
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toMatch(/^Basic realm="security", charset="UTF-8"/)
    expect(headers['x-elastic-product']).toBe('Elasticsearch')
    expect(json).toMatchObject({ error: { type: 'security_exception' }, status: 401 })
    const basic = Buffer.from('elastic:cn_right').toString('base64')
    for (const authorization of [`Basic ${basic}`, `ApiKey ${basic}`, 'Bearer cn_right']) {
      expect((await send(good, '/_bulk', { authorization })).status).toBe(200)
    }
    expect(logs()[0]).toMatchObject({ cluster: 'prod' })
  })
})

const captured = new URL(
  '../../../../../shared/testdata/fluent-bit/es.bulk-1.body',
  import.meta.url,
)

test.skipIf(!existsSync(captured))(
  'what Fluent Bit sent: 43 records [needs testdata]',
  async () => {
    const { of, json } = await send(readFileSync(captured))
    expect(json.errors).toBe(false)
    expect(of).toHaveLength(43)
    expect(logs()).toHaveLength(43)
    const [first] = logs()
    expect(first).toMatchObject({
      body: 'GET /cart/1 took 7ms',
      severity_text: 'info',
      trace_id: '5b8aa5a2d2c872e8321cf37308d69df2',
      time: 1795234983314612415n,
    })
    const sent = readFileSync(captured, 'utf8')
      .split('\n')
      .filter((_line, i) => i % 2 === 1)
    const expected = sent.slice(0, 43).map((line) => {
      const { time } = JSON.parse(line) as { time: string }
      const fraction = (/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(9, '0')
      return BigInt(Math.floor(Date.parse(time) / 1000)) * 1_000_000_000n + BigInt(fraction)
    })
    expect(logs().map(({ time }) => time)).toEqual(expected)
    expect(bodies()).toContain('GET /cart/6 took 42ms')
  },
)
