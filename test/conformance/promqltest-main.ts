/**
 * `npm run promqltest -- DIR [--source memory]`: runs a folder of promqltest files and
 * prints a line for each, with every failure's place.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { MemoryStore } from './memory-store.ts'
import { type FileResult, runFile, type TestStore } from './promqltest-run.ts'

type Opened = { store: TestStore; close: () => Promise<void> }

async function open(source: string): Promise<Opened> {
  if (source === 'memory') return { store: new MemoryStore(), close: async () => {} }
  if (source === 'engine') {
    const path = './engine-test-store.ts'
    const { openEngineStore } = (await import(path)) as { openEngineStore: () => Promise<Opened> }
    return openEngineStore()
  }
  throw new Error(`--source is memory or engine, not ${source}`)
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => name.endsWith('.test'))
    .sort()
    .map((name) => join(path, name))
}

function report(name: string, { passed, failures }: FileResult): void {
  const verdict = failures.length === 0 ? 'ok  ' : 'FAIL'
  console.log(`${verdict} ${name}: ${passed} passed, ${failures.length} failed`)
  for (const { line, says } of failures) console.log(`     ${name}:${line}: ${says}`)
}

const args = process.argv.slice(2)
const at = args.indexOf('--source')
const source = at === -1 ? 'memory' : (args[at + 1] ?? '')
const path = args.find((arg, index) => !arg.startsWith('--') && (at === -1 || index !== at + 1))
if (path === undefined) {
  console.error('usage: npm run promqltest -- DIR [--source memory|engine]')
  process.exit(2)
}
const { store, close } = await open(source)
const skipped: FileResult['skipped'] = []
let passed = 0
let failed = 0
for (const file of filesOf(path)) {
  const result = await runFile(basename(file), readFileSync(file, 'utf8'), store)
  report(basename(file), result)
  skipped.push(...result.skipped)
  passed += result.passed
  failed += result.failures.length
}
await close()
console.log(`${passed} passed, ${failed} failed`)
if (skipped.length > 0) console.log('skipped:')
for (const { what, why } of skipped) console.log(`     ${what}: ${why}`)
process.exitCode = failed === 0 ? 0 : 1
