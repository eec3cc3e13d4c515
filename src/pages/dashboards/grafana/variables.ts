/** Grafana's template variables as ours. */

import type { QueryLanguage } from '../../explore/contract.ts'
import { every_value, type Variable } from '../contract.ts'
import { searchText } from './elastic-targets.ts'
import { type Json, listOf, objectOf, objectsOf, textOf } from './read.ts'
import type { Note } from './report.ts'
import { type Sources, sourceKind } from './sources.ts'

export type TakenVariables = { variables: Variable[]; notes: Note[] }

export function variablesOf(dashboard: Json, sources: Sources): TakenVariables {
  const notes: Note[] = []
  const variables: Variable[] = []
  const constants = objectsOf(dashboard.__inputs)
    .filter((input) => textOf(input.type) === 'constant')
    .map((input) => ({ name: input.name, type: 'constant', query: input.value, hide: 2 }))
  for (const given of [...constants, ...objectsOf(objectOf(dashboard.templating).list)]) {
    const made = variableOf(given as Json, sources)
    if ('note' in made) notes.push(made.note)
    else if (!variables.some(({ name }) => name === made.variable.name)) {
      variables.push(made.variable)
    }
  }
  return { variables: variables.slice(0, 64), notes }
}

type Made = { variable: Variable } | { note: Note }

function variableOf(given: Json, sources: Sources): Made {
  const name = textOf(given.name)
  const type = textOf(given.type)
  if (!/^[A-Za-z_]\w{0,63}$/.test(name)) return { note: { code: 'variable_query', detail: name } }
  // Everything is in one store here: there is no source to choose.
  if (type === 'datasource') return { note: { code: 'variable_source', detail: name } }
  if (type === 'adhoc') return { note: { code: 'variable_adhoc', detail: name } }
  const variable = plainVariable(given, name)
  if (type === 'query') {
    const source = sourceOf(given, sources)
    if (source === undefined) return { note: { code: 'variable_query', detail: name } }
    return { variable: { ...variable, kind: 'query', source } }
  }
  const query = textOf(given.query)
  if (type === 'constant' || type === 'textbox') {
    const kind = type === 'constant' ? 'constant' : 'text'
    const current = listOf([objectOf(given.current).value])
      .flat()
      .map(String)
    const chosen = kind === 'text' && typeof current[0] === 'string' && current[0] !== 'undefined'
    return { variable: { ...variable, kind, chosen: [chosen ? (current[0] ?? '') : query] } }
  }
  const kind = type === 'interval' ? 'interval' : 'custom'
  const options = optionsOf(query, given)
  return { variable: { ...variable, kind, options, sort: 'none' } }
}

function plainVariable(given: Json, name: string): Variable {
  return {
    name,
    label: textOf(given.label).slice(0, 128),
    kind: 'custom',
    options: [],
    pattern: textOf(given.regex).slice(0, 1024),
    sort: sorts[Number(given.sort)] ?? 'none',
    is_multi: given.multi === true,
    has_all: given.includeAll === true,
    all: textOf(given.allValue).slice(0, 1024),
    chosen: chosenOf(given),
    is_hidden: given.hide === 2 || given.hide === 'hideVariable',
  }
}

const sorts: Readonly<Record<number, Variable['sort']>> = {
  ...{ 1: 'up', 2: 'down', 3: 'number_up', 4: 'number_down', 5: 'up', 6: 'down' },
}

/** What was chosen when it was exported is chosen at first. */
function chosenOf(given: Json): string[] {
  const { value } = objectOf(given.current)
  const values = Array.isArray(value) ? listOf(value) : value === undefined ? [] : [value]
  return values
    .filter((one) => typeof one === 'string' || typeof one === 'number')
    .map(String)
    .filter((one) => one !== '' && one !== '$__auto_interval' && one !== '$__auto')
    .map((one) => (one === '$__all' ? every_value : one))
    .slice(0, 1000)
}

/** `1m, 5m` or `words : value`, where a comma may be escaped. */
function optionsOf(query: string, given: Json): Variable['options'] {
  const told = query
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll('\\,', ',').trim())
    .filter((part) => part !== '')
    .map((part) => {
      const named = /^(.+?)\s+:\s+(.+)$/.exec(part)
      return { shown: named?.[1] ?? part, value: named?.[2] ?? part }
    })
  const listed = objectsOf(given.options)
    .map((one) => ({ shown: textOf(one.text), value: textOf(one.value) }))
    .filter(({ value }) => value !== '' && !value.startsWith('$__'))
  const options = told.length > 0 ? told : listed
  return options
    .map(({ shown, value }) => ({ shown: shown.slice(0, 1024), value: value.slice(0, 1024) }))
    .slice(0, 1000)
}

type Source = NonNullable<Variable['source']>

function sourceOf(given: Json, sources: Sources): Source | undefined {
  const asked = objectOf(given.query)
  const text = (textOf(given.query) || textOf(asked.query) || textOf(given.definition)).trim()
  const found = sourceKind({ datasource: given.datasource, expr: text }, {}, sources)
  if (found === 'elastic') return elasticSource(text)
  if (found === 'logql') return logSource(asked, text)
  if (found === 'traceql') return labelSource('traceql', textOf(asked.label), '')
  return found === 'internal' ? undefined : promSource(text)
}

function promSource(text: string): Source | undefined {
  const call = /^(label_values|label_names|metrics|query_result)\s*\(([\s\S]*)\)\s*$/.exec(text)
  const inside = call?.[2]?.trim() ?? ''
  switch (call?.[1]) {
    case 'label_values': {
      // The label is behind the last comma; the selector before it may have commas of its own.
      const parts = /^(?:([\s\S]*),)?\s*([\w.$"{}:]+)\s*$/.exec(inside)
      const label = (parts?.[2] ?? '').replaceAll('"', '')
      return label === '' ? undefined : labelSource('promql', label, parts?.[1]?.trim() ?? '')
    }
    case 'label_names':
      return { ...labelSource('promql', '', inside), of: 'labels' }
    case 'metrics':
      return { ...labelSource('promql', '', inside), of: 'metrics' }
    case 'query_result':
      return { ...labelSource('promql', '', ''), of: 'query', query: inside }
    default:
      return text === ''
        ? undefined
        : { ...labelSource('promql', '', ''), of: 'query', query: text }
  }
}

function labelSource(language: QueryLanguage, label: string, selector: string): Source {
  return { language, of: 'values', label, selector: selector.slice(0, 4096), query: '' }
}

function logSource(asked: Json, text: string): Source | undefined {
  const label = textOf(asked.label)
  if (label !== '') return labelSource('logql', label, textOf(asked.stream))
  if (asked.type === 0) return { ...labelSource('logql', '', ''), of: 'labels' }
  const source = promSource(text)
  return source && { ...source, language: 'logql' }
}

/** `{"find": "terms", "field": "rule.keyword", "query": "…"}` */
function elasticSource(text: string): Source | undefined {
  try {
    const asked = objectOf(JSON.parse(text))
    const field = textOf(asked.field).replace(/\.keyword$/, '')
    if (field === '') return undefined
    const selector = searchText(textOf(asked.query))
    if (textOf(asked.find) !== 'terms') return undefined
    return labelSource('search', field, selector)
  } catch {
    return undefined
  }
}
