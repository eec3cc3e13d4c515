/** Syslog messages as they are met, and what of them becomes which field. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Row } from '../../../../test/ingest/read-rows.ts'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { decodeSyslog, joinMessages } from './decode.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig({ listeners: [] })
  rig.clock.advance(Date.UTC(2026, 10, 21, 12) - rig.clock.now_ms())
})
afterAll(() => rig.close())

async function read(message: string | Uint8Array): Promise<Row> {
  const body = joinMessages([Buffer.from(message as string)])
  await rig.intake.take({ source: 'syslog', signal: 'logs', decode: decodeSyslog }, body, {})
  return rig.segments.rows('logs').at(-1)!
}

function hostOf(row: Row): string {
  const resources = rig.segments.rows('resources')
  const found = resources.find(({ resource_id }) => resource_id === row.resource_id)
  return (found!.attributes as Record<string, string>)['host.name'] ?? ''
}

type Expected = {
  body: string
  host?: string
  service?: string
  pid?: number
  time?: string
  severity_number?: number
  attributes?: Record<string, string>
}

async function f(message: string, expected: Expected): Promise<void> {
  const row = await read(message)
  const {
    body,
    host = '',
    service = 'unknown_service',
    pid,
    time,
    attributes = {},
    severity_number,
  } = expected
  expect(row).toMatchObject({ body, service })
  expect(row.attributes).toMatchObject(attributes)
  expect(hostOf(row)).toBe(host)
  expect((row.numbers as Record<string, number>)['process.pid']).toBe(pid)
  if (severity_number !== undefined) expect(row.severity_number).toBe(severity_number)
  if (time !== undefined) {
    expect(new Date(Number((row.time as bigint) / 1_000_000n)).toISOString()).toBe(time)
  }
}

describe('RFC 5424', () => {
  test('examples of the RFC', async () => {
    await f(
      '<34>1 2026-11-20T22:14:15.003Z mymachine.example.com su - ID47 - ' +
        "\ufeff'su root' failed on /dev/pts/8",
      {
        body: "'su root' failed on /dev/pts/8",
        host: 'mymachine.example.com',
        service: 'su',
        time: '2026-11-20T22:14:15.003Z',
        severity_number: 18,
        attributes: {
          'log.syslog.msgid': 'ID47',
          'log.syslog.facility.name': 'security/authorization',
          'log.syslog.severity.name': 'critical',
        },
      },
    )
    await f(
      '<165>1 2026-11-20T22:14:15.003000+09:00 192.0.2.1 evntslog 42 ID47 ' +
        '[exampleSDID@32473 iut="3" eventSource="App\\"l\\]ic\\\\ation"]' +
        '[examplePriority@32473 class="high"] An event',
      {
        body: 'An event',
        host: '192.0.2.1',
        service: 'evntslog',
        pid: 42,
        time: '2026-11-20T13:14:15.003Z',
        attributes: {
          'syslog.sd.exampleSDID@32473.iut': '3',
          'syslog.sd.exampleSDID@32473.eventSource': 'App"l]ic\\ation',
          'syslog.sd.examplePriority@32473.class': 'high',
        },
      },
    )
  })

  test('nothing said, and no message', async () => {
    await f('<13>1 - - - - - -', { body: '' })
    await f('<13>1 - h a p-1 - [x]', {
      body: '',
      host: 'h',
      service: 'a',
      attributes: { 'log.syslog.procid': 'p-1' },
    })
  })
})

describe('RFC 3164 and what is called so', () => {
  test('with host and tag', async () => {
    await f("<34>Nov 11 22:14:15 mymachine su: 'su root' failed", {
      body: "'su root' failed",
      host: 'mymachine',
      service: 'su',
      time: '2026-11-11T22:14:15.000Z',
      severity_number: 18,
    })
    await f('<13>Nov  9 02:14:15 web-1 app[123]: hello: world', {
      body: 'hello: world',
      host: 'web-1',
      service: 'app',
      pid: 123,
      time: '2026-11-09T02:14:15.000Z',
    })
  })

  test('without a host, as to the socket of the own machine', async () => {
    await f('<13>Nov 21 02:14:15 root: hello', { body: 'hello', service: 'root' })
    await f('<13>Nov 21 02:14:15 cron[7]: hello', { body: 'hello', service: 'cron', pid: 7 })
  })

  test('other times', async () => {
    const time = '2026-11-20T22:14:15.123Z'
    const rest = { body: 'm', host: 'h', service: 'a', time }
    await f('<13>2026-11-20T22:14:15.123Z h a: m', rest)
    await f('<13>2026-11-20T23:14:15.123456+01:00 h a: m', rest)
    await f('<13>Nov 20 22:14:15.123 h a: m', rest)
    await f('<13>Nov 20 2026 22:14:15.123 h a: m', rest)
    await f('<13>Nov 20 22:14:15.123 UTC: a: m', { ...rest, host: '' })
  })

  test('devices of Cisco', async () => {
    await f('<189>237: *Nov 20 22:14:15.123: %SYS-5-CONFIG_I: Configured from console', {
      body: 'Configured from console',
      time: '2026-11-20T22:14:15.123Z',
      severity_number: 10,
      attributes: { 'log.syslog.msgid': 'SYS-5-CONFIG_I' },
    })
    await f('<166>Nov 20 2026 22:14:15: %ASA-6-302013: Built inbound TCP', {
      body: 'Built inbound TCP',
      attributes: { 'log.syslog.msgid': 'ASA-6-302013' },
    })
  })

  test('no priority, no time, nothing known', async () => {
    const attributes = { 'log.syslog.severity.name': 'notice' }
    await f('just a line', { body: 'just a line', attributes })
    await f('<999>x', { body: 'x', attributes })
    await f('<13>', { body: '', attributes })
    await f('<13>1 apple a day\r\n\0', { body: '1 apple a day', attributes })
    await f('<13>https://example.com/ is up', { body: 'https://example.com/ is up' })
  })

  test('the year is the nearest', async () => {
    const year = Date.UTC(2026, 11, 31, 23, 59) - rig.clock.now_ms()
    rig.clock.advance(year)
    await f('<13>Jan  1 00:00:30 h a: m', {
      body: 'm',
      host: 'h',
      service: 'a',
      time: '2027-01-01T00:00:30.000Z',
    })
    rig.clock.advance(120_000)
    await f('<13>Dec 31 23:59:59 h a: m', {
      body: 'm',
      host: 'h',
      service: 'a',
      time: '2026-12-31T23:59:59.000Z',
    })
    rig.clock.advance(-year - 120_000)
  })
})

test('JSON behind a cookie is taken apart', async () => {
  const row = await read(
    '<13>Nov 21 02:14:15 h app: @cee: {"msg":"hi","user":{"id":"7"},"level":"error"}',
  )
  expect(row).toMatchObject({ body: 'hi', service: 'app' })
  expect(row.attributes).toMatchObject({ 'user.id': '7' })
})
