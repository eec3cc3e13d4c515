/**
 * What of a document's texts a query matched, between two tags. Words and phrases only: patterns
 * are marked where their literal beginning stands.
 */
import type { Condition } from './condition.ts'
import { hasShape } from './field-names.ts'
import { flat, type Nested } from './nested-document.ts'
import type { Highlight } from './search-request.ts'

const terms_max = 64
const marked_chars_max = 32_768
const marks_max = 200

/** Texts that must stand in a matching document, in small letters, longest first. */
export function highlighted(condition: Condition): readonly string[] {
  const found = new Set<string>()
  const walk = (one: Condition) => {
    switch (one.tag) {
      case 'and':
      case 'some':
        one.parts.forEach(walk)
        return
      case 'words':
        for (const word of one.text.split(/[^\p{L}\p{N}_]+/u)) found.add(word.toLowerCase())
        return
      case 'phrase':
      case 'value':
        found.add(one.text.toLowerCase())
        return
      case 'terms':
        for (const value of one.values) found.add(String(value).toLowerCase())
        return
      case 'wild': {
        const texts = one.pattern.flatMap((part) => ('text' in part ? [part.text] : []))
        for (const text of texts) found.add(text.toLowerCase())
      }
    }
  }
  walk(condition)
  found.delete('')
  return [...found].toSorted((a, b) => b.length - a.length).slice(0, terms_max)
}

export function highlightsOf(
  document: Nested,
  terms: readonly string[],
  asked: Highlight,
): Record<string, string[]> | undefined {
  const marked: Record<string, string[]> = Object.create(null)
  let isAny = false
  for (const [name, value] of flat(document)) {
    if (typeof value !== 'string' || name.startsWith('data_stream.')) continue
    if (!asked.fields.some((pattern) => hasShape(name, pattern))) continue
    const text = mark(value, terms, asked)
    if (text === undefined) continue
    marked[name] = [text]
    isAny = true
  }
  return isAny ? marked : undefined
}

function mark(text: string, terms: readonly string[], asked: Highlight): string | undefined {
  const lowered = text.slice(0, marked_chars_max).toLowerCase()
  // Where small letters take more room than capitals, places would not fit.
  if (lowered.length !== Math.min(text.length, marked_chars_max)) return undefined
  let out = ''
  let at = 0
  let first = -1
  for (let marks = 0; marks < marks_max; marks++) {
    let best = -1
    let length = 0
    for (const term of terms) {
      const found = lowered.indexOf(term, at)
      if (found >= 0 && (best < 0 || found < best)) {
        best = found
        length = term.length
      }
    }
    if (best < 0) break
    if (first < 0) first = best
    out += text.slice(at, best) + asked.before + text.slice(best, best + length) + asked.after
    at = best + length
  }
  if (first < 0) return undefined
  const whole = out + text.slice(at)
  const room = asked.fragment_chars
  if (asked.fragments_max === 0 || room === 0 || text.length <= room) return whole
  const from = Math.max(0, first - Math.floor(room / 2))
  return whole.slice(from, from + room + asked.before.length + asked.after.length)
}
