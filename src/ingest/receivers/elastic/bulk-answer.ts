/**
 * The answer to a bulk request: one item for each action, in their order. Written as text, because
 * a request has thousands and shippers look for the letters `"errors":false,"items":[`.
 */
import { randomBytes } from 'node:crypto'
import { filtered, type PathFilter } from '../../../model/filter-path.ts'
import type { BulkOperation } from './bulk-lines.ts'

export type BulkItem = {
  operation: BulkOperation
  /** Where Elasticsearch would have put it. */
  index: string
  id: string | undefined
  status: number
  result: 'created' | 'updated' | 'noop' | 'not_found' | ''
  error?: { type: string; reason: string } | undefined
}

/** Made for documents that come without an id: unlike any other of any server. */
const own = randomBytes(9).toString('base64url')
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
let ids = 0
let sequence = 0

/** Two letters for each 12 bits. */
const pairs = Array.from({ length: 4096 }, (_, i) => `${letters[i >> 6]}${letters[i & 63]}`)

function nextId(): string {
  const at = ids++
  const low = pairs[at & 0xfff]! + pairs[(at >>> 12) & 0xfff]!
  return (
    own + pairs[Math.floor(at / 2 ** 36) & 0xfff] + pairs[Math.floor(at / 2 ** 24) & 0xfff] + low
  )
}
export function bulkAnswer(
  items: readonly BulkItem[],
  took_ms: number,
  filter: PathFilter | undefined,
): string {
  const errors = items.some(({ error }) => error !== undefined)
  if (filter !== undefined) return filteredAnswer(items, took_ms, errors, filter)
  const written = items.map(itemText)
  return `{"took":${took_ms},"errors":${errors},"items":[${written.join(',')}]}`
}

/** JSON.stringify of plain names costs more than looking at them. */
const plainText = /^[\w.:<>{}/ -]*$/
function quoted(text: string): string {
  return plainText.test(text) ? `"${text}"` : JSON.stringify(text)
}

function itemText(item: BulkItem): string {
  if (item.error !== undefined) return JSON.stringify(itemObject(item))
  const { operation, index, id, status, result } = item
  const version = result === 'updated' ? 2 : 1
  return (
    `{"${operation}":{"_index":${quoted(index)},"_id":${quoted(id ?? nextId())},` +
    `"_version":${version},"result":"${result}","_shards":{"total":1,"successful":1,"failed":0},` +
    `"_seq_no":${sequence++},"_primary_term":1,"status":${status}}}`
  )
}

export function itemObject(item: BulkItem): object {
  const { operation, index, id, status, result, error } = item
  if (error !== undefined) {
    return { [operation]: { _index: index, _id: id ?? null, status, error } }
  }
  return { [operation]: { ...documentAnswer(item), result, status } }
}

/** What the APIs of one document answer. */
export function documentAnswer({ index, id, result }: BulkItem) {
  return {
    _index: index,
    _id: id ?? nextId(),
    _version: result === 'updated' ? 2 : 1,
    result,
    _shards: { total: 1, successful: 1, failed: 0 },
    _seq_no: sequence++,
    _primary_term: 1,
  }
}

/** Beats ask for `errors` and each item's `status` and `error`: then good items are all alike. */
function filteredAnswer(
  items: readonly BulkItem[],
  took: number,
  errors: boolean,
  filter: PathFilter,
): string {
  const alike = new Map<string, string>()
  const written: string[] = []
  let before: BulkItem | undefined
  for (const item of items) {
    if (before !== undefined && isAlike(item, before)) {
      written.push(written.at(-1)!)
      continue
    }
    before = undefined
    const key = item.error === undefined ? `${item.operation} ${item.result} ${item.status}` : ''
    const known = alike.get(key)
    if (known !== undefined) {
      written.push(known)
      before = item
      continue
    }
    const text = JSON.stringify(partOf(itemObject(item), filter)) ?? ''
    if (key !== '' && !/"_(?:id|index|seq_no)":/.test(text)) alike.set(key, text)
    written.push(text)
  }
  const kept = (filtered({ took, errors }, filter) ?? {}) as object
  const head = JSON.stringify(kept).slice(1, -1)
  const list = written.filter((text) => text !== '').join(',')
  return `{${[head, ...(list === '' ? [] : [`"items":[${list}]`])].filter(Boolean).join(',')}}`
}

function isAlike(item: BulkItem, other: BulkItem): boolean {
  const { operation, result, status, error } = item
  if (error !== undefined || status !== other.status) return false
  return operation === other.operation && result === other.result
}

function partOf(item: object, filter: PathFilter): unknown {
  const part = filtered({ items: [item] }, filter) as { items?: unknown[] } | undefined
  return part?.items?.[0]
}
