/** The log on a disk in memory that can fail, and once on a real one. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { type DiskCall, diskError, FakeDisk } from '../../test/faults/fake-disk.ts'
import { quantile } from './segment-counts.ts'
import { scan } from './segment-format.ts'
import { openSegments, type SegmentsConfig, type TableRows } from './segments.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const DIR = '/wal'

function rows(text: string, count = 1): TableRows[] {
  return [{ table: 'logs', rows: count, bytes: Buffer.from(text) }]
}

async function make(config: Partial<SegmentsConfig> = {}, disk = new FakeDisk()) {
  const clock = { now_ms: 1_700_000_000_000 }
  const segments = await openSegments(
    { dir: DIR, tick_ms: 0, ...config },
    { log: quiet, now_ms: () => clock.now_ms, files: disk.files() },
  )
  return { segments, disk, clock }
}

/** What the segments on the disk hold, oldest first, as far as each counts. */
function held(disk: FakeDisk, list: readonly { id: string; records_max: number }[]): string[][] {
  return list.map(({ id, records_max }) =>
    scan(disk.bytes(`${DIR}/${id}.segment`), id)
      .records.filter((record) => record.sequence < records_max)
      .map((record) => Buffer.from(record.entries[0]!.bytes).toString()),
  )
}

function failOnce(disk: FakeDisk, call: DiskCall, code: 'EIO' | 'ENOSPC', times = 1) {
  let left = times
  disk.fail = (name) => (name === call && left-- > 0 ? diskError(code) : undefined)
}

describe('group commit', () => {
  test('appends that arrive during a sync share the next one', async () => {
    const { segments, disk } = await make()
    const first = segments.append(rows('first'))
    await Promise.all([
      first,
      ...Array.from({ length: 50 }, (_, i) => segments.append(rows(`${i}`))),
    ])
    expect(disk.calls).toMatchObject({ append: 2, datasync: 2, create: 1, syncDir: 1 })
    expect(segments.stats()).toMatchObject({ batches: 51, rows: 51, groups: 2, bytes_queued: 0 })
    expect(segments.stats().ack.counts.reduce((sum, count) => sum + count)).toBe(51)
  })

  test('nothing is acknowledged before its sync has ended', async () => {
    const { segments, disk } = await make()
    let synced = 0
    disk.fail = (call) => {
      if (call === 'datasync') synced++
      return undefined
    }
    const seen: number[] = []
    for (const text of ['a', 'b', 'c'])
      void segments.append(rows(text)).then(() => seen.push(synced))
    await segments.seal()
    expect(seen[0]).toBeGreaterThanOrEqual(1)
    expect(held(disk, segments.waiting())).toEqual([['a', 'b', 'c']])
  })

  test('an empty batch costs nothing', async () => {
    const { segments, disk } = await make()
    await segments.append([{ table: 'logs', rows: 0, bytes: new Uint8Array(0) }])
    expect(disk.calls.create).toBeUndefined()
  })
})

describe('rolling', () => {
  const f = async (config: Partial<SegmentsConfig>, appends: string[], expected: string[][]) => {
    const { segments, disk } = await make(config)
    for (const text of appends) await segments.append(rows(text, 10))
    await segments.seal()
    expect(held(disk, segments.waiting())).toEqual(expected)
  }

  test('by bytes, by rows, and a batch larger than a segment is one record', async () => {
    await f({}, ['a', 'b'], [['a', 'b']])
    await f({ rows_max: 20 }, ['a', 'b', 'c'], [['a', 'b'], ['c']])
    await f({ bytes_max: 100 }, ['a', 'b', 'c'], [['a', 'b'], ['c']])
    await f({ bytes_max: 100 }, ['x'.repeat(5000)], [['x'.repeat(5000)]])
  })

  test('by age, also when nothing more arrives', async () => {
    const { segments, clock } = await make()
    let called = 0
    segments.onSealed(() => called++)
    await segments.append(rows('a'))
    clock.now_ms += 999
    await segments.tick()
    expect(segments.waiting()).toHaveLength(0)
    clock.now_ms += 1
    await segments.tick()
    await expect.poll(() => called).toBe(1)
    expect(segments.waiting()).toHaveLength(1)
  })

  test('not by age while another waits: it would only wait too', async () => {
    const { segments, clock, disk } = await make()
    const waiting = () => held(disk, segments.waiting())
    const ticked = async () => {
      await segments.tick()
      return waiting()
    }
    await segments.append(rows('a'))
    clock.now_ms += 1000
    await expect.poll(ticked).toEqual([['a']])
    for (const text of ['b', 'c', 'd']) {
      await segments.append(rows(text))
      clock.now_ms += 1000
      for (let i = 0; i < 5; i++) await new Promise(setImmediate).then(ticked)
    }
    expect(waiting()).toEqual([['a']])
    segments.forget(segments.waiting()[0]!)
    await expect.poll(ticked).toEqual([['b', 'c', 'd']])
  })

  test('under constant load a seal that was asked for still happens', async () => {
    const { segments } = await make()
    let isOver = false
    const load = async () => {
      while (!isOver) await segments.append(rows('x'))
    }
    const loads = [load(), load()]
    await segments.seal()
    isOver = true
    expect(segments.waiting().length).toBeGreaterThan(0)
    await Promise.all(loads)
  })

  test('ids sort by age and never repeat, also when the clock jumps back', async () => {
    const { segments, clock } = await make({ rows_max: 1 })
    for (const step of [0, 0, -5000, 1, 7]) {
      clock.now_ms += step
      await segments.append(rows('x'))
    }
    await segments.seal()
    const ids = segments.waiting().map((segment) => segment.id)
    expect(new Set(ids).size).toBe(5)
    expect([...ids].sort()).toEqual(ids)
  })
})

describe('limits', () => {
  test('a full buffer refuses as busy and takes more after draining', async () => {
    const { segments } = await make({ buffered_bytes_max: 300 })
    await segments.append(rows('x'.repeat(200)))
    const refused = segments.append(rows('y'.repeat(200)))
    await expect(refused).rejects.toMatchObject({ code: 'ingest_busy', status: 429 })
    await segments.seal()
    for (const segment of segments.waiting()) segments.forget(segment)
    await segments.append(rows('y'.repeat(900)))
    expect(segments.stats()).toMatchObject({ batches_refused_busy: 1, batches: 2 })
  })

  test('what waits in memory is bounded while the disk hangs', async () => {
    const { segments } = await make({ queued_bytes_max: 1000 })
    const taken = [segments.append(rows('x'.repeat(600))), segments.append(rows('x'.repeat(300)))]
    await expect(segments.append(rows('x'.repeat(200)))).rejects.toThrow(/write buffer is full/)
    await Promise.all(taken)
  })

  test('a disk that is nearly full refuses, reads on, and resumes by itself', async () => {
    const { segments, disk, clock } = await make({ free_bytes_enough: 1e10 })
    disk.space = { usedRatio: 0.91, free_bytes: 1e6 }
    await segments.tick()
    await expect(segments.append(rows('x'))).rejects.toMatchObject({ code: 'ingest_unavailable' })
    disk.space = { usedRatio: 0.89, free_bytes: 1e8 }
    clock.now_ms += 1000
    await segments.tick()
    await segments.append(rows('x'))
    disk.space = { usedRatio: 0.95, free_bytes: 2e10 }
    clock.now_ms += 1000
    await segments.tick()
    await segments.append(rows('x'))
    expect(segments.stats()).toMatchObject({ disk_full: 0, batches_refused_unavailable: 1 })
  })
})

describe('disk errors', () => {
  const calls: DiskCall[] = ['create', 'append', 'datasync', 'syncDir']
  test.each(calls)('%s fails once: the group is written to a second file', async (call) => {
    const { segments, disk } = await make()
    failOnce(disk, call, 'EIO')
    await segments.append(rows('a'))
    await segments.seal()
    expect(held(disk, segments.waiting())).toEqual([['a']])
    expect(segments.stats()).toMatchObject({ disk_errors: 1, groups_rewritten: 1 })
  })

  test('of the abandoned file only what was acknowledged counts', async () => {
    const { segments, disk } = await make()
    await segments.append(rows('a'))
    failOnce(disk, 'datasync', 'EIO')
    await segments.append(rows('b'))
    await segments.append(rows('c'))
    await segments.seal()
    expect(held(disk, segments.waiting())).toEqual([['a'], ['b', 'c']])
    expect(disk.calls.datasync).toBe(4)
  })

  test('also after a restart, when the file could not even be truncated', async () => {
    const { segments, disk } = await make()
    await segments.append(rows('a'))
    let left = 1
    disk.fail = (call) =>
      call === 'truncate' || (call === 'datasync' && left-- > 0) ? diskError('EIO') : undefined
    await segments.append(rows('b'))
    disk.kill()
    disk.fail = () => undefined
    const again = await make({}, disk)
    expect(held(disk, again.segments.waiting())).toEqual([['a'], ['b']])
    expect(again.segments.stats().segments_replayed).toBe(2)
  })

  test('two failures reject the group, pause, and then go on', async () => {
    const { segments, disk, clock } = await make()
    failOnce(disk, 'append', 'ENOSPC', 2)
    await expect(segments.append(rows('a'))).rejects.toMatchObject({ code: 'ingest_unavailable' })
    await expect(segments.append(rows('b'))).rejects.toThrow(/refused the last write/)
    clock.now_ms += 1000
    await segments.append(rows('c'))
    await segments.seal()
    expect(held(disk, segments.waiting())).toEqual([['c']])
    expect(disk.paths(DIR)).toHaveLength(1)
    expect(segments.stats()).toMatchObject({ batches_failed: 1, disk_errors: 2, bytes_queued: 0 })
  })
})

describe('on a real disk', () => {
  let dir = ''
  afterEach(() => rm(dir, { recursive: true, force: true }))

  test('appends, closes, and finds its segments again', async () => {
    dir = await mkdtemp(`${tmpdir()}/segments-`)
    const context = { log: quiet, now_ms: () => performance.timeOrigin + performance.now() }
    const segments = await openSegments({ dir, rows_max: 500 }, context)
    await Promise.all(Array.from({ length: 2000 }, (_, i) => segments.append(rows(`row ${i}`))))
    await segments.close()
    await expect(segments.append(rows('late'))).rejects.toThrow(/shutting down/)
    expect(quantile(segments.stats().ack, 0.5)).toBeGreaterThan(0)

    const again = await openSegments({ dir, tick_ms: 0 }, context)
    expect(again.waiting().map((one) => `${one.id}.segment`)).toEqual((await readdir(dir)).sort())
    expect(again.buffered_bytes()).toBe(segments.buffered_bytes())
    await again.close()
  })
})
