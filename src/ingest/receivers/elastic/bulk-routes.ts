/**
 * The APIs that store documents, many or one at a time. Leaves what becomes of a document to
 * bulk.ts.
 */
import { createHash } from 'node:crypto'
import { pathFilter } from '../../../model/filter-path.ts'
import type { HttpCall } from '../../receiver.ts'
import { type ElasticAnswer, ElasticError, errorAnswer } from './answers.ts'
import { type BulkRequest, BulkRun } from './bulk.ts'
import { bulkAnswer, documentAnswer } from './bulk-answer.ts'
import { type BulkAction, firstAction } from './bulk-lines.ts'
import { indexName } from './index-name.ts'
import { noteIndices } from './index-objects.ts'
import type { ElasticCall, ElasticRoute } from './route-table.ts'

function requestOf({ call, part }: ElasticCall): BulkRequest {
  return {
    index: part('index'),
    pipeline: call.query.get('pipeline') ?? '',
    cluster: call.principal.cluster ?? '',
    now_ms: call.parts.now_ms(),
  }
}

async function bulk(elastic: ElasticCall): Promise<ElasticAnswer> {
  const { call } = elastic
  const began_ms = performance.now()
  const body = await call.body()
  if (body.length === 0) throw new ElasticError(400, 'parse_exception', 'request body is required')
  const request = requestOf(elastic)
  const run = new BulkRun(request)
  const first = firstAction(body)
  const { type } = indexName(first?.index || request.index, request.now_ms)
  const signal = type === 'metrics' ? 'metrics' : 'logs'
  await call.take(signal, run.decode, body, chunkIdOf(call, first?.id, body))
  if (run.isDone) run.commit()
  else run.repeat(body)
  await noteIndices(call.parts.objects, run.indices, request.now_ms)
  const took_ms = Math.round(performance.now() - began_ms)
  const filter = pathFilter(call.query.get('filter_path'))
  return { status: 200, ready: bulkAnswer(run.items, took_ms, filter) }
}

/**
 * The whole request once more, byte by byte, with ids in it: a client that did not hear the answer.
 * Known for longer than documents are, and after a restart too.
 */
function chunkIdOf(call: HttpCall, id: string | undefined, body: Uint8Array): string | undefined {
  if (id === undefined) return undefined
  const { cluster = '', token_id = '' } = call.principal
  const hash = createHash('sha256').update(`elastic\0${cluster}\0${token_id}\0${call.path}\0`)
  return hash.update(body).digest('hex').slice(0, 32)
}

/** `POST index/_doc`, `PUT index/_doc/id`, `PUT index/_create/id`. */
async function one(elastic: ElasticCall, operation: 'index' | 'create'): Promise<ElasticAnswer> {
  const { call, part } = elastic
  const source = await call.body()
  if (source.length === 0) {
    throw new ElasticError(400, 'parse_exception', 'request body is required')
  }
  const asked = call.query.get('op_type') === 'create' ? 'create' : operation
  const id = part('id') === '' ? undefined : part('id')
  return stored(elastic, { operation: asked, id }, source)
}

async function stored(
  elastic: ElasticCall,
  named: Pick<BulkAction, 'operation' | 'id'>,
  source: Uint8Array,
): Promise<ElasticAnswer> {
  const { call } = elastic
  const request = requestOf(elastic)
  const run = new BulkRun(request)
  const { type } = indexName(request.index, request.now_ms)
  const decode = run.decodeOne({ ...named, index: '', pipeline: undefined })
  await call.take(type === 'metrics' ? 'metrics' : 'logs', decode, source)
  run.commitOne()
  await noteIndices(call.parts.objects, run.indices, request.now_ms)
  const item = run.items[0]!
  if (item.error !== undefined) return errorAnswer(item.status, item.error)
  return { status: item.status, json: documentAnswer(item) }
}

/** `POST index/_update/id`: what may be stored as it is. */
async function update(elastic: ElasticCall): Promise<ElasticAnswer> {
  const source = await elastic.call.body()
  return stored(elastic, { operation: 'update', id: elastic.part('id') }, source)
}

/** Records are kept as they came, as the bulk action says too. */
function missing({ part }: ElasticCall): ElasticAnswer {
  const about = { _index: part('index'), _id: part('id') }
  const _shards = { total: 1, successful: 1, failed: 0 }
  const rest = { _version: 1, result: 'not_found', _shards, _seq_no: 0, _primary_term: 1 }
  return { status: 404, json: { ...about, ...rest } }
}

export const bulkRoutes: readonly ElasticRoute[] = [
  ['POST', '/{index}/_update/{id}', update],
  ['DELETE', '/{index}/_doc/{id}', missing],
  ['POST PUT', '/_bulk', bulk],
  ['POST PUT', '/{index}/_bulk', bulk],
  ['POST PUT', '/{index}/{type}/_bulk', bulk],
  ['POST', '/{index}/_doc', (call) => one(call, 'index')],
  ['POST PUT', '/{index}/_doc/{id}', (call) => one(call, 'index')],
  ['POST PUT', '/{index}/_create/{id}', (call) => one(call, 'create')],
]
