/**
 * Ingest pipelines over Elasticsearch's API: put (refused with the position when it could not run),
 * get, delete, simulate, the patterns of grok and the counts. Running them is kept-pipelines.ts.
 */
import { compilePipeline } from '../../../pipeline/ingest/compile.ts'
import { grokPatterns } from '../../../pipeline/ingest/grok-patterns.ts'
import { PipelineRefused } from '../../../pipeline/ingest/pipeline-refused.ts'
import { type Pipeline, simulate } from '../../../pipeline/ingest/run.ts'
import { acknowledged, type ElasticAnswer, ElasticError } from './answers.ts'
import { byName, byOf, checkName, objectBody, objectsLike } from './object-routes.ts'
import type { ElasticCall, ElasticHandler, ElasticRoute } from './route-table.ts'

const kind = 'ingest_pipeline'

const get: ElasticHandler = async (call) => {
  const name = call.part('name')
  const found = await objectsLike(call, kind, name || '*')
  const isPattern = name === '' || name.includes('*')
  if (found.length === 0 && !isPattern) return { status: 404, json: {} }
  const isSummary = call.call.query.get('summary') === 'true'
  return {
    status: 200,
    json: byName(found, ({ body }) => (isSummary ? summaryOf(body) : body)),
  }
}

function summaryOf(body: unknown): object {
  const { description } = body as { description?: string }
  return description === undefined ? {} : { description }
}

const put: ElasticHandler = async (call) => {
  const name = call.part('name')
  checkName(name)
  const body = await objectBody(call)
  refusedAsError(() => compilePipeline(name, body))
  const { objects, pipelines } = call.call.parts
  await checkVersion(call, name)
  await objects.put(kind, name, body, byOf(call))
  await pipelines.refresh()
  return acknowledged
}

async function checkVersion({ call }: ElasticCall, name: string): Promise<void> {
  const wanted = call.query.get('if_version')
  if (wanted === null) return
  const kept = await call.parts.objects.get(kind, name)
  const version = (kept?.body as { version?: number } | undefined)?.version
  if (kept !== undefined && String(version) === wanted) return
  const conflict = `version conflict, required version [${wanted}] for pipeline [${name}] but`
  const reason =
    kept === undefined
      ? `${conflict} no pipeline was found`
      : `${conflict} current version is [${version}]`
  throw new ElasticError(400, 'illegal_argument_exception', reason)
}

const remove: ElasticHandler = async (call) => {
  const name = call.part('name')
  const found = await objectsLike(call, kind, name)
  if (found.length === 0 && !name.includes('*')) {
    throw new ElasticError(404, 'resource_not_found_exception', `pipeline [${name}] is missing`)
  }
  const { objects, pipelines } = call.call.parts
  for (const one of found) await objects.delete(kind, one.name)
  await pipelines.refresh()
  return acknowledged
}

const simulated: ElasticHandler = async (call): Promise<ElasticAnswer> => {
  const body = await objectBody(call)
  const { pipelines } = call.call.parts
  const name = call.part('name')
  const pipeline = name === '' ? inBody(body) : pipelines.find(name)
  if (pipeline === undefined) {
    const reason = `pipeline [${name}] does not exist`
    throw new ElasticError(400, 'illegal_argument_exception', reason)
  }
  const isVerbose = ['', 'true'].includes(call.call.query.get('verbose') ?? 'false')
  // What is tried out does not count as run.
  const { on_pipeline: _, ...environment } = pipelines.environment
  const json = refusedAsError(() => simulate(pipeline, body.docs, environment, isVerbose))
  return { status: 200, json }
}

function inBody(body: Record<string, unknown>): Pipeline {
  if (body.pipeline === undefined) {
    throw new ElasticError(400, 'parse_exception', '[pipeline] required property is missing')
  }
  return refusedAsError(() => compilePipeline('_simulate_pipeline', body.pipeline))
}

/** Runs what may refuse a definition, and says a refusal with its place. */
export function refusedAsError<Result>(run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof PipelineRefused)) throw error
    const { type, message, path, position, processor_type, processor_tag, property_name } = error
    throw new ElasticError(400, type, message, {
      ...(processor_type && { processor_type }),
      ...(processor_tag && { processor_tag }),
      ...(property_name && { property_name }),
      ...(path && { path }),
      ...(position && { position }),
      // Where older clients look for it.
      ...(processor_type && { header: { processor_type } }),
    })
  }
}

const grok: ElasticHandler = ({ call }) => {
  const ecs = call.query.get('ecs_compatibility') === 'v1' ? 'v1' : 'disabled'
  const patterns = Object.entries(grokPatterns(ecs))
  const isSorted = ['', 'true'].includes(call.query.get('s') ?? 'false')
  if (isSorted) patterns.sort(([a], [b]) => (a < b ? -1 : 1))
  return { status: 200, json: { patterns: Object.fromEntries(patterns) } }
}

const stats: ElasticHandler = async ({ call }) => {
  const { objects, pipelines, server } = call.parts
  const kept = await objects.list(kind)
  const total = { count: 0, time_in_millis: 0, current: 0, failed: 0 }
  const each = kept.map(({ name }) => {
    const { count, failed, dropped, time_ms } = pipelines.counts(name)
    total.count += count
    total.failed += failed
    total.time_in_millis += Math.round(time_ms)
    const processors = pipelines.find(name)?.processors.map(({ type, tag, counts }) => ({
      [tag === undefined ? type : `${type}:${tag}`]: {
        type,
        stats: { count: counts.count, time_in_millis: 0, current: 0, failed: counts.failed },
      },
    }))
    const time_in_millis = Math.round(time_ms)
    return [name, { count, time_in_millis, current: 0, failed, dropped, processors }] as const
  })
  const ingest = { total, pipelines: Object.fromEntries(each) }
  const node = { name: server.name, roles: ['data', 'ingest', 'master'], ingest }
  return {
    status: 200,
    json: {
      _nodes: { total: 1, successful: 1, failed: 0 },
      cluster_name: 'crowsnest',
      nodes: { [server.cluster_uuid]: node },
    },
  }
}

export const ingestRoutes: readonly ElasticRoute[] = [
  ['GET', '/_ingest/pipeline', get],
  ['GET', '/_ingest/pipeline/{name}', get],
  ['PUT POST', '/_ingest/pipeline/{name}', put],
  ['DELETE', '/_ingest/pipeline/{name}', remove],
  ['GET POST', '/_ingest/pipeline/_simulate', simulated],
  ['GET POST', '/_ingest/pipeline/{name}/_simulate', simulated],
  ['GET', '/_ingest/processor/grok', grok],
  ['GET', '/_nodes/stats/ingest', stats],
]
