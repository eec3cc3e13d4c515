/**
 * Policies, templates and scripts that clients put: kept by name and given back in Elasticsearch's
 * shapes. What they ask of storage is read by others; indices are in index-routes.ts.
 */

import { isLike } from '../../../model/filter-path.ts'
import type { NamedObject, ObjectKind } from '../../../model/named-objects.ts'
import { acknowledged, type ElasticAnswer, ElasticError } from './answers.ts'
import { indexMissing, templateOf } from './index-objects.ts'
import type { ElasticCall, ElasticHandler, ElasticRoute } from './route-table.ts'

type Shape = {
  kind: ObjectKind
  /** What GET answers for the objects that were found. */
  found(objects: readonly NamedObject[]): unknown
  /** What it answers when the name has none; `{}` where undefined. */
  missing?: (name: string) => { type: string; reason: string }
  /** A field without which it cannot be. */
  needs?: string
}

const name_bytes_max = 512

export function byName(objects: readonly NamedObject[], shown: (one: NamedObject) => unknown) {
  return Object.fromEntries(objects.map((one) => [one.name, shown(one)]))
}

const policies: Shape = {
  kind: 'ilm_policy',
  needs: 'policy',
  found: (objects) =>
    byName(objects, ({ version, updated_ms, body }) => ({
      version,
      modified_date: new Date(updated_ms).toISOString(),
      ...(body as object),
      in_use_by: { indices: [], data_streams: [], composable_templates: [] },
    })),
  missing: (name) => ({
    type: 'resource_not_found_exception',
    reason: `Lifecycle policy not found: ${name}`,
  }),
}

const listed = (list: string, member: string) => (objects: readonly NamedObject[]) => ({
  [list]: objects.map(({ name, body }) => ({ name, [member]: body })),
})

const indexTemplates: Shape = {
  kind: 'index_template',
  needs: 'index_patterns',
  found: listed('index_templates', 'index_template'),
  missing: (name) => ({
    type: 'resource_not_found_exception',
    reason: `index template matching [${name}] not found`,
  }),
}

const componentTemplates: Shape = {
  kind: 'component_template',
  needs: 'template',
  found: listed('component_templates', 'component_template'),
  missing: (name) => ({
    type: 'resource_not_found_exception',
    reason: `component template matching [${name}] not found`,
  }),
}

const templates: Shape = {
  kind: 'template',
  found: (objects) =>
    byName(objects, ({ body }) => ({
      order: 0,
      index_patterns: [],
      settings: {},
      mappings: {},
      aliases: {},
      ...(body as object),
    })),
}

/** The objects with a name, or with names like a pattern. */
export async function objectsLike(
  { call }: ElasticCall,
  kind: ObjectKind,
  asked: string,
): Promise<NamedObject[]> {
  const { objects } = call.parts
  if (!/[*,]/.test(asked) && asked !== '_all') {
    const one = await objects.get(kind, asked)
    return one === undefined ? [] : [one]
  }
  const patterns = asked.split(',').slice(0, 100)
  const all = await objects.list(kind)
  const isAsked = (name: string) =>
    patterns.some((one) => one === '_all' || isLike(one.slice(0, 512), name))
  return all.filter(({ name }) => isAsked(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Throws when there is no object in the body. */
export async function objectBody({ json }: ElasticCall): Promise<Record<string, unknown>> {
  const body = await json()
  if (body === undefined) throw new ElasticError(400, 'parse_exception', 'request body is required')
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ElasticError(400, 'parse_exception', 'expected an object as request body')
  }
  return body as Record<string, unknown>
}

export function checkName(name: string): void {
  if (Buffer.byteLength(name) <= name_bytes_max && !/[\s,*\0]/.test(name)) return
  const reason = `invalid name [${name.slice(0, 100)}]: no spaces, commas or wildcards, 512 bytes`
  throw new ElasticError(400, 'illegal_argument_exception', reason)
}

function get({ kind, found, missing }: Shape): ElasticHandler {
  return async (call) => {
    const name = call.part('name')
    const objects = await objectsLike(call, kind, name || '*')
    const isPattern = name === '' || name.includes('*')
    if (objects.length > 0 || isPattern) return { status: 200, json: found(objects) }
    if (missing === undefined) return { status: 404, json: {} }
    const { type, reason } = missing(name)
    throw new ElasticError(404, type, reason)
  }
}

export function byOf({ call }: ElasticCall): string {
  return call.principal.token_id ?? call.principal.agent_id ?? 'anonymous'
}

function put({ kind, needs }: Shape): ElasticHandler {
  return async (call) => {
    const name = call.part('name')
    checkName(name)
    if (name.startsWith('_') && kind !== 'script') {
      const reason = `invalid name [${name.slice(0, 100)}], must not start with '_'`
      throw new ElasticError(400, 'illegal_argument_exception', reason)
    }
    const body = await objectBody(call)
    if (needs !== undefined && !Object.hasOwn(body, needs)) {
      throw new ElasticError(400, 'parse_exception', `Required [${needs}]`)
    }
    const { objects } = call.call.parts
    if (call.call.query.get('create') === 'true' && (await objects.get(kind, name))) {
      const reason = `${kind} [${name}] already exists`
      throw new ElasticError(400, 'illegal_argument_exception', reason)
    }
    await objects.put(kind, name, body, byOf(call))
    return acknowledged
  }
}

function remove({ kind, missing }: Shape): ElasticHandler {
  return async (call) => {
    const name = call.part('name')
    const found = await objectsLike(call, kind, name)
    for (const one of found) await call.call.parts.objects.delete(kind, one.name)
    if (found.length > 0 || name.includes('*')) return acknowledged
    const fallback = {
      type: 'index_template_missing_exception',
      reason: `${kind} [${name}] missing`,
    }
    const { type, reason } = missing?.(name) ?? fallback
    throw new ElasticError(404, type, reason)
  }
}

function storedAt(path: string, shape: Shape): ElasticRoute[] {
  return [
    ['GET', path, get(shape)],
    ['GET', `${path}/{name}`, get(shape)],
    ['PUT POST', `${path}/{name}`, put(shape)],
    ['DELETE', `${path}/{name}`, remove(shape)],
  ]
}

const scripts: Shape = { kind: 'script', found: () => ({}), needs: 'script' }

async function getScript(call: ElasticCall): Promise<ElasticAnswer> {
  const _id = call.part('name')
  const one = await call.call.parts.objects.get('script', _id)
  if (one === undefined) return { status: 404, json: { _id, found: false } }
  return { status: 200, json: { _id, found: true, ...(one.body as object) } }
}

const settingsName = 'cluster'

async function getSettings({ call }: ElasticCall): Promise<ElasticAnswer> {
  const one = await call.parts.objects.get('cluster_setting', settingsName)
  const json = { persistent: {}, transient: {}, ...(one?.body as object | undefined) }
  return { status: 200, json }
}

async function putSettings(call: ElasticCall): Promise<ElasticAnswer> {
  const { persistent = {}, transient = {} } = await objectBody(call)
  const { objects } = call.call.parts
  const before = (await objects.get('cluster_setting', settingsName))?.body as Settings | undefined
  const merged = {
    persistent: { ...before?.persistent, ...(persistent as object) },
    transient: { ...before?.transient, ...(transient as object) },
  }
  await objects.put('cluster_setting', settingsName, merged, byOf(call))
  return { status: 200, json: { acknowledged: true, persistent, transient } }
}
type Settings = { persistent: object; transient: object }

const ilmStatus = (): ElasticAnswer => ({ status: 200, json: { operation_mode: 'RUNNING' } })

/** What a template would give; those of lower priority are told by none. */
async function simulate(call: ElasticCall): Promise<ElasticAnswer> {
  const { objects } = call.call.parts
  const index = call.part('index')
  const name = call.part('name')
  const sent = (await call.json()) === undefined ? undefined : await objectBody(call)
  const kept =
    index === ''
      ? await objects.get('index_template', name)
      : templateOf(await objects.list('index_template'), index)
  if (name !== '' && sent === undefined && kept === undefined) {
    const reason = `unable to simulate template [${name}] that does not exist`
    throw new ElasticError(400, 'illegal_argument_exception', reason)
  }
  const { template = {} } = (sent ?? kept?.body ?? {}) as { template?: object }
  const whole = { settings: {}, mappings: {}, aliases: {}, ...template }
  return { status: 200, json: { template: whole, overlapping: [] } }
}

/** The store keeps by age; a policy is read and not run step by step. */
async function explain(call: ElasticCall): Promise<ElasticAnswer> {
  const name = call.part('index')
  const found = await Promise.all([
    objectsLike(call, 'index', name),
    objectsLike(call, 'data_stream', name),
  ])
  const indices = found.flat().map((one) => [one.name, { index: one.name, managed: false }])
  if (indices.length === 0 && !/[*,]/.test(name) && name !== '_all') throw indexMissing(name)
  return { status: 200, json: { indices: Object.fromEntries(indices) } }
}

export const objectRoutes: readonly ElasticRoute[] = [
  ['GET', '/_ilm/status', ilmStatus],
  ['POST', '/_ilm/start', () => acknowledged],
  ['GET', '/{index}/_ilm/explain', explain],
  ['POST', '/_index_template/_simulate', simulate],
  ['POST', '/_index_template/_simulate/{name}', simulate],
  ['POST', '/_index_template/_simulate_index/{index}', simulate],
  ...storedAt('/_ilm/policy', policies),
  ...storedAt('/_index_template', indexTemplates),
  ...storedAt('/_component_template', componentTemplates),
  ...storedAt('/_template', templates),
  ['GET', '/_scripts/{name}', getScript],
  ['PUT POST', '/_scripts/{name}', put(scripts)],
  ['DELETE', '/_scripts/{name}', remove(scripts)],
  ['GET', '/_cluster/settings', getSettings],
  ['PUT', '/_cluster/settings', putSettings],
]
