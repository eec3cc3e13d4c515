/** The machine's own logs: files by path and pattern, and the journal through journalctl. */
import { appendFileSync, chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LogRig, until } from '../../../../test/agent/log-rig.ts'
import type { Running } from '../../collector.ts'
import { startJournal } from './journal.ts'
import { readEntry } from './journal-entry.ts'
import { startLogFiles } from './log-files.ts'
import { startHostLogs } from './log-files-or-journal.ts'

let rig: LogRig
let log: string
let running: Running[] = []
beforeEach(() => {
  rig = new LogRig()
  log = join(rig.root, 'var/log')
  mkdirSync(log, { recursive: true })
})
afterEach(async () => {
  for (const one of running) await one.stop()
  running = []
  await rig.end()
}, 30_000)

const count = () => rig.sink.chunks.reduce((sum, { records }) => sum + records, 0)

function start(paths: string[]): Running {
  const one = startLogFiles(paths, rig.context('host', {}))
  running.push(one)
  return one
}

describe('log files', () => {
  test('are read with their times and severities, and again only what is new', async () => {
    const syslog = join(log, 'syslog')
    writeFileSync(syslog, '2026-11-21T04:23:03.256874+00:00 host sshd[1]: error: no\n')
    const first = start(['/var/log/syslog'])
    await until('1 record', () => count() === 1)
    expect(rig.sink.records()[0]).toMatchObject({
      time: '1795234983256874000',
      attributes: { 'log.file.path': '/var/log/syslog' },
      resource: { 'host.name': 'node-1' },
    })
    await first.stop()
    running = []
    appendFileSync(syslog, 'plain line\n')
    renameSync(syslog, `${syslog}.1`)
    writeFileSync(syslog, 'new file\n')
    start(['/var/log/syslog'])
    await until('3 records', () => count() === 3)
    expect(rig.sink.bodies().slice(1)).toEqual(['plain line', 'new file'])
  })

  test('of before are read from near their end, and old rotated ones not at all', async () => {
    const line = `${'x'.repeat(99)}\n`
    writeFileSync(join(log, 'big.log'), `first\n${line.repeat(30_000)}last\n`)
    writeFileSync(join(log, 'big.log.1'), 'old\n')
    start(['/var/log/big.log'])
    await until('its end', () => rig.sink.bodies().includes('last'))
    const bodies = rig.sink.bodies()
    expect(bodies).not.toContain('first')
    expect(bodies).not.toContain('old')
    expect(bodies.length).toBeGreaterThan(10_000)
    // The first is a whole line, not the rest of one.
    expect(bodies[0]).toBe('x'.repeat(99))
  })

  test('are found by pattern, and told when they cannot be read', async () => {
    mkdirSync(join(log, 'app'))
    writeFileSync(join(log, 'app/a.log'), 'a\n')
    writeFileSync(join(log, 'app/b.log'), 'b\n')
    writeFileSync(join(log, 'app/c.txt'), 'c\n')
    mkdirSync(join(log, 'app/dir.log'))
    const one = start(['/var/log/app/*.log', '/var/log/not-there'])
    await until('2 records', () => count() === 2)
    expect(rig.sink.bodies().toSorted()).toEqual(['a', 'b'])
    await until('told', () => one.health().state === 'degraded')
    expect(one.health().message).toContain('/var/log/app/dir.log')
    expect(one.coverage().filter(({ state }) => state === 'blind')).toHaveLength(1)
  })

  test('that are not there at all are told', async () => {
    const one = start(['/var/log/*.log', '/var/log/syslog'])
    const blind = () => one.coverage().filter(({ reason }) => reason === 'no_file')
    await until('told', () => blind().length === 1)
    expect(one.health().state).toBe('healthy')
    writeFileSync(join(log, 'syslog'), 'at last\n')
    await until('read', () => count() === 1)
    expect(blind()).toEqual([])
  })
})

/** A journalctl that tells entries from its cursor on and then follows until it is ended. */
function journalctl(entries: number): string {
  const path = join(rig.root, 'journalctl')
  const body = `
const after = process.argv.find((word) => word.startsWith('--after-cursor='))
const from = after === undefined ? 0 : Number(after.split('=c')[1]) + 1
for (let i = from; i < ${entries}; i++) {
  const time = String(1795234983256874 + i)
  console.log(JSON.stringify({ __CURSOR: 'c' + i, __REALTIME_TIMESTAMP: time,
    MESSAGE: 'entry ' + i, PRIORITY: '3', SYSLOG_IDENTIFIER: i % 2 ? 'sshd' : 'cron', _PID: '7' }))
}
setInterval(() => {}, 1000)
`
  writeFileSync(path, `#!${process.execPath}\n${body}`)
  chmodSync(path, 0o755)
  return path
}

describe('the journal', () => {
  test('goes on after the entry that was durable last', async () => {
    const one = startJournal(rig.context('host', {}), journalctl(5000))
    running.push(one)
    await until('5000 records', () => count() === 5000)
    const record = rig.sink.records().find(({ body }) => body === 'entry 1')
    expect(record).toMatchObject({
      ...{ severity: 17, time: '1795234983256875000', attributes: { 'process.pid': '7' } },
      resource: { 'service.name': 'sshd', 'host.name': 'node-1' },
    })
    rig.kill()
    running = []
    await one.stop().catch(() => {})
    running.push(startJournal(rig.context('host', {}), journalctl(5010)))
    await until('5010 records', () => count() === 5010)
    expect(new Set(rig.sink.bodies()).size).toBe(5010)
  })

  test('that cannot be read is said', async () => {
    const one = startJournal(rig.context('host', {}), join(rig.root, 'nothing'))
    running.push(one)
    await until('degraded', () => one.health().state === 'degraded')
    expect(one.coverage()).toMatchObject([{ state: 'blind', reason: 'unreadable' }])
  })

  test('makes copies of it in files unneeded, where it is written and can be read', async () => {
    const search = join(rig.root, 'bin')
    const here = (log_files: string[]) => {
      const all = startHostLogs(rig.context('host', { log_files }), search)
      running.push(...all)
      return all
    }
    writeFileSync(join(log, 'syslog'), 'a copy\n')
    writeFileSync(join(log, 'auth.log'), 'another copy\n')
    writeFileSync(join(log, 'app.log'), 'its own\n')
    const both = ['/var/log/syslog', '/var/log/*.log']
    expect(here(['/var/log/syslog', '/x/app.log'])).toHaveLength(1)
    // A package left its directory, but systemd never ran here.
    mkdirSync(join(log, 'journal'))
    expect(here(['/var/log/syslog'])).toHaveLength(1)
    mkdirSync(join(log, 'journal', '0a'.repeat(16)))
    const [unread, files] = here(both)
    expect(files).toBeDefined()
    expect(unread!.health().state).toBe('healthy')
    expect(unread!.coverage()).toMatchObject([{ state: 'blind', reason: 'unreadable' }])
    await until('all files', () => new Set(rig.sink.bodies()).size === 3)
    for (const one of running) await one.stop()
    running = []
    await rig.end()
    rig = new LogRig()
    log = join(rig.root, 'var/log')
    mkdirSync(join(log, 'journal', '0a'.repeat(16)), { recursive: true })
    mkdirSync(join(rig.root, 'bin'))
    renameSync(journalctl(0), join(rig.root, 'bin', 'journalctl'))
    writeFileSync(join(log, 'auth.log'), 'another copy\n')
    writeFileSync(join(log, 'app.log'), 'its own\n')
    const parts = startHostLogs(rig.context('host', { log_files: both }), join(rig.root, 'bin'))
    running.push(...parts)
    expect(parts).toHaveLength(2)
    await until('one file', () => rig.sink.bodies().length > 0)
    expect(rig.sink.bodies()).toEqual(['its own'])
  })

  test('entries in every shape', () => {
    const time = { __CURSOR: 'c', __REALTIME_TIMESTAMP: '1' }
    const read = (fields: object) => readEntry(JSON.stringify({ ...time, ...fields }))
    expect(read({ MESSAGE: [104, 105] })?.message).toBe('hi')
    expect(read({ MESSAGE: ['a', 'b'] })?.message).toBe('a')
    expect(read({ MESSAGE: null, PRIORITY: '0' })).toMatchObject({ message: '', severity: 21 })
    expect(read({ _COMM: 'sh' })?.identifier).toBe('sh')
    expect(readEntry('{"MESSAGE":"no cursor"}')).toBeUndefined()
    expect(readEntry('not json')).toBeUndefined()
  })
})
