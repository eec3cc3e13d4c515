/** What a failing disk does to the spool: segments that cannot be read, bits that flip, no room. */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seeded } from '../../../test/faults/random.ts'
import { chunkSignals } from '../collector.ts'
import { type Disk, disk } from './disk.ts'
import { type Delivery, openSpool, type Spool, type SpoolOptions } from './spool.ts'

const log = pino({ level: 'silent' })
let root: string
let dir: string
const opened: Spool[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'crowsnest-spool-damage-'))
  dir = join(root, 'spool')
})
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close()
  rmSync(root, { recursive: true, force: true })
})

async function open(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const never = () => () => {}
  const spool = await openSpool({ dir, bytes_max: 2 ** 24, log, every: never, ...options })
  opened.push(spool)
  return spool
}

async function put(spool: Spool, n: number, bytes = 100): Promise<void> {
  const body = Buffer.from(`${n} `.padEnd(bytes, 'x'))
  await spool.put({ signal: 'logs', body, records: 1, oldest_ms: n, positions: { file: `${n}` } })
}

async function takeAll(spool: Spool): Promise<Delivery[]> {
  const all: Delivery[] = []
  for (let one = await spool.take(chunkSignals); one; one = await spool.take(chunkSignals)) {
    all.push(one)
  }
  return all
}

const numberIn = ({ body }: Delivery) => Number.parseInt(Buffer.from(body).toString(), 10)
const segmentsIn = (of: string) => readdirSync(of).filter((name) => name.endsWith('.chunks'))

test('a segment that cannot be read at all is counted, and the agent starts', async () => {
  const first = await open()
  await put(first, 1)
  await first.close()
  const second = await open()
  await put(second, 2)
  await second.close()
  const [bad] = segmentsIn(dir).sort()
  const failing: Disk = {
    ...disk,
    read: async (path) => {
      if (path.endsWith(bad!)) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      return disk.read(path)
    },
  }
  const spool = await open({ disk: failing })
  expect((await takeAll(spool)).map(numberIn)).toEqual([2])
  expect(spool.stats().drops).toMatchObject([{ signal: 'logs', reason: 'spool_damaged' }])
  // What it proved is not read again as if it were news: the newest chunk says how far.
  expect(spool.position('file')).toBe('2')
})

test('whatever bit flips, wherever it is torn: the rest is there, the loss is told', async () => {
  const spool = await open()
  const count = 20
  for (let n = 1; n <= count; n++) await put(spool, n)
  const random = seeded(5)
  for (let round = 0; round < 60; round++) {
    dir = join(root, `hurt-${round}`)
    cpSync(join(root, 'spool'), dir, { recursive: true })
    rmSync(join(dir, 'checkpoint'))
    const path = join(dir, segmentsIn(dir)[0]!)
    const bytes = readFileSync(path)
    const isTorn = round % 3 === 0
    if (isTorn) truncateSync(path, random.between(0, bytes.length))
    else {
      bytes[random.between(0, bytes.length)]! ^= 1 << random.between(0, 8)
      writeFileSync(path, bytes)
    }
    const hurt = await open()
    const left = (await takeAll(hurt)).map(numberIn)
    expect(left, `round ${round}`).toEqual([...new Set(left)].sort((a, b) => a - b))
    expect(left.every((n) => n >= 1 && n <= count)).toBe(true)
    if (isTorn) continue
    // The last chunk may be taken for a torn write: then its source is read again.
    expect(left.length, `round ${round}`).toBeGreaterThanOrEqual(count - 1)
    const isTold = hurt.stats().drops.some(({ reason }) => reason === 'spool_damaged')
    const isReadAgain = Number(hurt.position('file') ?? 0) === Math.max(0, ...left)
    expect(left.length === count || isTold || isReadAgain, `round ${round}`).toBe(true)
  }
}, 60_000)

test('what is put aside never takes the room of what can be sent', async () => {
  const spool = await open({ bytes_max: 2 ** 20 })
  for (let n = 1; n <= 40; n++) {
    await put(spool, n, 400)
    const delivery = await spool.take(chunkSignals)
    await spool.refuse(delivery!, '400')
  }
  const noise = Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 7919) % 251))
  for (let n = 0; n < 20; n++) {
    await spool.put({ signal: 'logs', body: noise, records: 1, oldest_ms: 1 })
    await spool.refuse((await spool.take(chunkSignals))!, '413')
  }
  const { quarantined_bytes, bytes_max } = spool.stats()
  expect(quarantined_bytes).toBeLessThanOrEqual(bytes_max / 16)
  await put(spool, 100)
})

test('a disk that takes nothing is told until it takes something again', async () => {
  let isFull = true
  const create: Disk['create'] = async (path) => {
    if (isFull) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    return disk.create(path)
  }
  const spool = await open({ disk: { ...disk, create }, retry_ms: 5 })
  const waiting = put(spool, 1)
  await expect.poll(() => spool.stats().disk_problem, { timeout: 20_000 }).toContain('ENOSPC')
  isFull = false
  await waiting
  expect(spool.stats().disk_problem).toBe('')
})
