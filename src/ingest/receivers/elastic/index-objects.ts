/**
 * Indices, aliases and data streams as clients made them: remembered, so that what was created is
 * there when it is asked for. Where documents really lie is the store's business.
 */
import { Fault } from '../../../model/faults.ts'
import { isLike } from '../../../model/filter-path.ts'
import type { NamedObject } from '../../../model/named-objects.ts'
import type { NamedObjects } from '../../parts.ts'
import { ElasticError } from './answers.ts'
import type { IndexName } from './index-name.ts'

export type IndexBody = {
  created_ms: number
  mappings: object
  settings: object
  /** Made by its first document, not by a request of its own. */
  isImplicit?: boolean
}
/** Alias to what it says of each index. */
export type AliasBody = { indices: Record<string, object> }
export type StreamBody = { created_ms: number; isImplicit?: boolean; lifecycle?: object }

export function indexMissing(name: string): ElasticError {
  const more = { 'resource.type': 'index_or_alias', 'resource.id': name, index: name }
  return new ElasticError(404, 'index_not_found_exception', `no such index [${name}]`, more)
}

export function alreadyExists(what: string, name: string): ElasticError {
  const reason = `${what} [${name}] already exists`
  return new ElasticError(400, 'resource_already_exists_exception', reason, { index: name })
}

/** Whether anything can be written to under the name: index, alias or data stream. */
export async function isPresent(objects: NamedObjects, name: string): Promise<boolean> {
  for (const kind of ['index', 'alias', 'data_stream'] as const) {
    if ((await objects.get(kind, name)) !== undefined) return true
  }
  return false
}

/** Data streams come from their naming, or from a template that says so. */
export async function isDataStream(objects: NamedObjects, index: IndexName): Promise<boolean> {
  if (index.isStream) return true
  const template = templateOf(await objects.list('index_template'), index.name)
  return template !== undefined && Object.hasOwn(template.body as object, 'data_stream')
}

/** The template of highest priority whose patterns fit. */
export function templateOf(
  templates: readonly NamedObject[],
  name: string,
): NamedObject | undefined {
  let best: NamedObject | undefined
  for (const one of templates) {
    const { index_patterns } = one.body as { index_patterns?: unknown }
    const patterns = Array.isArray(index_patterns) ? index_patterns : [index_patterns]
    const fits = patterns.some((pattern) => isLike(String(pattern).slice(0, 512), name))
    if (fits && (best === undefined || priorityOf(one) > priorityOf(best))) best = one
  }
  return best
}

function priorityOf({ body }: NamedObject): number {
  const { priority } = body as { priority?: unknown }
  return typeof priority === 'number' ? priority : 0
}

const noted_max = 10_000
/** Made by documents: templates and policies of clients need the room that is left. */
const implicit_max = 1_000
/** More names than that in one request are no shipper's: each costs questions to the state. */
const noted_at_once_max = 100
/** What this process has seen to: asked once for each name. */
type Noted = { names: Set<string>; made: number }
const noted = new WeakMap<NamedObjects, Noted>()

/** Remembers what documents were written to. Never fails a request: the documents are stored. */
export async function noteIndices(
  objects: NamedObjects,
  indices: Iterable<IndexName>,
  now_ms: number,
): Promise<void> {
  let seen = noted.get(objects)
  if (seen === undefined) {
    seen = { names: new Set(), made: 0 }
    noted.set(objects, seen)
  }
  if (seen.names.size >= noted_max) seen.names = new Set()
  let asked = 0
  for (const index of indices) {
    if (seen.names.has(index.name) || seen.made >= implicit_max) continue
    if (++asked > noted_at_once_max) return
    seen.names.add(index.name)
    try {
      if (await isPresent(objects, index.name)) continue
      seen.made++
      await makeIndex(objects, index, now_ms)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }
}

async function makeIndex(objects: NamedObjects, index: IndexName, created_ms: number) {
  const isImplicit = true
  if (await isDataStream(objects, index)) {
    await objects.put('data_stream', index.name, { created_ms, isImplicit }, 'bulk')
    return
  }
  const body: IndexBody = { created_ms, mappings: {}, settings: {}, isImplicit }
  await objects.put('index', index.name, body, 'bulk')
}

/** After a deletion the next document makes it anew. */
export function forgetIndex(objects: NamedObjects, name: string): void {
  noted.get(objects)?.names.delete(name)
}
