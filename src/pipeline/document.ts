/**
 * A record as a nested document, the way Elasticsearch's clients see one: what ingest pipelines
 * read and change. Maps and not objects, because every key comes from outside.
 */

export type DocumentValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | DocumentValue[]
  | DocumentMap
export type DocumentMap = Map<string, DocumentValue>

/** The value as a document: objects become Maps, undefined becomes null. */
export function toDocument(value: unknown): DocumentValue {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map(toDocument)
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, item]) => [String(key), toDocument(item)]))
  }
  if (typeof value !== 'object') return value as DocumentValue
  return new Map(Object.entries(value).map(([key, item]) => [key, toDocument(item)]))
}

/** What JSON.stringify takes: own properties only, `__proto__` is a key as any other. */
export function toPlain(value: DocumentValue): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toPlain)
  if (!(value instanceof Map)) return value
  const plain: Record<string, unknown> = {}
  for (const [key, item] of value) {
    const own = { value: toPlain(item), enumerable: true, writable: true, configurable: true }
    Object.defineProperty(plain, key, own)
  }
  return plain
}
