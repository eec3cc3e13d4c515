/**
 * The ledger: every record that was written is in exactly one durable chunk, however the files
 * rotate and however often the collector is killed. Records are made first, then torn into lines.
 */
import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { criLine, LogRig, until } from '../../../../test/agent/log-rig.ts'

let rig: LogRig
beforeEach(() => {
  rig = new LogRig()
})
afterEach(() => rig.end(), 30_000)

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

class Writer {
  readonly written: string[] = []
  rotations = 0
  readonly #live: string
  #fd: number

  constructor(dir: string) {
    this.#live = join(dir, '0.log')
    this.#fd = openSync(this.#live, 'a')
  }

  append(text: string | Buffer): void {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at)
  }

  rotate(): void {
    const number = String(this.rotations++).padStart(6, '0')
    renameSync(this.#live, `${this.#live}.20260101-${number}`)
    closeSync(this.#fd)
    this.#fd = openSync(this.#live, 'a')
  }

  close(): void {
    closeSync(this.#fd)
  }
}

function expectLedger(written: readonly string[]): void {
  const times = new Map<string, number>()
  for (const body of rig.sink.bodies()) times.set(body, (times.get(body) ?? 0) + 1)
  const lost = written.filter((body) => !times.has(body))
  const twice = [...times].filter(([, count]) => count > 1).map(([body]) => body)
  const wanted = new Set(written)
  const strange = [...times.keys()].filter((body) => !wanted.has(body))
  expect({ lost, twice, strange }).toEqual({ lost: [], twice: [], strange: [] })
}

const count = () => rig.sink.chunks.reduce((sum, { records }) => sum + records, 0)

test('rotating every 50 ms and killed again and again: lost 0, twice 0', async () => {
  const dir = rig.container('shop', 'cart-7d9c5b6f4-abcde', 'u1', 'app')
  const writer = new Writer(dir)
  const next = random(42)
  let kills = 0
  let number = 0
  await rig.start()
  const end_ms = Date.now() + 6000
  let rotate_ms = Date.now() + 50
  let kill_ms = Date.now() + 200
  while (Date.now() < end_ms) {
    let text = ''
    for (let i = 0; i < 60; i++) {
      const body = `line ${number++}`
      writer.written.push(body)
      text += criLine(body, next() < 0.5 ? 'stdout' : 'stderr')
    }
    writer.append(text)
    if (Date.now() >= rotate_ms) {
      writer.rotate()
      rotate_ms = Date.now() + 50
    }
    if (Date.now() >= kill_ms) {
      rig.kill()
      await rig.start()
      kills++
      kill_ms = Date.now() + 60 + next() * 300
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await until('all records', () => count() >= writer.written.length)
  expectLedger(writer.written)
  expect(kills).toBeGreaterThan(3)
  expect(writer.rotations).toBeGreaterThan(10)
  writer.close()
}, 90_000)

const traces = [
  (id: string) => [
    `java.lang.IllegalStateException: ${id}`,
    '\tat com.example.App.main(App.java:5)',
    'Caused by: java.io.IOException: inner',
    '\t... 3 more',
  ],
  (id: string) => [
    'Traceback (most recent call last):',
    '  File "/app/main.py", line 3, in <module>',
    '    main()',
    `ValueError: ${id}`,
  ],
  (id: string) => [
    `panic: ${id}`,
    '',
    'goroutine 1 [running]:',
    'main.main()',
    '\t/app/m.go:8 +0x1d',
  ],
]

/** The lines of one stream: whole records torn by the runtime, each with where it ends. */
class Torn {
  readonly #stream: string
  readonly #next: () => number
  readonly #name: string
  #lines: string[] = []
  #number = 0

  constructor(stream: string, name: string, next: () => number) {
    this.#stream = stream
    this.#name = name
    this.#next = next
  }

  /** The next line; a new record begins when the one before is out. */
  line(written: string[]): string {
    if (this.#lines.length === 0) this.#begin(written)
    return this.#lines.shift()!
  }

  get isOpen(): boolean {
    return this.#lines.length > 0
  }

  #begin(written: string[]): void {
    const next = this.#next
    const id = `${this.#name}-${this.#stream}-${this.#number++}-${'é'.repeat(next() * 20)}`
    const kind = Math.floor(next() * 12)
    const lines = traces[kind]?.(id) ?? [
      id + 'x'.repeat(next() < 0.02 ? next() * 300_000 : next() * 90),
    ]
    written.push(lines.join('\n'))
    for (const text of lines) {
      let rest = text
      while (next() < 0.3 && rest.length > 1) {
        const at = 1 + Math.floor(next() * (rest.length - 1))
        this.#lines.push(criLine(rest.slice(0, at), this.#stream, 'P'))
        rest = rest.slice(at)
      }
      this.#lines.push(criLine(rest, this.#stream, 'F'))
    }
  }
}

describe('any tearing, rotating, killing and stopping gives the records that were made', () => {
  for (let seed = 1; seed <= 8; seed++) {
    test(`seed ${seed}`, async () => {
      const next = random(seed)
      let now_ms = Date.now()
      rig.now_ms = () => now_ms
      const pods = Array.from({ length: 3 }, (_, pod) => {
        const writer = new Writer(rig.container('shop', `pod-${pod}`, `u${pod}`, 'app'))
        const streams = ['stdout', 'stderr'].map((stream) => new Torn(stream, `${pod}`, next))
        return { writer, streams, rest: Buffer.alloc(0) }
      })
      await rig.start()
      for (let round = 0; round < 60; round++) {
        for (const pod of pods) {
          let text = ''
          for (let i = next() * 60; i > 0; i--) {
            text += pod.streams[next() < 0.5 ? 0 : 1]!.line(pod.writer.written)
          }
          // Writers write bytes: a line, and a character, may be there by half.
          const bytes = Buffer.concat([pod.rest, Buffer.from(text)])
          const cut = next() < 0.5 ? bytes.length : Math.floor(next() * bytes.length)
          pod.rest = bytes.subarray(cut)
          pod.writer.append(bytes.subarray(0, cut))
          if (next() < 0.2) {
            pod.writer.append(pod.rest)
            pod.rest = Buffer.alloc(0)
            pod.writer.rotate()
          }
        }
        // All rounds together are shorter than what a stream's unfinished record waits.
        now_ms += 10
        await new Promise((resolve) => setTimeout(resolve, next() * 40))
        const fate = next()
        if (fate < 0.15) rig.kill()
        else if (fate < 0.25) await rig.stop()
        if (fate < 0.25) await rig.start()
      }
      for (const { writer, streams, rest } of pods) {
        writer.append(rest)
        for (const stream of streams) {
          while (stream.isOpen) writer.append(stream.line(writer.written))
        }
      }
      const written = pods.flatMap(({ writer }) => writer.written)
      await until('all records', () => {
        now_ms += 600
        return count() >= written.length
      })
      expectLedger(written)
      for (const { writer } of pods) writer.close()
    }, 90_000)
  }
})
