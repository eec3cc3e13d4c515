/** The spool against a slow, obvious oracle over kills, full disks, damage and narrow limits. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChunkSignal, chunkSignals } from '../collector.ts'
import { type Disk, disk } from './disk.ts'
import { type Delivery, openSpool, type Spool, type SpoolOptions } from './spool.ts'

const log = pino({ level: 'silent' })
const never = () => () => {}
let root: string
let dir: string
let kills = 0
const opened: Spool[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'crowsnest-spool-'))
  dir = join(root, '0')
})
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close()
  rmSync(root, { recursive: true, force: true })
})

async function open(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await openSpool({ dir, bytes_max: 2 ** 26, log, every: never, ...options })
  opened.push(spool)
  return spool
}

/** What a process finds that starts where another one was killed now. */
async function kill(): Promise<Spool> {
  const next = join(root, String(++kills))
  cpSync(dir, next, { recursive: true })
  dir = next
  return open()
}

/** Text that does not compress to nothing. */
function text(n: number, bytes = 40): string {
  let random = n + 1
  const next = () => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
    return (random >>> 8).toString(36).padStart(4, '0')
  }
  return `${n} ${Array.from({ length: bytes / 4 }, next).join('')}`
}

function chunk(n: number, options: { signal?: ChunkSignal; key?: string; bytes?: number } = {}) {
  const { signal = 'logs', key, bytes = 40 } = options
  const body = Buffer.from(text(n, bytes))
  const positions = key === undefined ? {} : { positions: { [key]: String(n) } }
  return { signal, body, records: 1, oldest_ms: n, ...positions }
}

function numberIn({ body, frame }: Delivery): number {
  const plain = frame.encoding === 'zstd' ? zstdDecompressSync(body) : body
  return Number.parseInt(Buffer.from(plain).toString(), 10)
}

async function takeAll(spool: Spool): Promise<Delivery[]> {
  const all: Delivery[] = []
  for (let one = await spool.take(chunkSignals); one; one = await spool.take(chunkSignals)) {
    all.push(one)
  }
  return all
}

type Step =
  | ['put', ChunkSignal, number]
  | ['take']
  | ['done']
  | ['back']
  | ['checkpoint']
  | ['kill']
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constant('put' as const), fc.constantFrom(...chunkSignals), fc.nat(3)),
  },
  { weight: 4, arbitrary: fc.constant(['take'] as Step) },
  { weight: 3, arbitrary: fc.constant(['done'] as Step) },
  { weight: 1, arbitrary: fc.constant(['back'] as Step) },
  { weight: 1, arbitrary: fc.constant(['checkpoint'] as Step) },
  { weight: 1, arbitrary: fc.constant(['kill'] as Step) },
)

/** Runs the steps and checks after each kill; answers nothing, throws when a law is broken. */
async function obeys(steps: readonly Step[]): Promise<void> {
  dir = join(root, String(++kills))
  let spool = await open()
  const put = new Set<number>()
  const done = new Set<number>()
  const idOf = new Map<number, string>()
  const positions = new Map<string, string>()
  let flying: Delivery[] = []
  let n = 0
  const seen = (delivery: Delivery) => {
    const number = numberIn(delivery)
    // One chunk keeps its id over every kill: that is what the server knows it by.
    expect(idOf.get(number) ?? delivery.frame.id).toBe(delivery.frame.id)
    idOf.set(number, delivery.frame.id)
    return number
  }
  for (const [what, signal, source] of [...steps, ['kill'] as Step]) {
    if (what === 'put') {
      const key = `${signal}/${source}`
      await spool.put(chunk(++n, { signal: signal as ChunkSignal, key }))
      put.add(n)
      positions.set(key, String(n))
    } else if (what === 'take') {
      const delivery = await spool.take(chunkSignals)
      if (delivery !== undefined) flying.push(delivery)
      if (delivery !== undefined) expect(put.has(seen(delivery))).toBe(true)
    } else if (what === 'done' || what === 'back') {
      const delivery = flying.shift()
      if (delivery === undefined) continue
      if (what === 'done') done.add(numberIn(delivery))
      if (what === 'done') spool.done(delivery)
      else spool.giveBack(delivery)
    } else if (what === 'checkpoint') await spool.checkpoint()
    else {
      spool = await kill()
      flying = []
      for (const [key, value] of positions) expect(spool.position(key)).toBe(value)
    }
  }
  const rest = (await takeAll(spool)).map(seen)
  expect(new Set(rest).size).toBe(rest.length)
  const missing = [...put].filter((number) => !done.has(number) && !rest.includes(number))
  expect(missing).toEqual([])
}

test('no kill loses a chunk, gives one another id, or forgets how far was read', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), obeys), { numRuns: 40 })
}, 60_000)

test('what was acknowledged and written down does not come again', async () => {
  const spool = await open()
  for (let n = 1; n <= 5; n++) await spool.put(chunk(n, { key: 'file' }))
  for (const delivery of (await takeAll(spool)).slice(0, 3)) spool.done(delivery)
  await spool.checkpoint()
  const next = await kill()
  expect((await takeAll(next)).map(numberIn)).toEqual([4, 5])
  expect(next.position('file')).toBe('5')
})

test('a chunk that is being written is not taken for one that was sent', async () => {
  const held = Promise.withResolvers<void>()
  const slow = slowSync(held.promise)
  const spool = await open({ disk: slow })
  const writing = spool.put(chunk(1))
  spool.forget('makes the checkpoint due')
  await spool.checkpoint()
  held.resolve()
  await writing
  expect((await takeAll(await kill())).map(numberIn)).toEqual([1])
})

test('the important ones leave first', async () => {
  const spool = await open()
  const signals: ChunkSignal[] = ['coverage', 'metrics', 'traces', 'logs', 'events', 'objects']
  for (const [n, signal] of signals.entries()) await spool.put(chunk(n, { signal }))
  const taken = await takeAll(spool)
  expect(taken.map(({ signal }) => signal)).toEqual(chunkSignals)
})

test('a full spool lets sources wait, and refuses who may not', async () => {
  const spool = await open({ bytes_max: 2 ** 20 })
  const big = { bytes: 40_000 }
  let n = 0
  while (await spool.put(chunk(++n, { ...big, signal: 'metrics' }), { wait: false }));
  expect(spool.stats().drops).toEqual([
    { signal: 'metrics', reason: 'spool_full', chunks: 1, records: 1 },
  ])
  // Logs may fill more of it than metrics, and then they wait.
  let isThere = false
  for (let i = 0; i < 40 && spool.stats().waiting === 0; i++) {
    void spool.put(chunk(++n, big)).then(() => {
      isThere = true
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(spool.stats().waiting).toBe(1)
  isThere = false
  for (const delivery of await takeAll(spool)) spool.done(delivery)
  await spool.checkpoint()
  await expect.poll(() => isThere, { timeout: 20_000 }).toBe(true)
  expect(spool.stats()).toMatchObject({ waiting: 0, chunks: 1 })
  expect(spool.stats().bytes).toBeLessThan(2 ** 20)
})

test('larger than the spool is an answer, not a wait for ever', async () => {
  const spool = await open({ bytes_max: 2 ** 20 })
  const random = Buffer.from(text(1, 3 * 2 ** 20))
  const { signal, records, oldest_ms } = chunk(1)
  expect(await spool.put({ signal, body: random, records, oldest_ms })).toBe(false)
  expect(spool.stats().drops).toMatchObject([{ reason: 'chunk_too_large', records: 1 }])
})

test('a full disk is waited for; who may not wait is told', async () => {
  const failing = { isFull: true }
  const spool = await open({ disk: fullDisk(failing), retry_ms: 5 })
  expect(await spool.put(chunk(1, { signal: 'metrics' }), { wait: false })).toBe(false)
  expect(spool.stats().drops).toMatchObject([{ signal: 'metrics', reason: 'disk_full' }])
  let isKept: boolean | undefined
  const waiting = spool.put(chunk(2, { key: 'file' })).then((kept) => {
    isKept = kept
  })
  await expect.poll(() => spool.stats().disk_errors, { timeout: 20_000 }).toBeGreaterThan(3)
  expect([isKept, spool.position('file')]).toEqual([undefined, undefined])
  failing.isFull = false
  await waiting
  expect([isKept, spool.position('file')]).toEqual([true, '2'])
  expect((await takeAll(await kill())).map(numberIn)).toEqual([2])
})

test('damage in the middle is put aside and counted, the rest goes on', async () => {
  const spool = await open()
  for (let n = 1; n <= 3; n++) await spool.put(chunk(n))
  const path = join(dir, readdirSync(dir).find((name) => name.startsWith('logs-'))!)
  const bytes = readFileSync(path)
  bytes[bytes.indexOf('2 ') + 5]! ^= 1
  writeFileSync(path, bytes)
  const reads = [spool, await kill()]
  for (const one of reads) {
    expect((await takeAll(one)).map(numberIn)).toEqual([1, 3])
    expect(one.stats().drops).toMatchObject([{ signal: 'logs', reason: 'spool_damaged' }])
    expect(readdirSync(join(dir, 'quarantine')).length).toBeGreaterThan(0)
  }
})

test('a source that is gone is forgotten, also by the chunks that are still there', async () => {
  const spool = await open()
  await spool.put(chunk(1, { key: 'logs/a' }))
  await spool.put(chunk(2, { key: 'logs/b' }))
  spool.forget('logs/a')
  await spool.checkpoint()
  const next = await kill()
  expect([...next.positions('logs/')]).toEqual([['logs/b', '2']])
  await next.put(chunk(3, { key: 'logs/a' }))
  expect((await kill()).position('logs/a')).toBe('3')
})

test('at the end who waits is refused, and what is there stays', async () => {
  const spool = await open({ bytes_max: 2 ** 20 })
  const puts = Array.from({ length: 60 }, (_, n) => spool.put(chunk(n, { bytes: 40_000 })))
  await expect.poll(() => spool.stats().waiting, { timeout: 20_000 }).toBeGreaterThan(0)
  await spool.close()
  const kept = (await Promise.all(puts)).filter(Boolean).length
  expect(kept).toBeLessThan(60)
  expect(await takeAll(await kill())).toHaveLength(kept)
})

function slowSync(held: Promise<void>): Disk {
  const create: Disk['create'] = async (path) => {
    const file = await disk.create(path)
    const datasync = async () => {
      await held
      await file.datasync()
    }
    return { ...file, datasync }
  }
  return { ...disk, create }
}

function fullDisk(failing: { isFull: boolean }): Disk {
  const create: Disk['create'] = async (path) => {
    const file = await disk.create(path)
    const append: typeof file.append = async (buffers, offset) => {
      if (!failing.isFull) return file.append(buffers, offset)
      // As disks do: a part of it is written before there is no room.
      await file.append([buffers[0]!], offset)
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    }
    return { ...file, append }
  }
  return { ...disk, create }
}
