/** Decompression gives back every body and stops at its ceilings, on both ways through. */
import { randomBytes } from 'node:crypto'
import zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Budget } from './budget.ts'
import { contentEncodingOf, decompress } from './decompress.ts'

const mebibyte = 1024 * 1024
const limits = { body_bytes_max: 32 * mebibyte, compression_ratio_max: 1000 }
const lease = (in_flight_bytes_max = 1e9) =>
  new Budget({ in_flight_bytes_max, in_flight_requests_max: 1 }).lease()
const compress = { gzip: zlib.gzipSync, zstd: zlib.zstdCompressSync }
const noise = randomBytes

describe.each(['gzip', 'zstd'] as const)('%s', (encoding) => {
  test('gives back any body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (body) => {
        const plain = await decompress(encoding, compress[encoding](body), limits, lease())
        expect(Buffer.from(plain).equals(body)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('gives back a body of many slices', async () => {
    const body = Buffer.concat([noise(3 * mebibyte), Buffer.alloc(mebibyte)])
    const plain = await decompress(encoding, compress[encoding](body), limits, lease())
    expect(Buffer.compare(body, plain)).toBe(0)
  })

  const f = (name: string, body: () => Uint8Array, code: string, limit = limits) =>
    test(name, async () => {
      const reading = decompress(encoding, body(), limit, lease())
      await expect(reading).rejects.toMatchObject({ code })
    })
  const zeros = (mib: number) => compress[encoding](Buffer.alloc(mib * mebibyte))
  f('refuses a ratio that no telemetry has', () => zeros(16), 'compression_excessive')
  f('refuses more than a body may have', () => zeros(16), 'body_too_large', {
    body_bytes_max: 2 * mebibyte,
    compression_ratio_max: 1e6,
  })
  f('refuses a small body past a small limit', () => zeros(1), 'body_too_large', {
    body_bytes_max: mebibyte - 1,
    compression_ratio_max: 1e6,
  })
  f('refuses nothing as a body', () => new Uint8Array(0), 'payload_malformed')
  f('refuses noise', () => noise(100), 'payload_malformed')
  f(
    'refuses a body cut short',
    () => compress[encoding](noise(999)).subarray(0, 80),
    'payload_malformed',
  )
  const largeCut = () => compress[encoding](noise(3 * mebibyte)).subarray(0, -8)
  f('refuses a large body cut short', largeCut, 'payload_malformed')

  test('regular bodies of a mebibyte are no attack', async () => {
    expect((await decompress(encoding, zeros(1), limits, lease())).length).toBe(mebibyte)
  })

  test('counts what comes out against the memory of all requests', async () => {
    const body = compress[encoding](noise(3 * mebibyte))
    const reading = decompress(encoding, body, limits, lease(mebibyte))
    await expect(reading).rejects.toMatchObject({ code: 'ingest_busy' })
  })
})

test('reads several gzip members one after the other', async () => {
  const body = Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')])
  const plain = await decompress('gzip', body, limits, lease())
  expect(Buffer.from(plain).toString()).toBe('one two')
})

test('a zstd frame may not ask for a window above 8 MiB', async () => {
  const params = { [zlib.constants.ZSTD_c_windowLog]: 27 }
  const body = zlib.zstdCompressSync(noise(9 * mebibyte), { params })
  await expect(decompress('zstd', body, limits, lease())).rejects.toThrow(/memory|window/i)
})

describe('names of encodings', () => {
  const f = (header: string | undefined, encoding: string) =>
    expect(contentEncodingOf(header)).toBe(encoding)
  test('known', () => {
    f(undefined, 'identity')
    f('', 'identity')
    f('identity', 'identity')
    f(' GZIP ', 'gzip')
    f('zstd', 'zstd')
  })
  test.each(['br', 'deflate', 'gzip, gzip', 'x'.repeat(500)])('unknown: %s', (header) => {
    expect(() => contentEncodingOf(header)).toThrow(/content encoding identity, gzip or zstd/)
  })
})

test('zstd of several frames is all of them, under one ceiling', async () => {
  const parts = [noise(1000), Buffer.alloc(2000, 'a'), noise(10)]
  const body = Buffer.concat(parts.map((part) => zlib.zstdCompressSync(part)))
  const plain = await decompress('zstd', body, limits, lease())
  expect(Buffer.compare(Buffer.concat(parts), plain)).toBe(0)
  const small = { ...limits, body_bytes_max: 2500 }
  await expect(decompress('zstd', body, small, lease())).rejects.toMatchObject({
    code: 'body_too_large',
  })
})
