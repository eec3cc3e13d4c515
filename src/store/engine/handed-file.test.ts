/** Which files a request may name, and that the bytes arrive and the file goes. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { handedFilePath, withHandedFile } from './handed-file.ts'

test('only names that we give lead to a file', () => {
  const f = (name: string, expected: string | undefined) =>
    expect(handedFilePath('/scratch', name), name).toBe(expected)
  f('handed-12-3', '/scratch/handed-12-3')
  f('handed-12-3\n', undefined)
  f('handed-12-', undefined)
  f('insert-3', undefined)
  f('engine.sock', undefined)
  f('../handed-12-3', undefined)
  f('handed-12-3/../engine.sock', undefined)
  f('/etc/passwd', undefined)
  f('', undefined)
})

test('the file holds all parts while it is used and is gone afterwards', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-handed-'))
  const socket = join(dir, 'engine.sock')
  try {
    const parts = [Buffer.from('one'), Buffer.alloc(0), Buffer.from('two')]
    const read = (name: string) => readFileSync(handedFilePath(dir, name)!, 'utf8')
    const seen = await withHandedFile(socket, parts, async (name) => read(name))
    expect(seen).toBe('onetwo')
    const failing = withHandedFile(socket, parts, () => Promise.reject(new Error('refused')))
    await expect(failing).rejects.toThrow('refused')
    expect(readdirSync(dir)).toEqual([])
  } finally {
    rmSync(dir, { recursive: true })
  }
  expect(existsSync(dir)).toBe(false)
})
