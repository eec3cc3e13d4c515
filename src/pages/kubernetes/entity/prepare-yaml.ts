/** An object as the YAML that people know, and the lines in which two versions of it differ. */
import { stringify } from 'yaml'

/** Without status: what somebody meant, and not what controllers report. */
export function yamlOf(object: unknown, without_status = false): string {
  if (object === undefined || object === null) return ''
  const shown = without_status ? meantOf(object) : object
  return stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false })
}

/** In the order in which it was told. */
function meantOf(object: unknown): unknown {
  return without(object, ['status'], (key, value) =>
    key === 'metadata' ? without(value, ['resourceVersion', 'generation']) : value,
  )
}

type Kept = (key: string, value: unknown) => unknown

function without(object: unknown, keys: readonly string[], kept: Kept = (_, value) => value) {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return object
  const entries = Object.entries(object).filter(([key]) => !keys.includes(key))
  return Object.fromEntries(entries.map(([key, value]) => [key, kept(key, value)]))
}

export type DiffLine =
  | { tag: 'same' | 'before' | 'after'; text: string; line: number }
  /** As many equal lines as are not shown. */
  | { tag: 'gap'; lines: number; line: number }

const context_lines = 3
/** Versions that differ in more lines than this are shown whole, one after the other. */
const compared_lines_max = 2_000

export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  const rest = () => Math.min(a.length, b.length) - start - end
  while (rest() > 0 && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const middle = compared(a.slice(start, a.length - end), b.slice(start, b.length - end))
  const same = (texts: readonly string[]) => texts.map((text): Plain => ({ tag: 'same', text }))
  const all = [...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))]
  return folded(all.map((line, at) => ({ ...line, line: at })))
}

type Plain = { tag: 'same' | 'before' | 'after'; text: string }

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/** The longest common lines stay; what is between them went or came. */
function compared(a: readonly string[], b: readonly string[]): Plain[] {
  const all = (tag: 'before' | 'after', texts: readonly string[]) =>
    texts.map((text): Plain => ({ tag, text }))
  if (a.length > compared_lines_max || b.length > compared_lines_max) {
    return [...all('before', a), ...all('after', b)]
  }
  const width = b.length + 1
  const common = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [down, right] = [common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0]
      const both = (common[(i + 1) * width + j + 1] ?? 0) + 1
      common[i * width + j] = a[i] === b[j] ? both : Math.max(down, right)
    }
  }
  const found: Plain[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      found.push({ tag: 'same', text: a[i] ?? '' })
      i++
      j++
    } else if ((common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)) {
      found.push({ tag: 'before', text: a[i++] ?? '' })
    } else found.push({ tag: 'after', text: b[j++] ?? '' })
  }
  return [...found, ...all('before', a.slice(i)), ...all('after', b.slice(j))]
}

/** Equal lines far from any other are not shown. */
function folded(lines: readonly (Plain & { line: number })[]): DiffLine[] {
  const near = new Set<number>()
  for (const { tag, line } of lines) {
    if (tag === 'same') continue
    for (let at = line - context_lines; at <= line + context_lines; at++) near.add(at)
  }
  if (near.size === 0) return []
  const shown: DiffLine[] = []
  for (const line of lines) {
    const last = shown.at(-1)
    if (near.has(line.line)) shown.push(line)
    else if (last?.tag === 'gap') last.lines++
    else shown.push({ tag: 'gap', lines: 1, line: line.line })
  }
  return shown
}
