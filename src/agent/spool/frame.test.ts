/** Frames come back as they were written; what is torn is cut, what is damaged is told. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChunkSignal, chunkSignals } from '../collector.ts'
import { encodeFrame, frame_head_bytes, isBodyWhole, scanFrames } from './frame.ts'

const seed = 0x1234abcd

type Told = { signal: ChunkSignal; body: Uint8Array; key: string; group: boolean }

const told: fc.Arbitrary<Told> = fc.record({
  signal: fc.constantFrom(...chunkSignals),
  body: fc.uint8Array({ maxLength: 300 }),
  key: fc.string({ maxLength: 20 }),
  /** Written in one group with the one before: not synced in between. */
  group: fc.boolean(),
})

function written(all: readonly Told[]) {
  const ends: number[] = []
  const durable: number[] = []
  const parts: Uint8Array[] = []
  let at = 0
  let synced = 0
  for (const [i, { signal, body, key, group }] of all.entries()) {
    if (!group) synced = at
    const id = i.toString(16).padStart(32, '0')
    const counts = { records: i, plain_bytes: body.length, oldest_ms: 1e12 + i }
    const head = { signal, encoding: 'identity' as const, sequence: i + 1, id, ...counts }
    const frame = encodeFrame(head, { [key]: `${i}` }, body, { seed, durable_bytes: synced })
    parts.push(...frame)
    at += frame.reduce((sum, part) => sum + part.length, 0)
    ends.push(at)
    durable.push(synced)
  }
  return { file: Buffer.concat(parts), ends, durable }
}

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 8 }), (all) => {
      const { file } = written(all)
      const { frames, positions, damaged, whole_bytes } = scanFrames(file, seed, { bodies: true })
      expect({ damaged, whole_bytes }).toEqual({ damaged: [], whole_bytes: file.length })
      expect(positions).toEqual(all.map(({ key }, i) => ({ [key]: `${i}` })))
      expect(frames.map(({ signal, sequence }) => [signal, sequence])).toEqual(
        all.map(({ signal }, i) => [signal, i + 1]),
      )
      for (const [i, frame] of frames.entries()) {
        const body = file.subarray(frame.body_offset, frame.body_offset + frame.body_bytes)
        expect(isBodyWhole(frame, body, seed)).toBe(true)
        expect(Buffer.from(body).equals(all[i]!.body)).toBe(true)
      }
    }),
  )
})

test('a torn tail is cut after the last whole frame', () => {
  const all = fc.array(told, { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(all, fc.nat(), (chunks, cut) => {
      const { file, ends } = written(chunks)
      const length = cut % file.length
      const { frames, whole_bytes } = scanFrames(file.subarray(0, length), seed, { bodies: true })
      const whole = ends.filter((end) => end <= length)
      expect(frames).toHaveLength(whole.length)
      expect(whole_bytes).toBe(whole.at(-1) ?? 0)
    }),
  )
})

test('a flipped bit costs its frame when that was synced, else all that follows', () => {
  const all = fc.array(told, { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(all, fc.nat(), fc.nat(7), (chunks, place, bit) => {
      const { file, ends, durable } = written(chunks)
      const at = place % file.length
      file[at] = file[at]! ^ (1 << bit)
      const hit = ends.findIndex((end) => at < end)
      const start = ends[hit - 1] ?? 0
      const isSynced = durable.some((bytes, i) => i > hit && bytes > start)
      const { frames, damaged } = scanFrames(file, seed, { bodies: true })
      const expected = chunks.flatMap((_, i) => (i < hit || (isSynced && i > hit) ? [i + 1] : []))
      expect(frames.map(({ sequence }) => sequence)).toEqual(expected)
      expect(damaged).toEqual(isSynced ? [{ offset: start, bytes: ends[hit]! - start }] : [])
    }),
    { numRuns: 300 },
  )
})

test('a body that looks like a frame of another file is not one', () => {
  const inner = encodeFrame(
    {
      signal: 'logs',
      encoding: 'identity',
      sequence: 9,
      id: '0'.repeat(32),
      records: 1,
      plain_bytes: 1,
      oldest_ms: 1,
    },
    undefined,
    Buffer.from('x'),
    { seed: seed + 1, durable_bytes: 0 },
  )
  const body = Buffer.concat(inner)
  const { file } = written([{ signal: 'logs', body, key: 'k', group: false }])
  // The outer head is gone: only the inner one is left to be found.
  const { frames } = scanFrames(file.subarray(frame_head_bytes), seed, { bodies: true })
  expect(frames).toEqual([])
})
