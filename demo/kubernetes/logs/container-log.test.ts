/** Log files: what was written is what can be put together again, however often they rotated. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { ContainerLog, readLines } from './container-log.ts'

const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-log-'))
  dirs.push(dir)
  return join(dir, 'pods/shop_cart_1/cart')
}

test('lines are CRI lines with rising times', async () => {
  const dir = folder()
  const log = new ContainerLog(join(dir, '0.log'), () => 1_700_000_000_123.5)
  log.write('one\ntwo')
  log.write('bad', 'stderr')
  await log.close()
  const lines = readFileSync(join(dir, '0.log'), 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => line.slice(31))).toEqual([
    'stdout F one',
    'stdout F two',
    'stderr F bad',
  ])
  for (const line of lines) expect(line).toMatch(/^2023-11-14T22:13:20\.123\d{6}Z /)
})

test('a long line is written in parts of 16 KiB and reads as one', async () => {
  const dir = folder()
  const path = join(dir, '0.log')
  const log = new ContainerLog(path, Date.now)
  const long = 'é'.repeat(20_000)
  log.write('before')
  log.write(long)
  log.write('after')
  await log.close()
  const tags = readFileSync(path, 'latin1').match(/ stdout [PF] /g)
  expect(tags).toEqual([' stdout F ', ' stdout P ', ' stdout P ', ' stdout F ', ' stdout F '])
  // Parts break in the middle of a letter: as text each has a broken end.
  expect(readLines(path, 1)).toBe('after\n')
  const whole = Buffer.concat(
    readFileSync(path, 'latin1')
      .split('\n')
      .slice(1, 4)
      .map((line) => Buffer.from(line.replace(/^\S+ stdout [PF] /, ''), 'latin1')),
  )
  expect(whole.toString()).toBe(long)
})

test('rotation renames, opens another inode, compresses the older and keeps so many', async () => {
  const dir = folder()
  const path = join(dir, '0.log')
  let now_ms = 1_700_000_000_000
  const log = new ContainerLog(path, () => now_ms, { bytes_max: 600, files_max: 5 })
  let inode = statSync(path).ino
  for (let number = 0; number < 60; number++) {
    log.write(`line ${number} ${'x'.repeat(40)}`)
    log.flush()
    now_ms += 700
  }
  expect(statSync(path).ino).not.toBe(inode)
  inode = statSync(path).ino
  await log.close()
  const files = readdirSync(dir).sort()
  expect(files.filter((file) => file.endsWith('.tmp'))).toEqual([])
  expect(files.length).toBeLessThanOrEqual(5)
  const rotated = files.filter((file) => file !== '0.log')
  expect(rotated.at(-1)).toMatch(/^0\.log\.\d{8}-\d{6}$/)
  for (const file of rotated.slice(0, -1)) expect(file).toMatch(/^0\.log\.\d{8}-\d{6}\.gz$/)
  const text = [...rotated, '0.log'].map((file) => {
    const bytes = readFileSync(join(dir, file))
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  })
  const numbers = [...text.join('').matchAll(/ F line (\d+) /g)].map(([, digits]) => Number(digits))
  const first = numbers[0]!
  expect(numbers).toEqual(Array.from({ length: 60 - first }, (_, at) => first + at))
})
