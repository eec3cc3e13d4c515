/** The generated pages on disk are what the code says, and the code says it of every fault. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faults } from '../src/model/faults.ts'
import { references } from './docs.ts'

const root = join(import.meta.dirname, '..')

test.each(Object.entries(references()))('%s is fresh', (name, text) => {
  const onDisk = readFileSync(join(root, name), 'utf8')
  expect(onDisk, 'run: node tools/run.mjs tools/docs.ts').toBe(text)
})

test('every fault of the page is in the catalogue and the other way round', () => {
  const page = references()['docs/faults.md']!
  const named = [...page.matchAll(/^\| `(\w+)` \| (\d+) /gm)].map(([, code, status]) => [
    code,
    status,
  ])
  const known = Object.entries(faults).map(([code, { status }]) => [code, String(status)])
  expect(named).toEqual(known)
})

test('every fault tells what happened and what to do', () => {
  for (const [code, fault] of Object.entries(faults)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(fault.says, code).toMatch(/^[A-Z{].*\.$/)
    expect(fault.do, code).not.toBe('')
    expect(fault.status, code).toBeGreaterThanOrEqual(400)
  }
})
