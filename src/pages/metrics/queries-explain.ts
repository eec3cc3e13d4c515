/** The parts of a query in PromQL and what each took: computed once more to be measured. */
import { Fault } from '../../model/faults.ts'
import type { AskOf, Scope } from '../../model/question.ts'
import { type QueryContext, queryLimits } from '../../query/context.ts'
import { childrenOf, type Expression } from '../../query/promql/ast.ts'
import { parse } from '../../query/promql/parse.ts'
import { type QueryResult, queryInstant, queryRange } from '../../query/promql/query.ts'
import { EngineSource } from '../../query/promql/source/engine-source.ts'
import { QueryError } from '../../query/series.ts'
import type { AskContext } from '../../store/answer.ts'
import { bucketFor } from '../../store/bucket.ts'
import type { MetricExplain, metricExplain } from './contract.ts'

const points_max = 300
const timeout_ms = 30_000
const nodes_max = 200
const text_characters_max = 200

export async function explain(
  ask: AskOf<typeof metricExplain>,
  context: AskContext,
): Promise<MetricExplain> {
  const began_ms = performance.now()
  try {
    const own = contextOf(ask, context)
    const { steps, result } = await computed(ask, own)
    const total_ms = performance.now() - began_ms
    return { ...nodesOf(ask.query, result), total_ms, steps, peak_samples: result.peak_samples }
  } catch (error) {
    throw told(error)
  }
}

async function computed(ask: AskOf<typeof metricExplain>, own: QueryContext) {
  const { query, from_ms, to_ms } = ask
  const source = new EngineSource(own)
  if (ask.mode === 'instant') {
    return { steps: 1, result: await queryInstant({ query, time_ms: to_ms }, source, own) }
  }
  const step_ms = bucketFor(from_ms, to_ms, points_max).seconds * 1_000
  const start_ms = Math.ceil(from_ms / step_ms) * step_ms
  const steps = Math.max(0, Math.floor((to_ms - start_ms) / step_ms) + 1)
  const range = { query, start_ms, end_ms: start_ms + (steps - 1) * step_ms, step_ms }
  return { steps, result: await queryRange(range, source, own) }
}

/** The place of the top bar narrows what is read, as the caller's own scope does. */
function contextOf(ask: AskOf<typeof metricExplain>, context: AskContext): QueryContext {
  const narrowed = (places: Scope['clusters'], place: string | undefined): Scope['clusters'] => {
    if (place === undefined) return places
    return places === 'all' || places.includes(place) ? [place] : []
  }
  const { clusters, namespaces } = context.scope
  const scope: Scope = {
    ...context.scope,
    clusters: narrowed(clusters, ask.cluster),
    namespaces: narrowed(namespaces, ask.namespace),
  }
  return { ...context, scope, limits: { ...queryLimits, timeout_ms } }
}

function told(error: unknown): unknown {
  if (!(error instanceof QueryError) || error.kind === 'internal') return error
  if (error.kind === 'timeout') return new Fault('query_timeout', { timeout_ms }, error)
  if (error.kind === 'canceled') return new Fault('query_abandoned', {}, error)
  const { message, from, to } = error
  const place = from === undefined ? {} : { from, to: to ?? from + 1 }
  return new Fault('query_refused', { detail: message, ...place })
}

type Measured = { took_ms: number; series: number; samples: number }
type Told = Omit<MetricExplain, 'total_ms' | 'steps' | 'peak_samples'>

/** A part that is computed several times, as within a subquery, is told once with the sums. */
export function nodesOf(query: string, { stats }: Pick<QueryResult, 'stats'>): Told {
  const measured = new Map<string, Measured>()
  for (const { from, to, took_ms, series, samples } of stats) {
    const key = `${from} ${to}`
    const known = measured.get(key) ?? { took_ms: 0, series: 0, samples: 0 }
    measured.set(key, {
      took_ms: known.took_ms + took_ms,
      series: Math.max(known.series, series),
      samples: known.samples + samples,
    })
  }
  const told: Told = {
    ...{ text: [], kind: [], depth: [], series: [], samples: [] },
    ...{ took_ms: [], own_ms: [], capped: false },
  }
  const visit = (node: Expression, depth: number): number => {
    if (node.kind === 'parentheses') return visit(node.expression, depth)
    if (told.text.length >= nodes_max) {
      told.capped = true
      return 0
    }
    const at = told.text.length
    const found = measured.get(`${node.from} ${node.to}`)
    told.text.push(query.slice(node.from, node.to).slice(0, text_characters_max))
    told.kind.push(node.kind)
    told.depth.push(depth)
    told.series.push(found?.series ?? null)
    told.samples.push(found?.samples ?? null)
    told.took_ms.push(found?.took_ms ?? null)
    told.own_ms.push(null)
    let parts_ms = 0
    for (const part of childrenOf(node)) parts_ms += visit(part, depth + 1)
    if (found === undefined) return parts_ms
    told.own_ms[at] = Math.max(0, found.took_ms - parts_ms)
    return found.took_ms
  }
  visit(parse(query), 0)
  return told
}
