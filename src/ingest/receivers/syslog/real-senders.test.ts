/** rsyslog and logger(1) as Debian ships them, over TCP, TLS and UDP. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../../test/ingest/certificates.ts'
import { openRig, type Rig, type RigConfig, until } from '../../../../test/ingest/rig.ts'

const rsyslogd = '/usr/sbin/rsyslogd'
const gtls = '/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so'
const logger = '/usr/bin/logger'

let dir: string
let rig: Rig
let port: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'crowsnest-syslog-'))
})
afterEach(async () => {
  expect(rig.logged).toEqual([])
  await rig.close()
  rmSync(dir, { recursive: true })
})

async function open(config: RigConfig = {}): Promise<void> {
  rig = await openRig(config)
  port = rig.address('syslog').split(':')[1]!
}
const logs = () => rig.segments.rows('logs')
const rows = (count: number) => until(`${count} rows`, () => logs().length >= count, 20_000)

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        said += bytes
      })
    }
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(said) : reject(new Error(said))))
  })
}

describe.skipIf(!existsSync(logger))('logger(1)', () => {
  const forms = [
    ['--tcp', '--rfc5424'],
    ['--tcp', '--rfc5424', '--octet-count'],
    ['--tcp', '--rfc3164'],
    ['--udp', '--rfc5424'],
    ['--udp', '--rfc3164'],
  ]
  test.each(forms)('%s %s %s', async (...form) => {
    await open()
    const flags = form.filter((flag) => typeof flag === 'string')
    const to = ['--server', '127.0.0.1', '--port', port, '--priority', 'local3.err', '--tag', 'app']
    await run(logger, [...flags, ...to, '--id=42', 'hello: 세계'])
    await rows(1)
    expect(logs()).toHaveLength(1)
    expect(logs()[0]).toMatchObject({
      body: 'hello: 세계',
      service: 'app',
      severity_number: 17,
      attributes: { 'log.syslog.facility.name': 'local3' },
      numbers: { 'process.pid': 42, 'log.syslog.priority': 155 },
    })
    const sent_ms = Number((logs()[0]!.time as bigint) / 1_000_000n)
    expect(Math.abs(sent_ms - Date.now())).toBeLessThan(120_000)
  })
})
test.skipIf(existsSync(logger))('logger(1) of bsdutils is not installed', () => {})

describe.skipIf(!existsSync(rsyslogd))('rsyslog', () => {
  const actions: Record<string, string> = {
    'TCP, lines': 'protocol="tcp"',
    'TCP, counted': 'protocol="tcp" TCP_Framing="octet-counted"',
    'TCP, RFC 5424': 'protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"',
    UDP: 'protocol="udp"',
  }
  test.each(Object.entries(actions))('omfwd over %s', async (_name, action) => {
    await open()
    await forward(action)
  })

  test.skipIf(!existsSync(gtls))('omfwd over TLS', async () => {
    const { cert, key } = makeCertificate('crow')
    const files = { cert_file: join(dir, 'cert.pem'), key_file: join(dir, 'key.pem') }
    writeFileSync(files.cert_file, cert)
    writeFileSync(files.key_file, key)
    await open({ tls: files })
    const driver = 'StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="anon"'
    await forward(
      `protocol="tcp" ${driver}`,
      `global(DefaultNetstreamDriverCAFile="${files.cert_file}")`,
    )
  })

  /** Reads a file, as it does on every node, and sends it on. */
  async function forward(action: string, globals = ''): Promise<void> {
    const input = join(dir, 'app.log')
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i}: 한국어`)
    writeFileSync(input, `${lines.join('\n')}\n`)
    const config = [
      `global(workDirectory="${dir}")`,
      globals,
      'module(load="imfile" mode="polling" pollingInterval="1")',
      `input(type="imfile" file="${input}" tag="app:" severity="warning" facility="local1")`,
      `action(type="omfwd" target="127.0.0.1" port="${port}" ${action})`,
    ]
    writeFileSync(join(dir, 'rsyslog.conf'), `${config.join('\n')}\n`)
    const files = ['-f', join(dir, 'rsyslog.conf'), '-i', join(dir, 'pid')]
    const child = spawn(rsyslogd, ['-n', ...files], { stdio: 'ignore' })
    try {
      await rows(50)
    } finally {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('close', resolve))
    }
    const stored = logs().filter(({ service }) => service === 'app')
    expect(stored.map(({ body }) => body)).toEqual(lines)
    expect(stored[0]).toMatchObject({
      severity_number: 13,
      attributes: { 'log.syslog.facility.name': 'local1' },
    })
  }
})
test.skipIf(existsSync(rsyslogd))('rsyslog is not installed', () => {})
