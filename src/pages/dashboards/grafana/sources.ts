/** Which language a panel's query speaks: by its data source's type, name or the query itself. */
import type { QueryLanguage } from '../../explore/contract.ts'
import { type Json, objectOf, objectsOf, textOf } from './read.ts'

export type SourceKind = QueryLanguage | 'elastic' | 'internal' | 'unknown'

/** `type`s of data sources by the names under which the dashboard refers to them. */
export type Sources = ReadonlyMap<string, string>

/** From what an export asks for, and from the variables that choose a data source. */
export function sourcesOf(dashboard: Json): Sources {
  const inputs = objectsOf(dashboard.__inputs)
    .filter((input) => textOf(input.type) === 'datasource')
    .map((input) => [textOf(input.name), textOf(input.pluginId)] as const)
  const variables = objectsOf(objectOf(dashboard.templating).list)
    .filter((variable) => textOf(variable.type) === 'datasource')
    .map((variable) => [textOf(variable.name), textOf(variable.query)] as const)
  return new Map([...inputs, ...variables])
}

/** The query's own source, else the panel's. */
export function sourceKind(target: Json, panel: Json, sources: Sources): SourceKind {
  const own = kindOf(target.datasource, sources)
  const found = own === 'unknown' ? kindOf(panel.datasource, sources) : own
  if (found === 'internal' && own !== 'internal') return 'internal'
  if (found !== 'unknown') return found
  return byShape(target, panel)
}

function kindOf(source: unknown, sources: Sources): SourceKind {
  const given = objectOf(source)
  const name = typeof source === 'string' ? source : textOf(given.uid)
  const variable = /^\$\{?(\w+)\}?$/.exec(name)?.[1]
  const type = textOf(given.type) || (variable && sources.get(variable)) || name
  return kindOfType(type)
}

function kindOfType(type: string): SourceKind {
  const word = type.toLowerCase()
  if (/^-- (grafana|dashboard) --$|^(grafana|dashboard)$|__expr__/.test(word)) return 'internal'
  if (/loki/.test(word)) return 'logql'
  if (/tempo/.test(word)) return 'traceql'
  if (/elastic|opensearch/.test(word)) return 'elastic'
  if (/prom|mimir|thanos|cortex|victoria/.test(word)) return 'promql'
  return 'unknown'
}

/** Old exports name a source that only their Grafana knows. */
function byShape(target: Json, panel: Json): SourceKind {
  const expr = textOf(target.expr)
  if (expr !== '') return isLog(expr, panel) ? 'logql' : 'promql'
  if (target.bucketAggs !== undefined || target.metrics !== undefined) return 'elastic'
  if (/^traceql|^serviceMap$/.test(textOf(target.queryType))) return 'traceql'
  return 'unknown'
}

function isLog(expr: string, panel: Json): boolean {
  return (
    textOf(panel.type) === 'logs' ||
    /\}\s*(\|[=~>]|!=|!~|\|\s*(json|logfmt|line_format))/.test(expr)
  )
}
