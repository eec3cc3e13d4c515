/** The writer and the log together, through kills, power cuts and stores that refuse. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { FakeDisk } from '../../test/faults/fake-disk.ts'
import { Fault } from '../model/faults.ts'
import { encodeRecord, scan, segmentHeader } from './segment-format.ts'
import { columnsFingerprint } from './segment-live.ts'
import { openSegments, type TableRows } from './segments.ts'
import type { InsertOptions } from './store.ts'
import { startWriter, type Writer } from './writer.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const DIR = '/wal'

type Refusal = 'away' | 'full' | 'poison' | 'lost answer'

/** Tables that remember tokens, as the engine does; shared by all processes of a test. */
class FakeTables {
  rows: string[] = []
  order: string[] = []
  tokens = new Set<string>()
  refuse: (table: string) => Refusal | undefined = () => undefined

  async insert(table: string, bytes: readonly Uint8Array[], options: InsertOptions) {
    await Promise.resolve()
    const refusal = this.refuse(table)
    if (refusal === 'away') throw new Fault('store_unavailable', { since: 'now' })
    if (refusal === 'full') {
      const cause = Object.assign(new Error('NOT_ENOUGH_SPACE'), { retryable: true })
      throw new Fault('query_failed', { detail: 'code 243' }, cause)
    }
    if (refusal === 'poison') throw Object.assign(new Error('no'), { retryable: false })
    if (!this.tokens.has(options.token)) {
      this.tokens.add(options.token)
      this.order.push(table)
      const rows = bytes.flatMap((part) => Buffer.from(part).toString().trim().split(' '))
      const compares = options.isUnsure === true || table === 'resources'
      this.rows.push(...(compares ? rows.filter((row) => !this.rows.includes(row)) : rows))
    }
    if (refusal === 'lost answer') throw new Error('socket hang up')
  }

  /** The engine syncs its rows but not its memory of tokens. */
  powerCut() {
    this.tokens.clear()
  }
}

function batch(text: string, table: TableRows['table'] = 'logs'): TableRows {
  return { table, rows: text.trim().split(' ').length, bytes: Buffer.from(`${text} `) }
}

const closing: Writer[] = []
afterEach(() => Promise.all(closing.splice(0).map((writer) => writer.close(1000))))

async function boot(disk: FakeDisk, tables: FakeTables, clock = { now_ms: 1.7e12 }) {
  const files = disk.files()
  const context = { log: quiet, now_ms: () => clock.now_ms, files }
  const segments = await openSegments({ dir: DIR, tick_ms: 0, rows_max: 6 }, context)
  const waits: number[] = []
  // Backing off takes no time here; a deadline, which is longer, never comes.
  const wait = (ms: number) => {
    waits.push(ms)
    return new Promise<void>((resolve) => (ms < 6000 ? setImmediate(resolve) : undefined))
  }
  const writer = startWriter({ dir: DIR }, { ...context, segments, store: tables, wait })
  return { segments, writer, waits }
}

async function start() {
  const disk = new FakeDisk()
  const tables = new FakeTables()
  const process = await boot(disk, tables)
  closing.push(process.writer)
  return { disk, tables, ...process }
}

describe('the writer', () => {
  test('inserts identities first, one block a table, and removes the file', async () => {
    const { disk, tables, segments, writer } = await start()
    await segments.append([batch('l1'), batch('s1', 'spans'), batch('r1', 'resources')])
    await segments.append([batch('l2 l3'), batch('m1', 'metric_series')])
    expect(await writer.flush(60_000)).toBe(true)
    expect(tables.order).toEqual(['resources', 'metric_series', 'logs', 'spans'])
    expect(tables.rows).toEqual(['r1', 'm1', 'l1', 'l2', 'l3', 's1'])
    expect(disk.paths(DIR)).toEqual([])
    expect(writer.stats()).toMatchObject({ segments: 1, blocks: 4, rows: 6, retries: 0 })
    expect(segments.buffered_bytes()).toBe(0)
  })

  test('waits for a store that is away, longer each time, and loses nothing', async () => {
    const { tables, segments, writer, waits } = await start()
    let away = 12
    tables.refuse = () => (away-- > 0 ? 'away' : undefined)
    await segments.append([batch('a b')])
    expect(await writer.flush(60_000)).toBe(true)
    expect(tables.rows).toEqual(['a', 'b'])
    const backOff = waits.filter((ms) => ms < 6000)
    expect(backOff.slice(0, 7)).toEqual([100, 200, 400, 800, 1600, 3200, 5000])
    expect(writer.stats()).toMatchObject({ retries: 12, rows: 2 })
  })

  test('a store whose disk is full is waited for, however the fault is called', async () => {
    const { tables, segments, writer } = await start()
    let full = 5
    tables.refuse = () => (full-- > 0 ? 'full' : undefined)
    await segments.append([batch('a b')])
    await writer.flush(60_000)
    expect(tables.rows).toEqual(['a', 'b'])
  })

  test('an answer that got lost is asked again under the same token', async () => {
    const { tables, segments, writer } = await start()
    let left = 1
    tables.refuse = () => (left-- > 0 ? 'lost answer' : undefined)
    await segments.append([batch('a')])
    await writer.flush(60_000)
    expect(tables.rows).toEqual(['a'])
  })

  test('rows the store refuses for good are kept aside and counted, others go in', async () => {
    const { disk, tables, segments, writer } = await start()
    tables.refuse = (table) => (table === 'spans' ? 'poison' : undefined)
    await segments.append([batch('a'), batch('s1 s2', 'spans')])
    const [name] = disk.paths(DIR)
    await writer.flush(60_000)
    await segments.append([batch('b')])
    await writer.flush(60_000)
    expect(tables.rows).toEqual(['a', 'b'])
    expect(disk.paths(DIR)).toEqual([])
    expect(disk.paths(`${DIR}/quarantine`)).toEqual([name, `${name}.json`])
    expect(writer.stats().lost.insert_refused).toMatchObject({ segments: 1, records: 1, rows: 2 })
    expect(writer.stats().rows).toBe(2)
  })

  test('rows of another table layout or an unknown table are not inserted', async () => {
    const { disk, segments, writer, tables } = await start()
    await writer.close(1000)
    const id = '018bcfe56800aaaaaaaaaaaaaaaaaaaa'
    const bytes = Buffer.from('x ')
    const entries = [
      { table: 'logs', rows: 3, columns: 1, bytes },
      { table: 'nosuch', rows: 4, columns: 1, bytes },
      { table: 'spans', rows: 1, columns: columnsFingerprint('spans'), bytes },
    ]
    const record = encodeRecord({ id, sequence: 0, rowsBefore: 0 }, entries)
    const file = await disk.files().create(`${DIR}/${id}.segment`)
    await file.append([segmentHeader(id), ...record])
    expect(segments.stats().segments_replayed).toBe(0)

    const again = await boot(disk, tables)
    closing.push(again.writer)
    await again.writer.flush(60_000)
    expect(tables.order).toEqual(['spans'])
    expect(again.writer.stats().lost).toMatchObject({
      columns_changed: { rows: 3 },
      table_unknown: { rows: 4 },
    })
  })

  test('a file that cannot be read is counted and does not stop the others', async () => {
    const { disk, tables, segments, writer } = await start()
    disk.fail = (call) => (call === 'read' ? new Error('EIO') : undefined)
    await segments.append([batch('a b')])
    await writer.flush(60_000)
    disk.fail = () => undefined
    await segments.append([batch('c')])
    await writer.flush(60_000)
    expect(tables.rows).toEqual(['c'])
    expect(writer.stats().lost.segment_unreadable).toMatchObject({ segments: 1, rows: 2 })
  })
})

describe('a power cut right after an insert', () => {
  test('the rows are there, the token is forgotten, and they do not come twice', async () => {
    const disk = new FakeDisk()
    const tables = new FakeTables()
    const first = await boot(disk, tables)
    let isCut = false
    const insert = tables.insert.bind(tables)
    tables.insert = async (...args) => {
      await insert(...args)
      // The process hears nothing more.
      if (!isCut) await new Promise(() => undefined)
    }
    await first.segments.append([batch('a b')])
    void first.writer.flush(60_000)
    await expect.poll(() => tables.rows).toEqual(['a', 'b'])
    await first.segments.append([batch('c'), batch('d', 'spans')])
    isCut = true
    disk.powerCut(() => 0)
    tables.powerCut()
    const second = await boot(disk, tables)
    closing.push(second.writer)
    await second.writer.flush(60_000)
    expect(tables.rows).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('damage found on start', () => {
  async function replay(change: (file: Buffer) => Buffer) {
    const disk = new FakeDisk()
    const tables = new FakeTables()
    const first = await boot(disk, { insert: () => new Promise(() => undefined) } as never)
    for (const text of ['a', 'b b', 'c c c']) await first.segments.append([batch(text)])
    disk.kill()
    const name = disk.paths(DIR)[0]!
    const inode = disk.dirs.get(DIR)!.seen.get(name)!
    inode.bytes = change(Buffer.from(inode.bytes))
    const { writer } = await boot(disk, tables)
    closing.push(writer)
    expect(await writer.flush(60_000)).toBe(true)
    expect(disk.paths(DIR)).toEqual([])
    return { tables, stats: writer.stats(), disk }
  }

  test('a torn tail is cut, and is not a loss', async () => {
    const { tables, stats, disk } = await replay((file) => file.subarray(0, file.length - 3))
    expect(tables.rows.join('')).toBe('abb')
    expect(stats).toMatchObject({
      torn_tails: 1,
      torn_rows: 3,
      lost: { segment_damaged: { rows: 0 } },
    })
    expect(disk.paths(`${DIR}/quarantine`)).toEqual([])
  })

  test('a damaged middle is kept aside and counted, the rest goes in', async () => {
    const { tables, stats, disk } = await replay((file) => {
      file[file.indexOf('b b')]! ^= 8
      return file
    })
    expect(tables.rows.join('')).toBe('accc')
    expect(stats.lost.segment_damaged).toMatchObject({ records: 1, rows: 2 })
    expect(disk.paths(`${DIR}/quarantine`)).toHaveLength(2)
  })
})

type Step = 'append' | 'tick' | 'kill' | 'power cut' | 'eio' | 'enospc' | 'away' | 'lost answer'
const step = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Step>('append') },
  { weight: 3, arbitrary: fc.constant<Step>('tick') },
  fc.constantFrom<Step>('kill', 'power cut', 'eio', 'enospc', 'away', 'lost answer'),
)

describe('any sequence of appends and faults', () => {
  /** What a client saw of each row, against what the tables hold at the end. */
  async function ledger(steps: Step[], salt: number) {
    const disk = new FakeDisk()
    const tables = new FakeTables()
    const clock = { now_ms: 1.7e12 }
    const acked = new Set<string>()
    let random = salt
    const next = (below: number) => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      return (random >>> 8) % below
    }
    let current = await boot(disk, tables, clock)
    let sent = 0
    for (const one of steps) {
      clock.now_ms += next(600)
      if (one === 'append') {
        const ids = Array.from({ length: 1 + next(3) }, () => `${sent++}`)
        const table = (['logs', 'spans', 'resources'] as const)[next(3)]!
        void current.segments.append([batch(ids.join(' '), table)]).then(
          () => {
            for (const id of ids) acked.add(id)
          },
          () => undefined,
        )
      } else if (one === 'tick') await current.segments.tick()
      else if (one === 'kill' || one === 'power cut') {
        if (one === 'kill') disk.kill()
        else {
          disk.powerCut((tail) => next(tail + 1))
          tables.powerCut()
        }
        current = await boot(disk, tables, clock)
      } else if (one === 'eio' || one === 'enospc') {
        const calls = ['create', 'append', 'datasync', 'syncDir', 'truncate', 'remove']
        const failing = calls.filter(() => next(2) === 0)
        let left = 1 + next(4)
        const error = Object.assign(new Error(one), { code: one.toUpperCase() })
        disk.fail = (call) => (failing.includes(call) && left-- > 0 ? error : undefined)
      } else {
        let left = 1 + next(3)
        tables.refuse = () => (left-- > 0 ? one : undefined)
      }
      for (let turns = next(30); turns > 0; turns--) await Promise.resolve()
      if (next(3) === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    disk.fail = () => undefined
    tables.refuse = () => undefined
    disk.kill()
    current = await boot(disk, tables, clock)
    expect(await current.writer.close(60_000)).toBe(true)
    const stats = current.writer.stats()
    return { acked, rows: tables.rows, lost: stats.lost, left: disk.paths(DIR) }
  }

  test('every acknowledged row is there, every row at most once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(), async (steps, salt) => {
        const { acked, rows, left } = await ledger(steps, salt)
        const stored = new Set(rows)
        expect(rows.length).toBe(stored.size)
        expect([...acked].filter((id) => !stored.has(id))).toEqual([])
        expect(left).toEqual([])
      }),
      { numRuns: 600 },
    )
  })

  test('the disk these runs use really forgets what was not synced', async () => {
    const disk = new FakeDisk()
    const file = await disk.files().create(`${DIR}/x`)
    await disk.files().syncDir(DIR)
    await file.append([segmentHeader('0'.repeat(32))])
    disk.powerCut(() => 5)
    expect(scan(disk.bytes(`${DIR}/x`), '0'.repeat(32)).torn?.bytes).toBe(5)
  })
})
