/** A panel's targets as queries of ours, with a note for each that cannot be one. */
import type { PanelQuery } from '../contract.ts'
import { elasticQuery } from './elastic-targets.ts'
import { type Json, listOf, objectOf, objectsOf, textOf } from './read.ts'
import type { Note } from './report.ts'
import { type Sources, sourceKind } from './sources.ts'
import { legendOf } from './targets-legend.ts'

export type Targets = { queries: PanelQuery[]; notes: Note[]; isServiceMap: boolean }

const queries_max = 26

export function targetsOf(panel: Json, sources: Sources): Targets {
  const notes: Note[] = []
  const queries: PanelQuery[] = []
  let isServiceMap = false
  objectsOf(panel.targets)
    .slice(0, queries_max)
    .forEach((target, at) => {
      if (textOf(target.queryType) === 'serviceMap') {
        isServiceMap = true
        return
      }
      const made = queryOf(target, panel, sources)
      if ('note' in made) notes.push(made.note)
      else {
        const ref = refOf(target, at, queries)
        queries.push({ ...made.query, ref })
        notes.push(...made.notes)
      }
    })
  return { queries, notes, isServiceMap }
}

type Made = { query: PanelQuery; notes: Note[] } | { note: Note }

function queryOf(target: Json, panel: Json, sources: Sources): Made {
  const kind = sourceKind(target, panel, sources)
  const ref = textOf(target.refId)
  if (kind === 'internal') {
    const isMath = textOf(target.type) !== '' || target.expression !== undefined
    return { note: { code: isMath ? 'expression' : 'source_internal', detail: ref } }
  }
  if (kind === 'unknown' || kind === 'search' || kind === 'esql') {
    return { note: { code: 'source_unknown', detail: sourceName(target, panel) } }
  }
  if (kind === 'elastic') return elasticQuery(target)
  const query = kind === 'traceql' ? traceText(target) : textOf(target.expr).trim()
  if (query === '') return { note: { code: 'target_empty', detail: ref } }
  return { query: { ...plainQuery(target, panel), language: kind, query }, notes: [] }
}

function sourceName(target: Json, panel: Json): string {
  const named = (source: unknown) =>
    textOf(source) || textOf(objectOf(source).type) || textOf(objectOf(source).uid)
  return named(target.datasource) || named(panel.datasource) || textOf(target.refId)
}

export function plainQuery(target: Json, panel: Json = {}): PanelQuery {
  const kind = textOf(target.queryType)
  const isTable = textOf(target.format) === 'table' && /^table/.test(textOf(panel.type))
  const isInstant = target.instant === true || kind === 'instant' || isTable
  const isBoth = target.range === true && target.instant === true
  return {
    ref: 'A',
    language: 'promql',
    query: '',
    mode: isInstant && !isBoth ? 'instant' : 'range',
    legend: legendOf(textOf(target.legendFormat) || textOf(target.alias)),
    is_hidden: target.hide === true,
    min_step: textOf(target.interval).slice(0, 64),
  }
}

function refOf(target: Json, at: number, queries: readonly PanelQuery[]): string {
  const taken = new Set(queries.map(({ ref }) => ref))
  const ref = textOf(target.refId).replace(/\W/g, '_').slice(0, 16)
  if (ref !== '' && !taken.has(ref)) return ref
  const letter = String.fromCharCode(65 + (at % 26))
  return taken.has(letter) ? `${letter}${at}` : letter
}

/** What the search form of Tempo's data source would have asked. */
function traceText(target: Json): string {
  const query = textOf(target.query).trim()
  if (query !== '' || textOf(target.queryType) !== 'traceqlSearch') return query
  const filters = objectsOf(target.filters).flatMap((filter) => {
    const tag = textOf(filter.tag)
    const values = Array.isArray(filter.value) ? listOf(filter.value) : [filter.value]
    const written = values.filter((value) => value !== undefined && value !== '').map(String)
    if (tag === '' || written.length === 0) return []
    const scope = textOf(filter.scope)
    const name = ['', 'intrinsic'].includes(scope) ? tag : `${scope}.${tag}`
    const isPlain = ['duration', 'keyword', 'number'].includes(textOf(filter.valueType))
    const value = isPlain ? (written[0] ?? '') : JSON.stringify(written.join('|'))
    const operator = written.length > 1 ? '=~' : textOf(filter.operator, '=')
    return [`${name} ${operator} ${value}`]
  })
  return `{ ${filters.join(' && ')} }`
}
