/** Names come from outside: whatever they are, few are remembered, and no request with them. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { viewOf } from '../../wire/copy-bytes.ts'
import { FlatRecord } from './flat-record.ts'
import { readJsonObject } from './json-reader.ts'
import { pathOf } from './paths.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const mebibyte = 1024 * 1024
const record = new FlatRecord()

function read(bytes: Buffer): void {
  record.clear()
  expect(readJsonObject(record, bytes, viewOf(bytes), 0, bytes.length)).toBe(true)
}

function kept_bytes(): number {
  // What a first pass finds unused the second one frees.
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

test('a name keeps nothing of the request that it came with', () => {
  const before = kept_bytes()
  for (let i = 0; i < 200; i++) {
    // As a socket gives it: its slice() would be a view of the whole.
    const body = Buffer.alloc(mebibyte, 0x20)
    body.write(`{"name_${i}":{"inner":{"text":"something to know again"}}}`)
    read(body)
  }
  expect(kept_bytes() - before).toBeLessThan(32 * mebibyte)
})

test.each<[string, number, (i: number) => Buffer]>([
  ['many', 20_000, (i) => Buffer.from(`{"other_${i}":1}`)],
  ['long', 6_000, (i) => Buffer.from(`{"${'long'.repeat(200)}${i}":{"inside":1}}`)],
  ['of bytes that all read alike', 30_000, (i) => alike(i)],
  [
    'of objects that never repeat',
    30_000,
    (i) => Buffer.from(`{"known":{"id":"${i} and some more"}}`),
  ],
])('names %s take little', (_name, count, bytesOf) => {
  const before = kept_bytes()
  for (let i = 0; i < count; i++) read(bytesOf(i))
  expect(kept_bytes() - before).toBeLessThan(16 * mebibyte)
  // One that a receiver has is one still, and new ones are found.
  expect(pathOf('after')).toBe(pathOf('after'))
})

/** Six bytes of the upper half are no UTF-8. */
function alike(i: number): Buffer {
  const key = Array.from({ length: 6 }, (_, at) => 0x80 | ((i >>> (3 * at)) & 7))
  return Buffer.concat([Buffer.from('{"'), Buffer.from(key), Buffer.from('":1}')])
}
