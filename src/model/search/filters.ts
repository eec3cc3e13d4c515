/** Edits of a search by clicks: filter chips, filter for, filter out. Text in, text out. */
import { parse } from './parse.ts'
import { print, printValue } from './print.ts'
import { all, type Compare, joined, type Pieces, plain, type SearchTree } from './tree.ts'

/** A condition that must hold for every row: one chip. */
export type Filter = {
  field: string
  /** The plain value; a pattern as it is typed; undefined when any value will do. */
  value: string | undefined
  operator: Compare['operator']
  negate: boolean
  /** The value holds wildcards. */
  pattern: boolean
}

export type FilterEdit = {
  field: string
  value?: string | number | boolean | undefined
  negate?: boolean | undefined
}

/** The top-level conditions on fields. Throws search_syntax when the text does not parse. */
export function filtersOf(text: string): Filter[] {
  return partsOf(parse(text)).flatMap((part) => filterOf(part) ?? [])
}

/**
 * Adds a condition. The same one is added once; its opposite is replaced, so that "filter out"
 * after "filter for" does what it says.
 */
export function withFilter(text: string, edit: FilterEdit): string {
  const tree = parse(text)
  const wanted = nodeOf(edit)
  const parts = partsOf(tree)
  const same = print(wanted)
  if (parts.some((part) => print(part) === same)) return text
  const opposite = print(opposed(wanted))
  const kept = parts.filter((part) => print(part) !== opposite)
  if (kept.length === parts.length && tree.tag !== 'or' && tree.tag !== 'all') {
    // Nothing of what was typed changes: keep its spelling.
    return `${text.trim()} and ${same}`
  }
  return print(conjunction([...kept, wanted]))
}

/** Removes a condition, whichever way round it is. */
export function withoutFilter(text: string, edit: FilterEdit): string {
  const parts = partsOf(parse(text))
  const gone = [nodeOf(edit), opposed(nodeOf(edit))].map(print)
  const kept = parts.filter((part) => !gone.includes(print(part)))
  return kept.length === parts.length ? text : print(conjunction(kept))
}

/** Removes a chip that filtersOf listed, patterns and ranges too. */
export function withoutListedFilter(text: string, filter: Filter): string {
  const parts = partsOf(parse(text))
  const key = JSON.stringify(filter)
  const kept = parts.filter((part) => JSON.stringify(filterOf(part)) !== key)
  return kept.length === parts.length ? text : print(conjunction(kept))
}

const nowhere = { from: 0, to: 0 }

function nodeOf(edit: FilterEdit): SearchTree {
  const { field, value, negate } = edit
  const term: SearchTree =
    value === undefined
      ? { tag: 'exists', field, ...nowhere }
      : { tag: 'compare', field, operator: ':', value: [`${value}`], value_from: 0, ...nowhere }
  return negate === true ? { tag: 'not', part: term, ...nowhere } : term
}

function opposed(tree: SearchTree): SearchTree {
  return tree.tag === 'not' ? tree.part : { tag: 'not', part: tree, ...nowhere }
}

function partsOf(tree: SearchTree): readonly SearchTree[] {
  if (tree.tag === 'all') return []
  return tree.tag === 'and' ? tree.parts : [tree]
}

function conjunction(parts: readonly SearchTree[]): SearchTree {
  return parts.length === 0 ? all : joined('and', parts, nowhere)
}

function filterOf(part: SearchTree): Filter | undefined {
  const negate = part.tag === 'not'
  const term = part.tag === 'not' ? part.part : part
  if (term.tag === 'exists') {
    return { field: term.field, value: undefined, operator: ':', negate, pattern: false }
  }
  if (term.tag !== 'compare') return undefined
  const { field, operator } = term
  return { field, value: valueText(term.value), operator, negate, pattern: term.value.length > 1 }
}

function valueText(value: Pieces): string {
  return plain(value) ?? printValue(value)
}
