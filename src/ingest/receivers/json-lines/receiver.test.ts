/** What senders of JSON records are answered, by curl itself where there is one. */
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { sendHttp } from '../../../../test/ingest/senders.ts'
import { Fault } from '../../../model/faults.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig({})
})
afterEach(() => rig.close())

async function ask(body: string, path = '/ingest/jsonl', method = 'POST') {
  const answer = await sendHttp(rig.address('otlp_http'), {
    path,
    chunks: body === '' ? [] : [Buffer.from(body)],
    method,
  })
  return { ...answer, json: JSON.parse(answer.body.toString() || '{}') }
}

test('each record is answered for', async () => {
  const answer = await ask('{"message":"a"}\n{"message":\n{"timestamp":"2001-09-09T01:46:40Z"}\n')
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({
    accepted: 1,
    rejected: 2,
    errors: [
      { line: 2, record: 2, reason: 'line_malformed', detail: expect.stringContaining('expected') },
      { line: 3, record: 3, reason: 'time_too_old' },
    ],
  })
  expect(rig.segments.rows('logs')).toHaveLength(1)
})

test('only when nothing was good it is 400', async () => {
  expect(await ask('hello')).toMatchObject({ status: 400, json: { accepted: 0, rejected: 1 } })
  expect(await ask('')).toMatchObject({ status: 200, json: { accepted: 0, rejected: 0 } })
})

test("what rsyslog's omhttp sends: a record, a batch of lines, a batch as an array", async () => {
  const time = new Date(rig.clock.now_ms()).toISOString()
  const record =
    `{"@timestamp":"${time}", "host.name":"web-1", "severity":"err", ` +
    '"service.name":"nginx", "message":" disk full"}'
  const address = `http://${rig.address('otlp_http')}/ingest/jsonl`
  const send = async (text: string, media: string) => {
    const headers = { 'content-type': `${media}; charset=utf-8`, 'content-encoding': 'gzip' }
    const answer = await fetch(address, { method: 'POST', body: gzipSync(text), headers })
    expect([answer.status, await answer.json()]).toMatchObject([200, { rejected: 0 }])
  }
  await send(record, 'application/json')
  await send(`${record}\n${record}`, 'text/plain')
  await send(`[${record},${record}]`, 'application/json')
  const row = { service: 'nginx', severity_number: 17, body: ' disk full' }
  expect(rig.segments.rows('logs')).toMatchObject([row, row, row, row, row])
})

test('faults are told in JSON', async () => {
  expect(await ask('', '/ingest/jsonl', 'GET')).toMatchObject({
    status: 405,
    headers: { allow: 'POST' },
    json: { error: { code: 'method_unsupported' } },
  })
  rig.segments.failsWith = new Fault('ingest_busy', { buffered_bytes: 9, retry_after_s: 7 })
  expect(await ask('{"message":"a"}')).toMatchObject({
    status: 429,
    headers: { 'retry-after': '7' },
  })
})

const hasCurl = spawnSync('curl', ['--version']).status === 0
test.skipIf(!hasCurl)('the curl of the documentation (skipped without curl)', async () => {
  const page = readFileSync(
    new URL('../../../../docs/get-data-in/json-lines.md', import.meta.url),
    'utf8',
  )
  const command = /^curl .*$/m.exec(page)?.[0]
  expect(command).toContain('http://localhost:4318/ingest/jsonl')
  rig.tokens.set('<token>', { token_id: 't1', cluster: 'prod' })
  const here = command!.replace('localhost:4318', rig.address('otlp_http'))
  const { stdout } = await promisify(execFile)('sh', ['-c', here], { timeout: 20_000 })
  expect(JSON.parse(stdout)).toEqual({ accepted: 1, rejected: 0, errors: [] })
  expect(rig.segments.rows('logs')).toMatchObject([{ service: 'backup', cluster: 'prod' }])
})
