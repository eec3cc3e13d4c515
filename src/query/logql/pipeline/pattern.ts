/** Patterns such as `<ip> - <_> "<method> <path>"`: read once, matched against lines. */
import { QueryError } from '../../series.ts'

export type PatternPart = { literal: string } | { capture: string }
export type Pattern = readonly PatternPart[]

/** With captures: the pattern parser's, which needs one. Without: a line filter's. */
export function readPattern(text: string, hasCaptures: boolean): Pattern {
  const parts: PatternPart[] = []
  let at = 0
  for (const found of text.matchAll(/<([a-zA-Z_][a-zA-Z0-9_]*)>/g)) {
    if (found.index > at) parts.push({ literal: text.slice(at, found.index) })
    if (found.index === at && parts.length > 0 && 'capture' in parts.at(-1)!) {
      const where = `found consecutive capture '${found[0]}'`
      throw invalid(`${where}: literals are needed in between captures`)
    }
    parts.push({ capture: found[1]! })
    at = found.index + found[0].length
  }
  if (at < text.length) parts.push({ literal: text.slice(at) })
  const names = parts.flatMap((part) => ('capture' in part ? [part.capture] : []))
  const named = names.filter((name) => name !== '_')
  if (!hasCaptures && named.length > 0) throw invalid('named captures are not allowed')
  if (hasCaptures && named.length === 0) throw invalid('at least one capture is required')
  const twice = named.find((name, i) => named.indexOf(name) !== i)
  if (twice !== undefined) throw invalid(`duplicate capture name (${twice})`)
  return parts
}

function invalid(text: string): QueryError {
  return new QueryError('bad_data', `${text}: invalid expression`)
}

/** What the captures hold; a line that stops to fit leaves the later ones out. */
export function capture(
  pattern: Pattern,
  line: string,
  take: (name: string, value: string) => void,
) {
  if (line === '') return
  let at = 0
  for (const [i, part] of pattern.entries()) {
    if ('literal' in part) {
      if (i > 0) continue
      if (!line.startsWith(part.literal)) return
      at = part.literal.length
      continue
    }
    const next = pattern[i + 1]
    const end = next !== undefined && 'literal' in next ? line.indexOf(next.literal, at) : -1
    if (part.capture !== '_') take(part.capture, end < 0 ? line.slice(at) : line.slice(at, end))
    if (end < 0) return
    at = end + (next as { literal: string }).literal.length
  }
}

/** Whether the whole line fits; a capture stands for at least one character. */
export function fits(pattern: Pattern, line: string): boolean {
  if (line === '' || pattern.length === 0) return line === '' && pattern.length === 0
  let at = 0
  for (const [i, part] of pattern.entries()) {
    if (!('literal' in part)) continue
    const found = line.indexOf(part.literal, at)
    if (found < 0 || (found === at) !== (i === 0)) return false
    at = found + part.literal.length
  }
  return 'capture' in pattern.at(-1)! === at < line.length
}
