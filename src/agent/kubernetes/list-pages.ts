/**
 * A whole list in pages. A page token that expired starts the list again; when that happens twice
 * the list is asked for at once, because the cluster changes faster than its pages can be read.
 */
import type { KubernetesObject, ListAsk } from './api.ts'
import { ApiError } from './api-error.ts'
import { type Connection, readAll } from './connection.ts'

const page_objects = 500
const page_bytes_max = 64 * 1024 * 1024
const whole_bytes_max = 256 * 1024 * 1024
const page_timeout_ms = 60_000
const expired_max = 2

export const metadataAccept = {
  list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  watch: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
} as const

type List = {
  apiVersion?: string
  kind?: string
  metadata?: { resourceVersion?: string; continue?: string }
  items?: KubernetesObject[] | null
}

export type ListContext = {
  connection: Connection
  signal: AbortSignal
  /** A list from the server's cache is cheap; only the first may be a little old. */
  isFirst: boolean
}

export type TakePage = (items: KubernetesObject[], is_first: boolean) => void | Promise<void>

/** Answers the resourceVersion from which a watch goes on. */
export async function listPages(
  ask: ListAsk,
  context: ListContext,
  take: TakePage,
): Promise<string> {
  let token = ''
  let expired = 0
  let isFirstPage = true
  for (;;) {
    const isWhole = expired >= expired_max
    let list: List
    try {
      list = await page(listPath(ask, { token, isWhole, isFirst: context.isFirst }), ask, context)
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 410) || token === '') throw error
      expired++
      token = ''
      isFirstPage = true
      continue
    }
    await take((list.items ?? []).map(completed(list, ask)), isFirstPage)
    isFirstPage = false
    token = list.metadata?.continue ?? ''
    if (token === '') return list.metadata?.resourceVersion ?? ''
  }
}

type PageWords = { token: string; isWhole: boolean; isFirst: boolean }

function listPath(ask: ListAsk, { token, isWhole, isFirst }: PageWords): string {
  const query = selectors(ask)
  if (!isWhole) query.set('limit', String(page_objects))
  if (token !== '') query.set('continue', token)
  // Every node asks for its own pods: from memory, not by reading all pods from etcd each time.
  else if (isWhole || (isFirst && ask.field_selector !== undefined)) {
    query.set('resourceVersion', '0')
  }
  const text = query.toString()
  return text === '' ? ask.path : `${ask.path}?${text}`
}

export function selectors(ask: ListAsk): URLSearchParams {
  const query = new URLSearchParams()
  if (ask.field_selector !== undefined) query.set('fieldSelector', ask.field_selector)
  if (ask.label_selector !== undefined) query.set('labelSelector', ask.label_selector)
  return query
}

async function page(path: string, ask: ListAsk, { connection, signal }: ListContext) {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(page_timeout_ms)])
  const accept = ask.metadata_only ? { accept: metadataAccept.list } : {}
  const response = await connection.request(path, { ...accept, signal: deadline })
  const bytes_max = path.includes('limit=') ? page_bytes_max : whole_bytes_max
  return JSON.parse((await readAll(response, bytes_max)).toString('utf8')) as List
}

/** Items of a list lack the kind and version that its head carries. */
function completed({ kind, apiVersion }: List, ask: ListAsk) {
  const keep = ask.keep ?? ((object: KubernetesObject) => object)
  const itemKind = kind?.replace(/List$/, '')
  return (item: KubernetesObject): KubernetesObject => {
    if (itemKind !== undefined && itemKind !== '') item.kind ??= itemKind
    if (apiVersion !== undefined) item.apiVersion ??= apiVersion
    return keep(item)
  }
}
