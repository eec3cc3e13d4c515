/**
 * Completion of the search language from field names and values that were really seen. Which those
 * are is asked of the caller; where in the text they belong is the language's knowledge.
 */
import { type SearchTable, searchFields } from '../../model/fields.ts'
import { completionAt } from '../../model/search/complete.ts'
import { printField, printValue } from '../../model/search/print.ts'
import { count } from '../format/figures.ts'
import type { Complete, Completion } from './completion.ts'

/** Field names, or with a field its values, the most frequent first; `rows` says how frequent. */
export type Seen = (
  field: string | undefined,
  prefix: string,
  signal: AbortSignal,
) => Promise<{ text: readonly string[]; rows: readonly number[] }>

const shown_max = 12
const operators = ['and', 'or', 'not']

export function fieldCompletion(table: SearchTable, seen: Seen): Complete {
  return async (text, cursor, signal) => {
    const place = completionAt(text, cursor)
    const { from, to, prefix } = place
    if (place.kind === 'operator') {
      const items = operators.map((word) => ({ label: word, insert: `${word} `, from, to }))
      return { items: items.map((item) => ({ ...item, kind: 'operator' as const })) }
    }
    const found = await seen(place.field, prefix, signal)
    if (place.kind === 'value') {
      const items = found.text.map((value, at) => ({
        label: value,
        insert: `${printValue([value])} `,
        from,
        to,
        detail: count(found.rows[at] ?? 0),
        kind: 'value' as const,
      }))
      return { items: items.slice(0, shown_max) }
    }
    return { items: fieldItems(table, prefix, found, { from, to }) }
  }
}

/** Fields with a column first, then attributes by how often they were seen. */
function fieldItems(
  table: SearchTable,
  prefix: string,
  found: { text: readonly string[]; rows: readonly number[] },
  place: { from: number; to: number },
): Completion[] {
  const wanted = prefix.toLowerCase()
  const own = searchFields[table].map((field) => field.name)
  const rows = new Map(found.text.map((name, at) => [name, found.rows[at] ?? 0]))
  const names = [...new Set([...own.filter((name) => name.includes(wanted)), ...found.text])]
  const starts = (name: string) => (name.toLowerCase().startsWith(wanted) ? 0 : 1)
  return names
    .sort((a, b) => starts(a) - starts(b))
    .slice(0, shown_max)
    .map((name) => ({
      label: name,
      insert: `${printField(name)}:`,
      ...place,
      detail: rows.has(name) ? count(rows.get(name) ?? 0) : undefined,
      kind: 'field' as const,
    }))
}
