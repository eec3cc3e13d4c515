/**
 * Every way in which files are rotated, at random: the kubelet's (renamed, the older compressed,
 * the eldest deleted), Docker's numbers, copies that are cut. What was written is the oracle.
 */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seeded } from '../../../demo/random.ts'
import { criLine, LogRig, until } from '../../../test/agent/log-rig.ts'

let rig: LogRig
beforeEach(() => {
  rig = new LogRig()
})
afterEach(() => rig.end(), 30_000)

const count = () => rig.sink.chunks.reduce((sum, { records }) => sum + records, 0)

function dockerLine(body: string, stream: string): string {
  return `${JSON.stringify({ log: `${body}\n`, stream, time: new Date().toISOString() })}\n`
}

type Way = { line: typeof dockerLine; rotate: (live: string, number: number) => void }

/** Files that nobody reads any more are compressed and deleted, as their keepers do. */
const ways: Record<string, Way> = {
  kubelet: {
    line: criLine,
    rotate(live, number) {
      const name = (of: number) => `${live}.20260101-${String(of).padStart(6, '0')}`
      const before = name(number - 1)
      if (existsSync(before)) {
        writeFileSync(`${before}.tmp`, gzipSync(readFileSync(before)))
        renameSync(`${before}.tmp`, `${before}.gz`)
        unlinkSync(before)
      }
      if (existsSync(`${name(number - 4)}.gz`)) unlinkSync(`${name(number - 4)}.gz`)
      renameSync(live, name(number))
      writeFileSync(live, '')
    },
  },
  docker: {
    line: dockerLine,
    rotate(live) {
      for (let at = 4; at >= 1; at--) {
        if (existsSync(`${live}.${at}`)) renameSync(`${live}.${at}`, `${live}.${at + 1}`)
      }
      renameSync(live, `${live}.1`)
      writeFileSync(live, '')
    },
  },
  copytruncate: {
    line: criLine,
    rotate(live, number) {
      copyFileSync(live, `${live}.${String(number).padStart(4, '0')}-copy`)
      truncateSync(live, 0)
    },
  },
}

/** One takes 20 s for each way; more are for whoever changes how files are read. */
const seeds = process.env.CI === undefined ? 2 : 1

for (const [name, { line, rotate }] of Object.entries(ways)) {
  for (let seed = 1; seed <= seeds; seed++) {
    test(`${name}, seed ${seed}: each line once`, async () => {
      const random = seeded(seed)
      const live = join(rig.container('shop', 'cart-0', 'u1', 'app'), '0.log')
      writeFileSync(live, '')
      const written: string[] = []
      let rotations = 0
      await rig.start()
      for (let round = 0; round < 40; round++) {
        // Now and then as much as before, to the byte: only its beginning tells them apart.
        const lines = random() < 0.3 ? 20 : Math.floor(random() * 300)
        const fresh = Array.from({ length: lines }, (_, at) => {
          const filler =
            random() < 0.02 ? 'x'.repeat(random() * (name === 'docker' ? 15_000 : 200_000)) : ''
          return `${String(round).padStart(3)}-${String(at).padStart(4)} é ${filler}`
        })
        appendFileSync(live, fresh.map((one) => line(one, 'stdout')).join(''))
        written.push(...fresh)
        await new Promise((resolve) => setTimeout(resolve, random() * 60))
        const fate = random()
        if (fate < 0.1) rig.kill()
        else if (fate < 0.2) await rig.stop()
        // Keepers delete what is old, read or not: here only what has been read.
        if (random() < 0.5 && fate >= 0.2) {
          await until('what was written', () => count() >= written.length)
        }
        if (random() < 0.4 && rotations < 90) {
          if (name === 'kubelet' && fate >= 0.2) {
            await until('what was written', () => count() >= written.length)
          }
          if (name !== 'kubelet' || fate >= 0.2) rotate(live, ++rotations)
        }
        if (fate < 0.2) await rig.start()
        if (name === 'docker' && rotations % 4 === 3) {
          await until('what was written', () => count() >= written.length)
        }
      }
      await until('all', () => count() >= written.length)
      appendFileSync(live, line('end', 'stdout'))
      await until('the end', () => rig.sink.bodies().includes('end'))
      const bodies = rig.sink.bodies().filter((body) => body !== 'end')
      const times = new Map<string, number>()
      for (const body of bodies) times.set(body, (times.get(body) ?? 0) + 1)
      const lost = written.filter((body) => !times.has(body)).length
      const twice = [...times].filter(([, n]) => n > 1).length
      expect({ lost, twice, all: bodies.length }).toEqual({
        lost: 0,
        twice: 0,
        all: written.length,
      })
    }, 120_000)
  }
}
