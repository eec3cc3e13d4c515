/** Indices: created, shown and deleted by name. Their aliases are in alias-routes.ts. */
import { acknowledged, type ElasticAnswer, ElasticError } from './answers.ts'
import { dateMath, problemOf } from './index-name.ts'
import {
  type AliasBody,
  alreadyExists,
  forgetIndex,
  type IndexBody,
  indexMissing,
  isPresent,
} from './index-objects.ts'
import { byOf, objectBody, objectsLike } from './object-routes.ts'
import type { ElasticCall, ElasticHandler, ElasticRoute } from './route-table.ts'

/** The name in the path, with date math done. Throws when no index can be called so. */
export function newName({ call, part }: ElasticCall, from = 'index'): string {
  const name = dateMath(part(from), call.parts.now_ms())
  const problem = problemOf(name) || (name === name.toLowerCase() ? '' : 'must be lowercase')
  if (problem === '') return name
  const reason = `Invalid index name [${name.slice(0, 100)}], ${problem}`
  throw new ElasticError(400, 'invalid_index_name_exception', reason, { index: name })
}

async function create(call: ElasticCall): Promise<ElasticAnswer> {
  const index = newName(call)
  const { objects } = call.call.parts
  if (await isPresent(objects, index)) throw alreadyExists('index', index)
  const sent = (await call.json()) === undefined ? {} : await objectBody(call)
  const { aliases, mappings, settings } = sent as Record<string, object | undefined>
  const created_ms = call.call.parts.now_ms()
  const body: IndexBody = { created_ms, mappings: mappings ?? {}, settings: settings ?? {} }
  await objects.put('index', index, body, byOf(call))
  for (const [alias, options] of Object.entries(aliases ?? {})) {
    await addAlias(call, index, alias, options as object)
  }
  return { status: 200, json: { acknowledged: true, shards_acknowledged: true, index } }
}

export async function addAlias(call: ElasticCall, index: string, alias: string, options: object) {
  const { objects } = call.call.parts
  const before = (await objects.get('alias', alias))?.body as AliasBody | undefined
  const indices = { ...before?.indices, [index]: options ?? {} }
  await objects.put('alias', alias, { indices }, byOf(call))
}

/** The indices behind a name, a list or a pattern; those of aliases too. */
async function found(call: ElasticCall) {
  const asked = call.part('index')
  const name = dateMath(asked, call.call.parts.now_ms())
  const indices = await objectsLike(call, 'index', name)
  for (const alias of await objectsLike(call, 'alias', name)) {
    for (const index of Object.keys((alias.body as AliasBody).indices)) {
      if (indices.some((one) => one.name === index)) continue
      indices.push(...(await objectsLike(call, 'index', index)))
    }
  }
  return { name, indices, streams: await objectsLike(call, 'data_stream', name) }
}

async function aliasesByIndex(call: ElasticCall): Promise<Map<string, Record<string, object>>> {
  const byIndex = new Map<string, Record<string, object>>()
  for (const { name, body } of await call.call.parts.objects.list('alias')) {
    for (const [index, options] of Object.entries((body as AliasBody).indices)) {
      byIndex.set(index, { ...byIndex.get(index), [name]: options })
    }
  }
  return byIndex
}

function show(part?: 'mappings' | 'settings'): ElasticHandler {
  return async (call) => {
    const { name, indices, streams } = await found(call)
    const isList = /[*,]/.test(name) || name === '_all'
    if (indices.length + streams.length === 0 && !isList) {
      if (call.call.query.get('ignore_unavailable') === 'true') return { status: 200, json: {} }
      throw indexMissing(name)
    }
    const aliases = await aliasesByIndex(call)
    const shown = [...indices, ...streams].map(({ name, body }): [string, object] => {
      const { mappings = {}, settings = {}, created_ms } = body as IndexBody
      const index = { creation_date: String(created_ms), provided_name: name, ...settings }
      const all = { aliases: aliases.get(name) ?? {}, mappings, settings: { index } }
      return [name, part === undefined ? all : { [part]: all[part] }]
    })
    return { status: 200, json: Object.fromEntries(shown) }
  }
}

async function remove(call: ElasticCall): Promise<ElasticAnswer> {
  const { name, indices, streams } = await found(call)
  const { objects } = call.call.parts
  const isPattern = /[*,]/.test(name) || name === '_all'
  if (isPattern) {
    const reason = 'Wildcard expressions or all indices are not allowed'
    throw new ElasticError(400, 'illegal_argument_exception', reason)
  }
  if (indices.length === 0 || streams.length > 0) {
    if (streams.length === 0) throw indexMissing(name)
    const reason = `[${name}] is a data stream: delete it by its own API`
    throw new ElasticError(400, 'illegal_argument_exception', reason)
  }
  for (const one of indices) {
    await objects.delete('index', one.name)
    forgetIndex(objects, one.name)
  }
  return acknowledged
}

/** Mappings and settings of indices that are there already. */
function change(part: 'mappings' | 'settings'): ElasticHandler {
  return async (call) => {
    const { name, indices, streams } = await found(call)
    if (indices.length + streams.length === 0) throw indexMissing(name)
    const sent = await objectBody(call)
    for (const one of indices) {
      const body = one.body as IndexBody
      const changed = { ...body, [part]: { ...body[part], ...sent } }
      await call.call.parts.objects.put('index', one.name, changed, byOf(call))
    }
    return acknowledged
  }
}

/** Nothing is held back here: what was acknowledged is durable, and found within seconds. */
const shards: ElasticHandler = () => ({
  status: 200,
  json: { _shards: { total: 1, successful: 1, failed: 0 } },
})

async function exists(call: ElasticCall): Promise<ElasticAnswer> {
  return show()(call)
}

export const indexRoutes: readonly ElasticRoute[] = [
  ['PUT', '/{index}', create],
  ['GET', '/{index}', exists],
  ['DELETE', '/{index}', remove],
  ['PUT POST', '/{index}/_mapping', change('mappings')],
  ['GET', '/{index}/_mapping', show('mappings')],
  ['GET', '/{index}/_settings', show('settings')],
  ['PUT', '/{index}/_settings', change('settings')],
  ...['_refresh', '_flush', '_forcemerge', '_cache/clear'].flatMap((name): ElasticRoute[] => [
    ['GET POST', `/${name}`, shards],
    ['GET POST', `/{index}/${name}`, shards],
  ]),
]
