/** Aliases and data streams, under which shippers of version 7 and 8 write. */

import { isLike } from '../../../model/filter-path.ts'
import type { NamedObject } from '../../../model/named-objects.ts'
import { acknowledged, type ElasticAnswer, ElasticError } from './answers.ts'
import { indexName } from './index-name.ts'
import {
  type AliasBody,
  alreadyExists,
  forgetIndex,
  indexMissing,
  isPresent,
  type StreamBody,
  templateOf,
} from './index-objects.ts'
import { addAlias, newName } from './index-routes.ts'
import { byOf, checkName, objectBody, objectsLike } from './object-routes.ts'
import type { ElasticCall, ElasticRoute } from './route-table.ts'

/** `{index: {aliases: {alias: {}}}}`; 404 when the alias has none. */
async function getAliases(call: ElasticCall): Promise<ElasticAnswer> {
  const asked = call.part('name')
  const aliases = await objectsLike(call, 'alias', asked || '*')
  const index = call.part('index')
  const json = new Map<string, { aliases: Record<string, object> }>()
  for (const { name, body } of aliases) {
    for (const [of, options] of Object.entries((body as AliasBody).indices)) {
      if (index !== '' && !isLike(index, of)) continue
      const entry = json.get(of) ?? { aliases: {} }
      entry.aliases[name] = options
      json.set(of, entry)
    }
  }
  if (json.size === 0 && asked !== '' && !asked.includes('*')) {
    return { status: 404, json: { error: `alias [${asked}] missing`, status: 404 } }
  }
  return { status: 200, json: Object.fromEntries(json) }
}

async function putAlias(call: ElasticCall): Promise<ElasticAnswer> {
  const alias = call.part('name')
  checkName(alias)
  const options = (await call.json()) === undefined ? {} : await objectBody(call)
  await addAlias(call, call.part('index'), alias, options)
  return acknowledged
}

async function removeAlias(call: ElasticCall, index: string, alias: string): Promise<void> {
  const { objects } = call.call.parts
  const before = (await objects.get('alias', alias))?.body as AliasBody | undefined
  if (before === undefined || !Object.hasOwn(before.indices, index)) {
    throw new ElasticError(404, 'aliases_not_found_exception', `aliases [${alias}] missing`)
  }
  const { [index]: _gone, ...indices } = before.indices
  if (Object.keys(indices).length === 0) await objects.delete('alias', alias)
  else await objects.put('alias', alias, { indices }, byOf(call))
}

async function deleteAlias(call: ElasticCall): Promise<ElasticAnswer> {
  await removeAlias(call, call.part('index'), call.part('name'))
  return acknowledged
}

const actions_max = 1000

/** `{"actions":[{"add":{"index":…,"alias":…}},{"remove":…}]}`. */
async function changeAliases(call: ElasticCall): Promise<ElasticAnswer> {
  const { actions } = await objectBody(call)
  if (!Array.isArray(actions) || actions.length > actions_max) {
    throw new ElasticError(400, 'illegal_argument_exception', '[aliases] requires [actions]')
  }
  for (const action of actions as Record<string, AliasAction>[]) {
    const [name = '', parts] = Object.entries(action ?? {})[0] ?? []
    const { index, indices = [index], alias, aliases = [alias], ...options } = parts ?? {}
    for (const one of indices) {
      for (const other of aliases) {
        if (typeof one !== 'string' || typeof other !== 'string') {
          throw new ElasticError(400, 'illegal_argument_exception', 'expected index and alias')
        }
        if (name === 'add') await addAlias(call, one, other, options)
        else if (name === 'remove') await removeAlias(call, one, other)
        else throw new ElasticError(400, 'illegal_argument_exception', `unknown action [${name}]`)
      }
    }
  }
  return acknowledged
}
type AliasAction = { index?: string; indices?: string[]; alias?: string; aliases?: string[] }

/** Rollover is what the store does by itself, by age. */
async function rollover(call: ElasticCall): Promise<ElasticAnswer> {
  const index = call.part('index')
  if (!(await isPresent(call.call.parts.objects, index))) throw indexMissing(index)
  return {
    status: 200,
    json: {
      acknowledged: false,
      shards_acknowledged: false,
      old_index: index,
      new_index: index,
      rolled_over: false,
      dry_run: false,
      conditions: {},
    },
  }
}

async function createStream(call: ElasticCall): Promise<ElasticAnswer> {
  const name = newName(call, 'name')
  const { objects, now_ms } = call.call.parts
  if (await isPresent(objects, name)) throw alreadyExists('data_stream', name)
  await objects.put('data_stream', name, { created_ms: now_ms() }, byOf(call))
  return acknowledged
}

async function getStreams(call: ElasticCall): Promise<ElasticAnswer> {
  const asked = call.part('name')
  const streams = await objectsLike(call, 'data_stream', asked || '*')
  if (streams.length === 0 && asked !== '' && !/[*,]/.test(asked)) throw indexMissing(asked)
  const templates = await call.call.parts.objects.list('index_template')
  return { status: 200, json: { data_streams: streams.map((one) => streamShown(one, templates)) } }
}

function streamShown({ name, body, version }: NamedObject, templates: readonly NamedObject[]) {
  const { created_ms, lifecycle } = body as StreamBody
  const template = templateOf(templates, name)
  const { template: own } = (template?.body ?? {}) as { template?: TemplateBody }
  const policy = own?.settings?.index?.lifecycle?.name ?? own?.settings?.['index.lifecycle.name']
  const { backing } = indexName(name, created_ms)
  const index_name = backing === name ? `.ds-${name}-${dayOf(created_ms)}-000001` : backing
  return {
    name,
    timestamp_field: { name: '@timestamp' },
    indices: [{ index_name, index_uuid: index_name.slice(-22) }],
    generation: version,
    status: 'GREEN',
    template: template?.name ?? name,
    ...(policy === undefined ? {} : { ilm_policy: policy }),
    ...(lifecycle === undefined ? {} : { lifecycle }),
    hidden: false,
    system: false,
    allow_custom_routing: false,
    replicated: false,
  }
}
type TemplateBody = {
  settings?: { index?: { lifecycle?: { name?: string } }; 'index.lifecycle.name'?: string }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '.')
}

async function deleteStream(call: ElasticCall): Promise<ElasticAnswer> {
  const asked = call.part('name')
  const streams = await objectsLike(call, 'data_stream', asked)
  if (streams.length === 0 && !/[*,]/.test(asked)) throw indexMissing(asked)
  const { objects } = call.call.parts
  for (const { name } of streams) {
    await objects.delete('data_stream', name)
    forgetIndex(objects, name)
  }
  return acknowledged
}

async function getLifecycle(call: ElasticCall): Promise<ElasticAnswer> {
  const streams = await objectsLike(call, 'data_stream', call.part('name'))
  const shown = streams.map(({ name, body }) => ({
    name,
    lifecycle: (body as StreamBody).lifecycle ?? { enabled: true },
  }))
  return { status: 200, json: { data_streams: shown } }
}

async function putLifecycle(call: ElasticCall): Promise<ElasticAnswer> {
  const lifecycle = (await call.json()) === undefined ? {} : await objectBody(call)
  const asked = call.part('name')
  const streams = await objectsLike(call, 'data_stream', asked)
  if (streams.length === 0) throw indexMissing(asked)
  for (const { name, body } of streams) {
    const changed = { ...(body as StreamBody), lifecycle }
    await call.call.parts.objects.put('data_stream', name, changed, byOf(call))
  }
  return acknowledged
}

export const aliasRoutes: readonly ElasticRoute[] = [
  ['GET', '/_alias', getAliases],
  ['GET', '/_alias/{name}', getAliases],
  ['GET', '/{index}/_alias', getAliases],
  ['GET', '/{index}/_alias/{name}', getAliases],
  ['PUT POST', '/{index}/_alias/{name}', putAlias],
  ['PUT POST', '/{index}/_aliases/{name}', putAlias],
  ['DELETE', '/{index}/_alias/{name}', deleteAlias],
  ['POST', '/_aliases', changeAliases],
  ['POST', '/{index}/_rollover', rollover],
  ['GET', '/_data_stream', getStreams],
  ['GET', '/_data_stream/{name}', getStreams],
  ['PUT', '/_data_stream/{name}', createStream],
  ['DELETE', '/_data_stream/{name}', deleteStream],
  ['GET', '/_data_stream/{name}/_lifecycle', getLifecycle],
  ['PUT', '/_data_stream/{name}/_lifecycle', putLifecycle],
]
