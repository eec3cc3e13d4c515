/** Prometheus's own files of tests, where they are at hand, and ours in the same form. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from './memory-store.ts'
import { runFile } from './promqltest-run.ts'

const folders = [
  ['ours', fileURLToPath(new URL('../corpus/promql', import.meta.url))],
  ['upstream', fileURLToPath(new URL('../../../shared/testdata/promqltest', import.meta.url))],
] as const

for (const [name, folder] of folders) {
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith('.test'))
    : []
  describe(`promqltest, ${name}`, () => {
    if (files.length === 0) it(`has no files here: ${folder}`, () => expect(name).toBe('upstream'))
    for (const file of files) {
      it(file, async () => {
        const text = readFileSync(`${folder}/${file}`, 'utf8')
        const { passed, failures } = await runFile(file, text, new MemoryStore())
        expect(failures).toEqual([])
        expect(passed).toBeGreaterThan(0)
      })
    }
  })
}
