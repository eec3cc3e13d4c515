/** Lists: selected, in pages that belong to one moment, drawn as objects, tables or metadata. */
import { randomBytes } from 'node:crypto'
import { apiVersionOf, type Kind } from './kinds.ts'
import type { ObjectStore } from './object-store.ts'
import { type KubeObject, namedAs } from './objects.ts'
import { type ApiRequest, StatusError, type Target } from './request.ts'
import { BadSelector, fieldSelector, labelSelector } from './selectors.ts'
import { partial, type RowObject, tableColumns, tableRow } from './tables.ts'

export type Shape = { as: 'objects' | 'table' | 'partial'; include: RowObject }

/** The first form in Accept that we can make. */
export function shapeOf({ accept, query }: Pick<ApiRequest, 'accept' | 'query'>): Shape {
  const include = (query.get('includeObject') ?? 'Metadata') as RowObject
  for (const wanted of accept.split(',')) {
    if (!wanted.trim().startsWith('application/json')) continue
    if (/;as=Table\b/.test(wanted)) return { as: 'table', include }
    if (/;as=PartialObjectMetadata(List)?\b/.test(wanted)) return { as: 'partial', include }
    return { as: 'objects', include }
  }
  return { as: 'objects', include }
}

export type Selection = (object: KubeObject) => boolean

export function selectionOf(target: Target, query: URLSearchParams): Selection {
  const { kind, namespace, name } = target
  try {
    const byLabel = labelSelector(query.get('labelSelector') ?? '')
    const byField = fieldSelector(query.get('fieldSelector') ?? '', kind.kind)
    return (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      byLabel(object) &&
      byField(object)
  } catch (error) {
    if (error instanceof BadSelector) throw new StatusError(400, 'BadRequest', error.message)
    throw error
  }
}

type Page = { revision: number; rest: KubeObject[] }
const pages_max = 64

/** Remembers the rest of a list, so that its pages are of one moment. */
export class Lists {
  readonly #store: ObjectStore
  readonly #now_ms: () => number
  readonly #pages = new Map<string, Page>()

  constructor(store: ObjectStore, now_ms: () => number) {
    this.#store = store
    this.#now_ms = now_ms
  }

  /** What is half listed can no longer be continued. */
  forget(): void {
    this.#pages.clear()
  }

  answer(target: Target, asked: ApiRequest): object {
    const { query } = asked
    const page = this.#pageOf(target, query)
    const limit = Number(query.get('limit') ?? 0)
    const hasMore = limit > 0 && page.rest.length > limit
    const items = hasMore ? page.rest.slice(0, limit) : page.rest
    const metadata: Record<string, unknown> = { resourceVersion: String(page.revision) }
    if (hasMore) {
      metadata.continue = this.#keep({ revision: page.revision, rest: page.rest.slice(limit) })
      metadata.remainingItemCount = page.rest.length - limit
    }
    return drawList(target.kind, { items, metadata, now_ms: this.#now_ms() }, shapeOf(asked))
  }

  #pageOf(target: Target, query: URLSearchParams): Page {
    const token = query.get('continue')
    if (token) {
      const page = this.#pages.get(token)
      if (page !== undefined) return page
      const says = 'The provided continue parameter is too old to display a consistent list result.'
      throw new StatusError(410, 'Expired', says)
    }
    const wanted = Number(query.get('resourceVersion') ?? 0)
    if (wanted > this.#store.revision) {
      const says = `Too large resource version: ${wanted}, current: ${this.#store.revision}`
      throw new StatusError(504, 'Timeout', says)
    }
    const select = selectionOf(target, query)
    const rest = this.#store.list(target.kind.kind).filter(select)
    rest.sort((one, other) => (namedAs(one) < namedAs(other) ? -1 : 1))
    return { revision: this.#store.revision, rest }
  }

  #keep(page: Page): string {
    const token = randomBytes(18).toString('base64url')
    this.#pages.set(token, page)
    if (this.#pages.size > pages_max) this.#pages.delete(this.#pages.keys().next().value!)
    return token
  }
}

type Listed = { items: KubeObject[]; metadata: object; now_ms: number }

/** Events of events.k8s.io are the same ones in other words. */
export function inVersion(kind: Kind, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(kind)
  if (kind.group !== 'events.k8s.io') return { ...object, kind: kind.kind, apiVersion }
  const { metadata, type, reason, source, count, involvedObject, message } = object
  return {
    apiVersion,
    kind: 'Event',
    metadata,
    type,
    reason,
    note: message,
    regarding: involvedObject,
    eventTime: null,
    reportingController: object.reportingComponent,
    reportingInstance: object.reportingInstance,
    deprecatedSource: source,
    deprecatedCount: count,
    deprecatedFirstTimestamp: object.firstTimestamp,
    deprecatedLastTimestamp: object.lastTimestamp,
  }
}

function drawList(kind: Kind, { items, metadata, now_ms }: Listed, { as, include }: Shape): object {
  if (as === 'table') {
    return {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      columnDefinitions: tableColumns(kind.kind),
      rows: items.map((item) => tableRow(item, now_ms, include)),
    }
  }
  if (as === 'partial') {
    const apiVersion = 'meta.k8s.io/v1'
    return { kind: 'PartialObjectMetadataList', apiVersion, metadata, items: items.map(partial) }
  }
  const drawn = items.map((item) => inVersion(kind, item))
  return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items: drawn }
}

type Drawn = { kind: Kind; now_ms: number }

export function drawOne(
  object: KubeObject,
  { as, include }: Shape,
  { kind, now_ms }: Drawn,
): object {
  if (as === 'partial') return partial(object)
  if (as === 'objects') return inVersion(kind, object)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: object.metadata.resourceVersion },
    columnDefinitions: tableColumns(object.kind),
    rows: [tableRow(object, now_ms, include)],
  }
}
