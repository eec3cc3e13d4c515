/**
 * The style as a test: reads every source file as text and names the fix for what it finds.
 * The laws are in tidy.ts; STYLE.md tells why each exists.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { type Finding, inspect, roomOf } from './tidy.ts'

const root = join(import.meta.dirname, '..')

function walk(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path)
    return [path]
  })
}

const paths = ['src', 'test', 'tools', 'demo', 'content']
  .flatMap((folder) => walk(join(root, folder)))
  .map((path) => relative(root, path))
const files = new Map(
  paths
    .filter((path) => /\.(tsx?|mjs|css|sql|json)$/.test(path))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
)

test('every file keeps the laws of the house', () => {
  const findings: Finding[] = []
  for (const [path, text] of files) findings.push(...inspect(path, text, files))
  expect(findings.map((f) => `${f.path}:${f.line}: ${f.says}`).sort()).toEqual([])
})

test('no folder is empty and none is a heap', () => {
  const folders = new Map<string, number>()
  for (const path of paths) folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1)
  const heaps = [...folders].filter(([, count]) => count > 48).map(([folder]) => folder)
  expect(heaps).toEqual([])
})

test('the checker finds what it must find', () => {
  const says = (path: string, text: string, others: [string, string][] = []) =>
    inspect(path, text, new Map([[path, text], ...others])).map((f) => f.says)
  const header = '/** Says what it does. */\n'
  const importer: [string, string] = ['src/model/b.ts', `${header}import './a.ts'\n`]
  const f = (path: string, body: string, expected: RegExp) =>
    expect(says(path, body, [importer]).join('\n')).toMatch(expected)

  f(
    'src/model/a.ts',
    `${header}import { x } from '../store/sql.ts'\nx()\n`,
    /model may not import store/,
  )
  f('src/model/a.ts', 'const x = 1\n', /open the file with a comment/)
  f('src/model/a.ts', `${header}export * from './c.ts'\n`, /name what you export/)
  f('src/model/a.ts', `${header}${'x()\n'.repeat(401)}`, /split it/)
  f('src/model/a.ts', `${header}const x = '${'y'.repeat(100)}'\n`, /100 columns/)
  f(
    'src/model/a.ts',
    `${header}function big() {\n${'  x()\n'.repeat(71)}}\n`,
    /function of 73 lines/,
  )
  f('src/model/orphan.ts', `${header}x()\n`, /nothing imports this file/)
  f('src/model/utils.ts', `${header}x()\n`, /says nothing/)
  f('src/ui/a.module.css', '.a { color: #fff; }\n', /tokens\.css/)
  f('src/model/a.ts', `${header}// FIX${'ME'} later\n`, /finish it/)
  expect(says('src/model/a.ts', `${header}export const x = 1\n`, [importer])).toEqual([])
  expect(roomOf('src/pages/logs/queries.ts')).toBe('pages/queries')
})
