/** Turns the Logs answers into what is drawn: rows, highlighted parts, pretty bodies. Pure. */

import { parse } from '../../model/search/parse.ts'
import { type Compare, eachTerm, plain, type Text } from '../../model/search/tree.ts'
import type { LogRecords } from './contract.ts'

export type LogRow = {
  id: string
  time_ms: number
  severity: string
  service: string
  namespace: string
  pod: string
  body: string
  event_name: string
  trace_id: string
  span_id: string
  resource_id: string
}

export function logRows(records: LogRecords): LogRow[] {
  return records.id.map((id, at) => ({
    id,
    time_ms: Number(BigInt(records.time_ns[at] ?? 0) / 1_000_000n),
    severity: records.severity[at] ?? '',
    service: records.service[at] ?? '',
    namespace: records.namespace[at] ?? '',
    pod: records.pod[at] ?? '',
    body: records.body[at] ?? '',
    event_name: records.event_name[at] ?? '',
    trace_id: records.trace_id[at] ?? '',
    span_id: records.span_id[at] ?? '',
    resource_id: records.resource_id[at] ?? '',
  }))
}

/** The words that a search looks for in bodies: what is worth highlighting. */
export function wordsOf(search: string): string[] {
  const words: string[] = []
  try {
    eachTerm(parse(search), (term) => {
      const isBody = term.tag === 'text' || (term.tag === 'compare' && isBodyField(term.field))
      if (!isBody) return
      const word = plain((term as Text | Compare).value)
      if (word !== undefined && word.trim() !== '') words.push(word)
    })
  } catch {
    // A search that does not parse has nothing to highlight; the search bar says why.
  }
  return words
}

function isBodyField(field: string): boolean {
  return field === 'body' || field === 'message'
}

export type Part = { text: string; is_match: boolean }

/** Cuts a text where words match, case aside. Parts in order give the text again. */
export function highlighted(text: string, words: readonly string[]): Part[] {
  const lower = text.toLowerCase()
  // Case folding may change a text's length; then positions would lie.
  if (words.length === 0 || lower.length !== text.length) return [{ text, is_match: false }]
  const parts: Part[] = []
  let at = 0
  while (at < text.length) {
    const next = nextMatch(lower, words, at)
    if (next === undefined) break
    if (next.from > at) parts.push({ text: text.slice(at, next.from), is_match: false })
    parts.push({ text: text.slice(next.from, next.to), is_match: true })
    at = next.to
  }
  if (at < text.length) parts.push({ text: text.slice(at), is_match: false })
  return parts
}

function nextMatch(lower: string, words: readonly string[], at: number) {
  let best: { from: number; to: number } | undefined
  for (const word of words) {
    const from = lower.indexOf(word.toLowerCase(), at)
    if (from >= 0 && (best === undefined || from < best.from))
      best = { from, to: from + word.length }
  }
  return best
}

/** A body that is JSON, indented; undefined for any other. */
export function prettyJson(body: string): string | undefined {
  if (!/^\s*[[{]/.test(body)) return undefined
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return undefined
  }
}

/** One line for a table's row: control characters would break it, so they are made visible. */
export function oneLine(body: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return body.replace(/[\u0000-\u001f\u007f]+/g, (found) => (/^\s+$/.test(found) ? ' ⏎ ' : '␛'))
}
