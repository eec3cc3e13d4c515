/**
 * Near misses of field names. Attributes are open, so an unknown field is no error; but one that
 * looks like a slip of a known field is worth a question: "did you mean severity?".
 */
import { closest } from '../closest.ts'
import { resolveField, type SearchTable, searchFields } from '../fields.ts'
import { knownAttributes } from './names.ts'
import { eachTerm, type SearchTree } from './tree.ts'

export type Suggestion = { field: string; position: number; suggestion: string }

/** knownFields: attributes that were seen in the data, which are never slips. */
export function suggestions(
  tree: SearchTree,
  knownFields: Iterable<string> = [],
  table: SearchTable = 'logs',
): Suggestion[] {
  const seen = new Set(knownFields)
  const names = searchFields[table].map((field) => field.name)
  const known = new Set([...names, ...knownAttributes, ...seen])
  const found: Suggestion[] = []
  eachTerm(tree, (term) => {
    if (term.tag === 'text' || term.field.includes('*') || known.has(term.field)) return
    const match = resolveField(table, term.field)
    if (match.tag === 'column' || match.names.length > 1) return
    const suggestion = closest(term.field, known)
    if (suggestion === undefined) return
    found.push({ field: term.field, position: term.from, suggestion })
  })
  return found
}
