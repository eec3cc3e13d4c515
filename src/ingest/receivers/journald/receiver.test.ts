/** Journal entries in both formats, and systemd-journal-upload itself where it is installed. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig, until } from '../../../../test/ingest/rig.ts'
import { journalEntry } from '../../../../test/ingest/ways-journald.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(async () => {
  expect(rig.logged).toEqual([])
  await rig.close()
})

const now_us = () => BigInt(Math.floor(rig.clock.now_ms())) * 1000n
const logs = () => rig.segments.rows('logs')

async function post(path: string, body: Uint8Array, type = 'application/vnd.fdo.journal') {
  const answer = await fetch(`http://${rig.address('otlp_http')}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: Buffer.from(body),
  })
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> }
}

const fields = (): Record<string, string | Uint8Array> => ({
  __CURSOR: 's=1;i=2',
  __REALTIME_TIMESTAMP: String(now_us() + 5_000_000n),
  _SOURCE_REALTIME_TIMESTAMP: String(now_us() + 7n),
  __MONOTONIC_TIMESTAMP: '7',
  PRIORITY: '3',
  _PID: '4242',
  _HOSTNAME: 'node-1',
  _SYSTEMD_UNIT: 'ssh.service',
  SYSLOG_IDENTIFIER: 'sshd',
  MY_OWN: 'x=y',
  MESSAGE: 'Failed password',
})

const stored = {
  service: 'sshd',
  severity_number: 17,
  body: 'Failed password',
  attributes: { __CURSOR: 's=1;i=2', 'systemd.unit': 'ssh.service', 'journald.my_own': 'x=y' },
  numbers: { 'process.pid': 4242 },
}

test.each(['/upload', '/ingest/journald', '/ingest/journald/upload'])('%s', async (path) => {
  const answer = await post(path, journalEntry(fields()))
  expect(answer).toMatchObject({ status: 200, said: { accepted: 1, rejected: 0 } })
  expect(logs()[0]).toMatchObject(stored)
  expect(logs()[0]!.time).toBe((now_us() + 7n) * 1000n)
})

test('texts of several lines and bytes that are no text', async () => {
  const message = Buffer.from('one\ntwo=2\n\nthree')
  const bytes = Uint8Array.of(0xff, 0, 10)
  const entry = journalEntry({ ...fields(), MESSAGE: message, BLOB: bytes })
  await post('/upload', Buffer.concat([entry, entry, journalEntry({ MESSAGE: 'plain' })]))
  expect(logs().map(({ body }) => body)).toEqual([
    'one\ntwo=2\n\nthree',
    'one\ntwo=2\n\nthree',
    'plain',
  ])
  expect(logs()[0]!.attributes).toMatchObject({ 'journald.blob': '/wAK' })
})

test('lines of JSON, with a bad one among them', async () => {
  const lines = [fields(), { MESSAGE: [104, 105], _PID: '1' }].map((one) => JSON.stringify(one))
  const body = Buffer.from(`${lines[0]}\nno json\n${lines[1]}\n`)
  const answer = await post('/ingest/journald', body, 'application/json')
  expect(answer).toMatchObject({ status: 200, said: { accepted: 2, rejected: 1 } })
  expect(logs()[0]).toMatchObject(stored)
  expect(logs()[1]!.body).toBe('hi')
})

test('long uploads are stored part by part', async () => {
  const entries = Array.from({ length: 3000 }, (_, i) =>
    journalEntry({ ...fields(), MESSAGE: Buffer.from(`${i}\n${'x'.repeat(500)}`) }),
  )
  const { said } = await post('/upload', Buffer.concat(entries))
  expect(said).toMatchObject({ accepted: 3000 })
  expect(logs()).toHaveLength(3000)
  expect(rig.segments.appended.filter(({ table }) => table === 'logs').length).toBeGreaterThan(2)
})

test('what is no journal is refused', async () => {
  expect((await post('/upload', Buffer.from('MESSAGE\n\xff'))).status).toBe(400)
  expect((await post('/upload', new Uint8Array(0))).status).toBe(400)
  expect(logs()).toEqual([])
})

const remote = '/lib/systemd/systemd-journal-remote'
const uploader = '/lib/systemd/systemd-journal-upload'
const isHere = existsSync(remote) && existsSync(uploader)

describe.skipIf(!isHere)('systemd-journal-upload', () => {
  test('sends a journal file', async () => {
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const dir = mkdtempSync(`${tmpdir()}/crowsnest-journal-`)
    try {
      const entry = (i: number) =>
        journalEntry({
          ...fields(),
          __CURSOR: '',
          _BOOT_ID: '0123456789abcdef0123456789abcdef',
          __REALTIME_TIMESTAMP: String(now_us() + BigInt(i)),
          __MONOTONIC_TIMESTAMP: String(i),
          MESSAGE: `line ${i}`,
        })
      const text = [1, 2, 3].map(entry).map((one) => one.toString().replace('__CURSOR=\n', ''))
      writeFileSync(`${dir}/in.export`, text.join(''))
      await run(remote, [`--output=${dir}/out.journal`, `${dir}/in.export`])
      const url = `--url=http://${rig.address('otlp_http')}`
      await run(uploader, [
        url,
        `--file=${dir}/out.journal`,
        `--save-state=${dir}/state`,
        '--follow=false',
      ])
      await until('3 rows', () => logs().length >= 3, 20_000)
      expect(logs().map(({ body }) => body)).toEqual(['line 1', 'line 2', 'line 3'])
      expect(logs()[0]).toMatchObject({ service: 'sshd', severity_number: 17 })
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})
test.skipIf(isHere)('systemd-journal-remote is not installed', () => {})

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args)
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      if (code === 0) resolve()
      else reject(new Error(`${program} ended with ${code}: ${said}`))
    })
  })
}
