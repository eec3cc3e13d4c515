/**
 * What clients ask before they send: who this is, its licence and features, its health and nodes.
 * All of it is true of a single node that keeps what it is sent.
 */
import { type ElasticAnswer, ElasticError } from './answers.ts'
import type { ElasticCall, ElasticRoute } from './route-table.ts'
import { clusterName, elasticVersion, luceneVersion } from './version.ts'

const licence = { uid: 'crowsnest', type: 'basic', mode: 'basic', status: 'active' }
const build = { hash: 'crowsnest', date: '2026-01-01T00:00:00.000Z' }

function root({ call }: ElasticCall): ElasticAnswer {
  const { name, cluster_uuid } = call.parts.server
  const version = {
    number: elasticVersion,
    build_flavor: 'default',
    build_type: 'docker',
    build_hash: build.hash,
    build_date: build.date,
    build_snapshot: false,
    lucene_version: luceneVersion,
    minimum_wire_compatibility_version: '7.17.0',
    minimum_index_compatibility_version: '7.0.0',
  }
  const tagline = 'You Know, for Search'
  return ok({ name, cluster_name: clusterName, cluster_uuid, version, tagline })
}

const ok = (json: unknown): ElasticAnswer => ({ status: 200, json })

function xpack(): ElasticAnswer {
  const has = { available: true, enabled: true }
  const lacks = { available: false, enabled: false }
  const features = {
    ...{ ilm: has, data_streams: has, security: has, monitoring: has },
    ...{ ml: lacks, graph: lacks, watcher: lacks, rollup: lacks, ccr: lacks, transform: lacks },
  }
  const { uid, type, mode, status } = licence
  return ok({ build, license: { uid, type, mode, status }, features, tagline: 'You know, for X' })
}

export function health(): object {
  return {
    cluster_name: clusterName,
    status: 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: 1,
    active_shards: 1,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: 0,
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    active_shards_percent_as_number: 100,
  }
}

function node({ call }: ElasticCall): object {
  return {
    name: call.parts.server.name,
    version: elasticVersion,
    build_flavor: 'default',
    build_type: 'docker',
    build_hash: build.hash,
    roles: ['data', 'ingest', 'master'],
    attributes: {},
    os: { name: 'Linux' },
    process: { mlockall: false },
    plugins: [],
    modules: [],
  }
}

function nodesAnswer(call: ElasticCall, parts: object): ElasticAnswer {
  const { cluster_uuid } = call.call.parts.server
  return ok({
    _nodes: { total: 1, successful: 1, failed: 0 },
    cluster_name: clusterName,
    nodes: { [cluster_uuid]: { ...node(call), ...parts } },
  })
}

/** Where the client reached us is the one address that is known to work for it. */
function addressOf({ call }: ElasticCall): object | undefined {
  const host = call.headers.host
  if (typeof host !== 'string' || !/^[\w.:[\]-]+$/.test(host)) return undefined
  const address = /:\d+$/.test(host) ? host : `${host}:9200`
  const http = { bound_address: [address], publish_address: address }
  return { host: address.replace(/:\d+$/, ''), transport_address: address, http }
}

/**
 * Clients that sniff replace their hosts by what they are told. Under a path of another port there
 * is no right answer, and clients keep their hosts when they get none.
 */
function nodes(call: ElasticCall): ElasticAnswer {
  const address = call.canSniff ? addressOf(call) : undefined
  if (address === undefined && call.part('metric') === 'http') {
    const reason = 'the address of this node is not known: keep the one that you have'
    throw new ElasticError(500, 'illegal_state_exception', reason)
  }
  return nodesAnswer(call, { ...address })
}

const stats = (call: ElasticCall): ElasticAnswer =>
  nodesAnswer(call, { timestamp: call.call.parts.now_ms(), indices: {} })

const clusterStats = ({ call }: ElasticCall): ElasticAnswer =>
  ok({
    cluster_name: clusterName,
    cluster_uuid: call.parts.server.cluster_uuid,
    timestamp: call.parts.now_ms(),
    status: 'green',
    nodes: { count: { total: 1 }, versions: [elasticVersion] },
  })

/** What old shippers read of it: who this is. */
const clusterState = ({ call }: ElasticCall): ElasticAnswer => {
  const { cluster_uuid } = call.parts.server
  const rest = { state_uuid: cluster_uuid, master_node: cluster_uuid, blocks: {} }
  return ok({
    ...{ cluster_name: clusterName, cluster_uuid, version: 1, ...rest },
    metadata: { cluster_uuid, templates: {}, indices: {} },
  })
}

/** A monitoring cluster of its own is not kept here; Elasticsearch says `ignored` likewise. */
async function monitoring({ call }: ElasticCall): Promise<ElasticAnswer> {
  await call.body()
  return ok({ took: 0, ignored: true, errors: false })
}

export const infoRoutes: readonly ElasticRoute[] = [
  ['GET', '/', root],
  [
    'GET',
    '/_license',
    () => ok({ license: { ...licence, issued_to: clusterName, issuer: 'crowsnest' } }),
  ],
  ['GET', '/_license/basic_status', () => ok({ eligible_to_start_basic: false })],
  ['GET', '/_license/trial_status', () => ok({ eligible_to_start_trial: false })],
  ['GET', '/_xpack', xpack],
  ['GET', '/_xpack/license', () => ok({ license: licence })],
  ['GET', '/_xpack/usage', () => ok({})],
  ['GET', '/_cluster/health', () => ok(health())],
  ['GET', '/_cluster/health/{index}', () => ok(health())],
  ['GET', '/_cluster/stats', clusterStats],
  ['GET', '/_cluster/state', clusterState],
  ['GET', '/_cluster/state/{metric}', clusterState],
  ['GET', '/_cluster/pending_tasks', () => ok({ tasks: [] })],
  ['GET', '/_nodes', nodes],
  ['GET', '/_nodes/{metric}', nodes],
  ['GET', '/_nodes/{node}/{metric}', nodes],
  ['GET', '/_nodes/stats', stats],
  ['GET', '/_nodes/stats/{metric}', stats],
  ['GET', '/_nodes/{node}/stats', stats],
  ['GET', '/_remote/info', () => ok({})],
  ['GET', '/_tasks', () => ok({ nodes: {} })],
  ['GET', '/_ssl/certificates', () => ok([])],
  ['POST PUT', '/_monitoring/bulk', monitoring],
  ['POST PUT', '/_xpack/monitoring/_bulk', monitoring],
]
