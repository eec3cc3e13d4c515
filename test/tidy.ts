/** The laws that tidy.test.ts enforces: pure functions from a file's path and text to findings. */
import { dirname, join, normalize } from 'node:path'

export type Finding = { path: string; line: number; says: string }
type Files = ReadonlyMap<string, string>

/** Who may import whom. A room always may import itself; anything not named is refused. */
const mayImport: Record<string, readonly string[]> = {
  model: [],
  wire: ['model'],
  pipeline: ['model'],
  store: ['model'],
  state: ['model'],
  ui: ['model'],
  ingest: ['model', 'wire', 'pipeline', 'store'],
  query: ['model', 'store'],
  detect: ['model', 'store', 'state', 'query'],
  fleet: ['model', 'state'],
  agent: ['model', 'wire', 'pipeline'],
  'pages/contract': ['model'],
  'pages/queries': ['model', 'store', 'state', 'query', 'pages/contract'],
  'pages/view': ['model', 'ui', 'pages/contract'],
  api: ['model', 'query'],
  server: [
    'model',
    'wire',
    'pipeline',
    'store',
    'state',
    'ingest',
    'query',
    'detect',
    'fleet',
    'api',
  ].concat(['pages/contract', 'pages/queries']),
  web: ['model', 'ui', 'pages/contract', 'pages/view'],
}

/** Files that a person or a tool starts, so that nothing needs to import them. */
const entries = new RegExp(
  [
    '^src/server/main\\.ts$',
    '^src/store/engine-child\\.ts$',
    '^src/web/main\\.tsx$',
    '^demo/main\\.ts$',
    '^tools/',
    '^test/(bench|faults|e2e)/',
  ].join('|'),
)

const lines_max = 400
const function_lines_max = 70
const columns_max = 100
const emptyNames = /(^|\/)(utils?|helpers?|common|misc|types|manager|service|base|index)\.tsx?$/

/** The room of a path: the folder under src; a page's files belong to contract, queries or view. */
export function roomOf(path: string): string | undefined {
  const [top, room, , file] = path.split('/')
  if (top !== 'src' || room === undefined) return undefined
  if (room !== 'pages') return room
  if (/^contract(-[a-z-]+)?(\.test)?\.ts$/.test(file ?? '')) return 'pages/contract'
  return /^queries(-[a-z-]+)?(\.test)?\.ts$/.test(file ?? '') ? 'pages/queries' : 'pages/view'
}

/** Everything that is wrong with one file. `files` are all files, to find who imports it. */
export function inspect(path: string, text: string, files: Files): Finding[] {
  const found: Finding[] = []
  const say = (line: number, says: string) => found.push({ path, line, says })
  if (/\.(tsx?|mjs)$/.test(path)) {
    lengths(path, text, say)
    words(path, text, say)
    imports(path, text, say)
    orphans(path, files, say)
    functions(path, text, say)
  }
  if (path.endsWith('.css')) colours(path, text, say)
  return found
}

type Say = (line: number, says: string) => void

function lengths(path: string, text: string, say: Say): void {
  const lines = text.split('\n')
  const exempt = /^\/\*\* (data table|generated)/i.test(text)
  if (lines.length - 1 > lines_max && !exempt) {
    say(lines_max, `${lines.length - 1} lines: split it at a seam (at most ${lines_max})`)
  }
  lines.forEach((line, at) => {
    if (line.length > columns_max && !/https?:\/\//.test(line) && !exempt) {
      say(at + 1, `${line.length} characters: break the line (at most ${columns_max} columns)`)
    }
  })
  if (!/^(#!.*\n)?\s*(\/\*\*|\/\/)/.test(text)) {
    say(1, 'open the file with a comment: what it does, what it leaves to others')
  }
  if (emptyNames.test(path)) say(1, 'this name says nothing: name the file for what it holds')
}

function words(path: string, text: string, say: Say): void {
  const unfinished = new RegExp(`\\b(TO${'DO'}|FIX${'ME'}|XX${'X'})\\b`)
  text.split('\n').forEach((line, at) => {
    if (unfinished.test(line)) say(at + 1, 'finish it, or write down the limit it stands for')
    if (/^export \*/.test(line)) say(at + 1, 'name what you export: no barrels')
    if (/^export default/.test(line) && !/config\.ts$/.test(path)) {
      say(at + 1, 'export it by name: one thing has one name')
    }
    if (/\b(it|test|describe)\.(skip|only|todo)\(/.test(line)) {
      say(at + 1, 'a test that does not run proves nothing')
    }
  })
}

/** The paths of our own files that a text imports, as [line, path]. */
function importedFrom(path: string, text: string): [number, string][] {
  const pattern = /(?:from\s+|import\s+|import\(\s*|new URL\(\s*)['"](\.{1,2}\/[^'"]+)['"]/g
  return [...text.matchAll(pattern)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length
    return [line, normalize(join(dirname(path), match[1] ?? ''))]
  })
}

function imports(path: string, text: string, say: Say): void {
  const room = roomOf(path)
  if (room === undefined) return
  const isTest = /\.(test|bench)\.tsx?$/.test(path)
  for (const [line, target] of importedFrom(path, text)) {
    const to = roomOf(target)
    if (to === undefined) {
      if (!isTest) say(line, `${room} may not import ${target}: product code lives in src`)
      continue
    }
    if (!isTest && to !== room && !(mayImport[room] ?? []).includes(to)) {
      say(line, `${room} may not import ${to}: see the rooms in ARCHITECTURE.md`)
    }
    if (samePagesRoom(room, to) && pageOf(path) !== pageOf(target)) {
      say(line, `a page meets another by URL or contract, never by import: ${target}`)
    }
  }
}

function samePagesRoom(room: string, to: string): boolean {
  return room.startsWith('pages/') && to.startsWith('pages/') && to !== 'pages/contract'
}

function pageOf(path: string): string | undefined {
  return path.split('/')[2]
}

/** Importers of every path, computed once for each set of files. */
const importersOf = new WeakMap<Files, Set<string>>()

function orphans(path: string, files: Files, say: Say): void {
  if (entries.test(path) || /\.(test|bench)\.tsx?$/.test(path) || !path.startsWith('src/')) return
  let imported = importersOf.get(files)
  if (imported === undefined) {
    imported = new Set<string>()
    for (const [from, text] of files) {
      if (!/\.(tsx?|mjs|css)$/.test(from) || /\.test\.tsx?$/.test(from)) continue
      for (const [, target] of importedFrom(from, text)) imported.add(target)
    }
    importersOf.set(files, imported)
  }
  if (!imported.has(path)) say(1, 'nothing imports this file: delete it or put it to use')
}

/** A function reaches from its opening line to the line that closes it at the same indentation. */
function functions(path: string, text: string, say: Say): void {
  if (/\.test\.tsx?$/.test(path)) return
  const opens = [
    /^(\s*)(?:export )?(?:async )?function\b.* \{$/,
    /^(\s*)(?:export )?const \w+(?:: [^=]+)? = (?:async )?(?:\([^)]*\)|\w+)[^=]*=>.* \{$/,
    /^(\s*)(?:(?:private|static|async|get|set) )*\w+\([^;]*\)(?:: .+)? \{$/,
  ]
  const lines = text.split('\n')
  lines.forEach((line, at) => {
    const match = opens.map((open) => open.exec(line)).find((found) => found !== null)
    if (match == null || /^\s*(if|for|while|switch|catch|return|describe|test)\b/.test(line)) return
    const indent = match[1] ?? ''
    const end = lines.findIndex((other, i) => i > at && other.startsWith(`${indent}}`))
    const length = end - at + 1
    if (end > at && length > function_lines_max) {
      say(
        at + 1,
        `function of ${length} lines: push the loops down (at most ${function_lines_max})`,
      )
    }
  })
}

function colours(path: string, text: string, say: Say): void {
  if (path === 'src/ui/tokens.css') return
  text.split('\n').forEach((line, at) => {
    if (/#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|lab)a?\(/i.test(line)) {
      say(at + 1, 'a raw colour: name it in src/ui/tokens.css and use the variable')
    }
  })
}
