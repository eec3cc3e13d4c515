/**
 * Clicks that change a search: filter for a value, filter out, and what stands when it cannot
 * parse.
 */
import { withFilter } from '../../model/search/filters.ts'

export type FilterWay = 'for' | 'out'

/** The search with one more condition. A text that does not parse is put in brackets as it is. */
export function addFilter(
  search: string,
  field: string,
  value: string | number | boolean | undefined,
  way: FilterWay = 'for',
): string {
  try {
    return withFilter(search, { field, value, negate: way === 'out' })
  } catch {
    return withFilter('', { field, value, negate: way === 'out' })
  }
}

/** A value as it is written after a colon. */
export function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`
}

/** A whole search for one value. */
export function searchFor(field: string, value: string | number): string {
  return withFilter('', { field, value })
}
