/** What is done to log files in the field: rotated, cut, replaced, compressed, planted, torn. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { criLine, LogRig, until } from '../../../test/agent/log-rig.ts'
import { isWithin, openConfined, resolveInside } from './confine.ts'
import { namedFile } from './file-names.ts'
import { KnownPositions, positionText, readPosition } from './position.ts'

let rig: LogRig
let dir: string
let live: string

beforeEach(() => {
  rig = new LogRig()
  dir = rig.container('shop', 'cart-7d9c5b6f4-abcde', 'u1', 'app')
  live = join(dir, '0.log')
})
afterEach(() => rig.end(), 30_000)

const lines = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => criLine(`${name}-${i}`)).join('')
const named = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${name}-${i}`)

/** Waits until so many records are there, a little longer for any too many, and compares. */
async function expectBodies(expected: string[]): Promise<void> {
  await until(`${expected.length} records`, () => count() >= expected.length)
  const settled = rig.sink.chunks.length
  // Another line shows that the reader went on past everything before it.
  appendFileSync(live, criLine('marker'))
  await until('marker', () => rig.sink.chunks.length > settled && count() > expected.length)
  const bodies = rig.sink.bodies().filter((body) => body !== 'marker')
  expect(bodies.toSorted()).toEqual(expected.toSorted())
}

const count = () => rig.sink.chunks.reduce((sum, { records }) => sum + records, 0)

describe('rotation', () => {
  test('renamed files are read to their ends, the eldest first', async () => {
    writeFileSync(join(dir, '0.log.20260101-000001'), lines('a', 3))
    writeFileSync(join(dir, '0.log.20260101-000002'), lines('b', 3))
    writeFileSync(join(dir, '0.log.20260101-000003.tmp'), lines('no', 3))
    writeFileSync(live, lines('c', 3))
    await rig.start()
    await until('9 records', () => count() === 9)
    expect(rig.sink.bodies()).toEqual([...named('a', 3), ...named('b', 3), ...named('c', 3)])
  })

  test('a line that is written to the old file after the new one is there is read', async () => {
    writeFileSync(live, lines('a', 3))
    await rig.start()
    await until('3 records', () => count() === 3)
    renameSync(live, `${live}.20260101-000001`)
    writeFileSync(live, lines('b', 2))
    await until('5 records', () => count() === 5)
    appendFileSync(`${live}.20260101-000001`, criLine('late'))
    await expectBodies([...named('a', 3), ...named('b', 2), 'late'])
  })

  test('what the runtime cut is joined across it', async () => {
    writeFileSync(live, criLine('one ', 'stdout', 'P') + criLine('err', 'stderr'))
    await rig.start()
    await until('the other stream', () => count() === 1)
    renameSync(live, `${live}.20260101-000001`)
    writeFileSync(live, criLine('record', 'stdout', 'F'))
    await expectBodies(['err', 'one record'])
  })

  test('a compressed file that was never read is read, one that was is not', async () => {
    const first = lines('a', 500)
    writeFileSync(join(dir, '0.log.20260101-000001.gz'), gzipSync(first))
    writeFileSync(live, lines('b', 5))
    await rig.start()
    await until('505 records', () => count() === 505)
    const old = `${live}.20260101-000002`
    renameSync(live, old)
    writeFileSync(live, lines('c', 2))
    await until('507 records', () => count() === 507)
    writeFileSync(`${old}.gz`, gzipSync(readFileSync(old)))
    unlinkSync(old)
    await expectBodies([...named('a', 500), ...named('b', 5), ...named('c', 2)])
  })

  test('a file that was compressed while the agent was down goes on in the middle', async () => {
    writeFileSync(live, lines('a', 50))
    await rig.start()
    await until('50 records', () => count() === 50)
    rig.kill()
    appendFileSync(live, lines('b', 50))
    writeFileSync(`${live}.20260101-000001.gz`, gzipSync(readFileSync(live)))
    unlinkSync(live)
    writeFileSync(live, lines('c', 2))
    await rig.start()
    await expectBodies([...named('a', 50), ...named('b', 50), ...named('c', 2)])
  })

  test('a damaged compressed file stops nothing and is told', async () => {
    const packed = gzipSync(lines('a', 5000))
    writeFileSync(join(dir, '0.log.20260101-000001.gz'), packed.subarray(0, packed.length / 2))
    writeFileSync(live, lines('b', 2))
    const running = await rig.start()
    await until('the live file', () => rig.sink.bodies().includes('b-1'))
    const told = running.coverage().filter(({ state }) => state === 'dropped')
    expect(told).toMatchObject([{ reason: 'unreadable', namespace: 'shop' }])
  })

  test('a file that goes unread is counted in bytes', async () => {
    const unread = lines('gone', 100)
    writeFileSync(live, lines('a', 1))
    let go = () => {}
    rig.sink.gate = new Promise((resolve) => {
      go = resolve
    })
    const running = await rig.start()
    // The sink is full: nothing is read, and the file is deleted meanwhile by its name only.
    await until('a full sink', () => rig.sink.chunks.length === 0)
    writeFileSync(`${live}.20260101-000001`, unread)
    rmSync(`${live}.20260101-000001`)
    go()
    rig.sink.gate = undefined
    await expectBodies(['a-0'])
    expect(running.coverage().every(({ state }) => state === 'arriving')).toBe(true)
  })
})

describe('other content under the same name', () => {
  test('a file that was cut is read from its beginning, and the cut is counted', async () => {
    writeFileSync(live, lines('a', 10))
    const running = await rig.start()
    await until('10 records', () => count() === 10)
    truncateSync(live, 0)
    appendFileSync(live, lines('b', 3))
    await expectBodies([...named('a', 10), ...named('b', 3)])
    expect(running.health().state).toBe('healthy')
  })

  test('a cut file that grew past where it was is not gone on with in its middle', async () => {
    writeFileSync(live, lines('a', 10))
    await rig.start()
    await until('10 records', () => count() === 10)
    writeFileSync(live, lines('b', 40))
    await expectBodies([...named('a', 10), ...named('b', 40)])
  })

  test('copied away and cut: the copy is not read again, but for what was unread', async () => {
    writeFileSync(live, lines('a', 100))
    await rig.start()
    await until('100 records', () => count() === 100)
    for (let round = 0; round < 3; round++) {
      appendFileSync(live, lines(`r${round}`, 20))
      copyFileSync(live, `${live}.${round}`)
      truncateSync(live, 0)
      const expected = 100 + 20 * (round + 1)
      await until(`${expected} records`, () => count() >= expected)
    }
    const all = [0, 1, 2].flatMap((round) => named(`r${round}`, 20))
    await expectBodies([...named('a', 100), ...all])
  })

  test('an inode that is used again is another file', async () => {
    const expected: string[] = []
    for (let round = 0; round < 30; round++) {
      // Short and long by turns: an old offset would fall inside and outside.
      const size = round % 2 === 0 ? 50 : 5
      rmSync(live, { force: true })
      writeFileSync(live, lines(`r${round}`, size))
      if (round % 3 === 0) {
        rig.kill()
        await rig.start()
      }
      expected.push(...named(`r${round}`, size))
      await until(`round ${round}`, () => count() >= expected.length)
    }
    await expectBodies(expected)
  }, 60_000)
})

describe('lines', () => {
  test('a line of 64 MiB is cut, told of, and costs no memory', async () => {
    const piece = 'x'.repeat(1024 * 1024)
    const hash = createHash('sha256')
    writeFileSync(live, criLine('before') + criLine('', 'stdout').trimEnd())
    appendFileSync(live, ' ')
    for (let i = 0; i < 64; i++) {
      appendFileSync(live, piece)
      hash.update(piece)
    }
    appendFileSync(live, `\n${criLine('after')}`)
    const before = process.memoryUsage()
    await rig.start()
    let most = 0
    await until('3 records', () => {
      const { external, heapUsed } = process.memoryUsage()
      most = Math.max(most, external + heapUsed - before.external - before.heapUsed)
      return count() === 3
    })
    const [first, long, last] = rig.sink.records()
    expect([first!.body, last!.body]).toEqual(['before', 'after'])
    expect(long!.body.length).toBe(1024 * 1024)
    expect(long!.attributes).toMatchObject({
      ...{ 'log.truncated': true, 'log.original_length': String(64 * 1024 * 1024) },
      'log.sha256': hash.digest('hex'),
    })
    // The chunk itself is 1 MiB in the encoder and in the sink.
    expect(most).toBeLessThan(32 * 1024 * 1024)
  }, 60_000)

  test('64 MiB in pieces of the runtime are one record', async () => {
    const piece = criLine('y'.repeat(16_000), 'stdout', 'P')
    const text = piece.repeat(1000)
    for (let i = 0; i < 4; i++) appendFileSync(live, text)
    appendFileSync(live, criLine('end') + criLine('after'))
    await rig.start()
    await until('2 records', () => count() === 2)
    const [long, after] = rig.sink.records()
    expect(long!.attributes['log.original_length']).toBe(String(4000 * 16_000 + 3))
    expect(after!.body).toBe('after')
  }, 60_000)

  test('bytes that are no UTF-8 are kept beside what can be shown', async () => {
    const bytes = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0xff, 0x00, 0x1b])
    const head = Buffer.from(criLine('').slice(0, -1))
    writeFileSync(live, Buffer.concat([head, bytes, Buffer.from(`\n${criLine('héllo \u2028')}`)]))
    await rig.start()
    await until('2 records', () => count() === 2)
    const [broken, whole] = rig.sink.records()
    expect(broken!.body).toBe('caf\ufffd \ufffd\0\x1b')
    expect(broken!.attributes['log.raw_base64']).toBe(bytes.toString('base64'))
    expect(whole!.body).toBe('héllo \u2028')
    expect(whole!.attributes).not.toHaveProperty('log.raw_base64')
  })

  test('a cut never leaves half a character', async () => {
    writeFileSync(live, criLine(`a${'\u{1f426}'.repeat(300_000)}`))
    await rig.start()
    await until('1 record', () => count() === 1)
    const [record] = rig.sink.records()
    expect(record!.body).toBe(`a${'\u{1f426}'.repeat((1024 * 1024 - 1) >> 2)}`)
    expect(record!.attributes).not.toHaveProperty('log.raw_base64')
  })

  test('lines of another shape are kept and mixed with none', async () => {
    const text = `${criLine('a', 'stdout', 'P')}garbage in between\n\n${criLine('b')}`
    writeFileSync(live, text)
    await rig.start()
    await until('2 records', () => count() === 2)
    expect(rig.sink.bodies()).toEqual(['garbage in between', 'ab'])
  })

  test('what waits for more is given after its time', async () => {
    writeFileSync(live, criLine('never ended', 'stdout', 'P') + criLine('panic: no', 'stderr'))
    let skipped_ms = 0
    rig.now_ms = () => Date.now() + skipped_ms
    await rig.start()
    await until('the group', () => count() === 1)
    expect(rig.sink.bodies()).toEqual(['panic: no'])
    skipped_ms = 6000
    await until('the partial', () => count() === 2)
    expect(rig.sink.bodies()[1]).toBe('never ended')
  })
})

describe('what is planted', () => {
  test('links, pipes and directories are not read and do not block', async () => {
    const secret = join(rig.root, 'secret')
    writeFileSync(secret, criLine('secret'))
    const other = rig.container('bank', 'vault-0', 'u2', 'app')
    writeFileSync(join(other, '0.log'), criLine('bank'))
    symlinkSync('/secret', live)
    symlinkSync('../../../../../../secret', join(dir, '1.log'))
    execFileSync('mkfifo', [join(dir, '2.log')])
    mkdirSync(join(dir, '3.log'))
    symlinkSync('/var/log/pods/bank_vault-0_u2/app/0.log', join(dir, '4.log'))
    symlinkSync('5.log', join(dir, '5.log'))
    symlinkSync('/var/log/pods/bank_vault-0_u2/app', join(dir, '..', 'stolen'))
    symlinkSync('/var/log/pods/bank_vault-0_u2', join(dir, '../../shop_thief_u3'))
    writeFileSync(join(dir, '6.log'), criLine('mine'))
    const running = await rig.start()
    await until('2 records', () => count() === 2)
    await until('blind', () => running.coverage().some(({ state }) => state === 'blind'))
    const read = rig.sink.records().map(({ body, resource }) => [body, resource['k8s.pod.name']])
    expect(read.toSorted()).toEqual([
      ['bank', 'vault-0'],
      ['mine', 'cart-7d9c5b6f4-abcde'],
    ])
  })

  test('a link within the allowed roots is followed as the host would', () => {
    const target = join(rig.root, 'var/lib/docker/containers/abc')
    mkdirSync(target, { recursive: true })
    writeFileSync(join(target, 'abc-json.log'), 'x')
    symlinkSync('/var/lib/docker/containers/abc/abc-json.log', live)
    const shown = '/var/log/pods/shop_cart-7d9c5b6f4-abcde_u1/app/0.log'
    expect(resolveInside(rig.root, shown)).toBe(join(target, 'abc-json.log'))
    writeFileSync(join(rig.root, 'secret'), 'x')
    expect(resolveInside(rig.root, '/var/../../../secret')).toBe(join(rig.root, 'secret'))
    expect(isWithin(['/a/b'], '/a/bc')).toBe(false)
  })

  test('a directory that is swapped for a link after it was resolved is noticed', () => {
    const away = join(rig.root, 'away')
    mkdirSync(away)
    writeFileSync(join(away, '0.log'), 'secret')
    rmSync(dir, { recursive: true })
    symlinkSync(away, dir)
    expect(() => openConfined(live, [dir])).toThrow('not_allowed')
  })
})

describe('names and positions', () => {
  test('sort as they were written', () => {
    const names = [
      '0.log',
      '0.log.20260102-000000',
      '0.log.20260101-000000.gz',
      '0.log.2',
      '0.log.1',
    ]
    const ranked = names.map((name) => [namedFile('0.log', name)!.rank, name] as const)
    expect(ranked.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name)).toEqual([
      ...['0.log.2', '0.log.1', '0.log.20260101-000000.gz', '0.log.20260102-000000', '0.log'],
    ])
    for (const name of ['10.log', '0.log.1.tmp', '0.logx', '1.log', '0.log.1.zst']) {
      expect(namedFile('0.log', name)).toBeUndefined()
    }
  })

  test('come back as they were kept; what is not ours is passed over', () => {
    const position = {
      ...{ offset: 12, fingerprint: { bytes: 99, hash: 'ab' }, birth: '5' },
      waiting: [-1, 7] as const,
    }
    expect(readPosition(positionText(position))).toEqual(position)
    expect(readPosition('nonsense')).toBeUndefined()
    expect([...new KnownPositions(new Map([['p/1', 'x']]), 'p/').keys()]).toEqual([])
  })
})
