/** What the address of Explore says: all of the page's state, so that a link shows the same. */
import { flag, list, oneOf, type PatchOf, text, type ValuesOf } from '../../ui/url/codec.ts'
import { exploreTables, measures, queryLanguages } from './contract.ts'

export const exploreShape = {
  language: oneOf(queryLanguages, 'search'),
  table: oneOf(exploreTables, 'logs'),
  query: text(''),
  /** Of the search language: what the chart computes; empty counts rows. */
  measure: oneOf(['', ...measures], ''),
  field: text(''),
  group_by: list(),
  /** Of rows, in their order; empty shows those that tell most. */
  columns: list(),
  chart: oneOf(['time', 'top'] as const, 'time'),
  view: oneOf(['result', 'table', 'raw'] as const, 'result'),
  /** The document that is open. */
  open: text(''),
  saved: flag(false),
}
export type ExploreUrl = ValuesOf<typeof exploreShape>
export type SetExploreUrl = (
  patch: PatchOf<typeof exploreShape>,
  options?: { replace?: boolean },
) => void

/** What a saved search keeps of an address: not when, not where, and nothing that is open. */
const keptNames = ['language', 'table', 'query', 'measure', 'field', 'group_by', 'columns', 'chart']

export function savedPart(search: string): string {
  const all = new URLSearchParams(search)
  const kept = new URLSearchParams()
  for (const name of keptNames) {
    const value = all.get(name)
    if (value !== null) kept.set(name, value)
  }
  return kept.toString()
}
