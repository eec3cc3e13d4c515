/** What there is: indices, their fields, settings and sizes, as clients ask before they search. */

import { ecsName } from '../../query/elastic/documents.ts'
import { columnNames, type FieldType, hasShape } from '../../query/elastic/field-names.ts'
import { allFields, fieldTypes } from '../../query/elastic/field-types.ts'
import { member, textsAt } from '../../query/elastic/json-parts.ts'
import { missingIndex } from '../../query/elastic/refusal.ts'
import { shards } from '../../query/elastic/search.ts'
import { optionalQuery } from '../../query/elastic/search-request.ts'
import { type IndexCount, indexCounts, type Target } from '../../query/elastic/targets.ts'
import { type TimeRange, timeRangeOf } from '../../query/elastic/time-range.ts'
import { type ElasticAnswer, ok } from './answers.ts'
import { bodyOf, type ElasticCall, indexOptions, targetsFor } from './request.ts'
import type { Route } from './route-table.ts'

/** Every field of the targets, by the names that their documents have. */
async function fieldsIn(
  targets: readonly Target[],
  range: TimeRange,
  call: ElasticCall,
): Promise<Map<string, FieldType>> {
  const columns = targets.flatMap(({ table }) => columnNames(table))
  const fields = await fieldTypes(columns, targets, range, call.context)
  for (const [name, type] of await allFields(targets, range, call.context)) {
    if (name.startsWith('_')) continue
    const shown = ecsName(name)
    if (!fields.has(shown)) fields.set(shown, type)
  }
  return new Map([...fields].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const wholeRange = timeRangeOf({ tag: 'all' }, 0)

async function known(call: ElasticCall): Promise<{ targets: Target[]; indices: IndexCount[] }> {
  const targets = await targetsFor(call)
  const indices = await indexCounts(targets, call.context)
  const asked = call.part('index')
  if (indices.length === 0 && asked !== '' && !/[*,]|^_all$/.test(asked)) {
    if (!indexOptions(call.query).ignoreUnavailable && targets.length === 0)
      throw missingIndex(asked)
  }
  return { targets, indices }
}

async function fieldCaps(call: ElasticCall): Promise<ElasticAnswer> {
  const body = await bodyOf(call)
  const inAddress = call.query.get('fields')?.split(',') ?? []
  const asked = [...inAddress, ...textsAt(member(body, 'fields'), 'fields')]
  const patterns = asked.length === 0 ? ['*'] : asked.slice(0, 500)
  const range = timeRangeOf(optionalQuery(member(body, 'index_filter')), call.context.now_ms)
  const { targets, indices } = await known(call)
  const fields = await fieldsIn(targets, range, call)
  // A field that is asked for by name may be too rare for any sample.
  const named = patterns.filter((one) => !one.includes('*') && !fields.has(one))
  for (const [name, type] of await fieldTypes(named, targets, range, call.context)) {
    fields.set(name, type)
  }
  const told: Record<string, object> = Object.create(null)
  const put = (name: string, type: string, isValue: boolean) => {
    const caps = {
      type,
      metadata_field: false,
      searchable: isValue,
      aggregatable: isValue && type !== 'text',
    }
    if (patterns.some((pattern) => hasShape(name, pattern))) told[name] = { [type]: caps }
  }
  for (const [name, type] of fields) put(name, type, true)
  for (const name of [...fields.keys()]) {
    for (let at = name.indexOf('.'); at > 0; at = name.indexOf('.', at + 1)) {
      const parent = name.slice(0, at)
      if (!fields.has(parent) && told[parent] === undefined) put(parent, 'object', false)
    }
  }
  for (const [name, type] of [
    ['_id', '_id'],
    ['_index', '_index'],
    ['_source', '_source'],
  ] as const) {
    const caps = { type, metadata_field: true, searchable: true, aggregatable: name !== '_source' }
    if (patterns.some((pattern) => hasShape(name, pattern))) told[name] = { [type]: caps }
  }
  return ok({ indices: indices.map(({ index }) => index), fields: told })
}

type Property = { type?: string; properties?: Record<string, Property>; fields?: object }

function propertiesOf(fields: ReadonlyMap<string, FieldType>): Record<string, Property> {
  const root: Record<string, Property> = Object.create(null)
  for (const [name, type] of fields) {
    const keys = name.split('.')
    let at = root
    for (const key of keys.slice(0, -1)) {
      const next = at[key] ?? {}
      at[key] = next
      next.properties ??= Object.create(null) as Record<string, Property>
      at = next.properties
    }
    const last = keys.at(-1)!
    // What is an object has no type of its own.
    if (at[last] === undefined) at[last] = { type }
  }
  return tidied(root)
}

function tidied(properties: Record<string, Property>): Record<string, Property> {
  for (const property of Object.values(properties)) {
    if (property.properties === undefined) continue
    delete property.type
    tidied(property.properties)
  }
  return properties
}

async function mapping(call: ElasticCall): Promise<ElasticAnswer> {
  const { targets, indices } = await known(call)
  const properties = propertiesOf(await fieldsIn(targets, wholeRange, call))
  const told = indices.map(({ index }) => [index, { mappings: { properties } }] as const)
  return ok(Object.fromEntries(told))
}

async function fieldMapping(call: ElasticCall): Promise<ElasticAnswer> {
  const { targets, indices } = await known(call)
  const patterns = call.part('field').split(',')
  const fields = await fieldsIn(targets, wholeRange, call)
  const mappings: Record<string, object> = Object.create(null)
  for (const [name, type] of fields) {
    if (!patterns.some((pattern) => hasShape(name, pattern))) continue
    mappings[name] = { full_name: name, mapping: { [name.split('.').at(-1)!]: { type } } }
  }
  return ok(Object.fromEntries(indices.map(({ index }) => [index, { mappings }])))
}

async function settings(call: ElasticCall): Promise<ElasticAnswer> {
  const { indices } = await known(call)
  const told = indices.map(({ index, first_ms }) => {
    const own = {
      ...{ number_of_shards: '1', number_of_replicas: '0', provided_name: index },
      ...{ creation_date: String(first_ms), uuid: index, version: { created: '8521000' } },
    }
    return [index, { settings: { index: own } }] as const
  })
  return ok(Object.fromEntries(told))
}

async function stats(call: ElasticCall): Promise<ElasticAnswer> {
  const { indices } = await known(call)
  const of = (count: number) => {
    const docs = { count, deleted: 0 }
    return { primaries: { docs }, total: { docs } }
  }
  const sum = indices.reduce((total, { documents }) => total + documents, 0)
  return ok({
    _shards: shards,
    _all: of(sum),
    indices: Object.fromEntries(
      indices.map(({ index, documents }) => [
        index,
        { uuid: index, health: 'green', status: 'open', ...of(documents) },
      ]),
    ),
  })
}

const isStream = (index: string) => /^(?:logs|metrics|traces)-[^-]+-.+$/.test(index)

async function resolve(call: ElasticCall): Promise<ElasticAnswer> {
  const targets = await targetsFor(call, call.part('name'))
  const found = await indexCounts(targets, call.context)
  const indices = found.filter(({ index }) => !isStream(index))
  return ok({
    indices: indices.map(({ index }) => ({ name: index, attributes: ['open'] })),
    aliases: [],
    data_streams: found
      .filter(({ index }) => isStream(index))
      .map(({ index }) => ({
        ...{ name: index, backing_indices: [`.ds-${index}-000001`], timestamp_field: '@timestamp' },
      })),
  })
}

async function resolveCluster(call: ElasticCall): Promise<ElasticAnswer> {
  const targets = await targetsFor(call, call.part('name') || '*')
  const version = { number: '8.19.0', build_flavor: 'default' }
  const own = {
    connected: true,
    skip_unavailable: false,
    matching_indices: targets.length > 0,
    version,
  }
  return ok({ '(local)': own })
}

const both = 'GET POST'

export const catalogRoutes: readonly Route[] = [
  [both, '/_field_caps', fieldCaps],
  [both, '/{index}/_field_caps', fieldCaps],
  ['GET', '/_mapping', mapping],
  ['GET', '/_mappings', mapping],
  ['GET', '/{index}/_mapping', mapping],
  ['GET', '/{index}/_mappings', mapping],
  ['GET', '/_mapping/field/{field}', fieldMapping],
  ['GET', '/{index}/_mapping/field/{field}', fieldMapping],
  ['GET', '/_settings', settings],
  ['GET', '/{index}/_settings', settings],
  ['GET', '/_stats', stats],
  ['GET', '/{index}/_stats', stats],
  ['GET', '/_stats/{metric}', stats],
  ['GET', '/{index}/_stats/{metric}', stats],
  ['GET', '/_resolve/index/{name}', resolve],
  ['GET', '/_resolve/cluster', resolveCluster],
  ['GET', '/_resolve/cluster/{name}', resolveCluster],
]
