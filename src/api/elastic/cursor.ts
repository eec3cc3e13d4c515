/**
 * Cursors of scrolls and points in time: all that is needed to go on travels in the id, so that no
 * memory is held for them and any server goes on. What one may see is the caller's scope each time.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { durationMs } from '../../query/elastic/intervals.ts'
import { isObject, type Json, type JsonObject } from '../../query/elastic/json-parts.ts'
import { ElasticRefusal, illegal } from '../../query/elastic/refusal.ts'

const cursor_bytes_max = 48 * 1024
const keep_ms_max = 24 * 3_600_000

export function writeCursor(content: JsonObject): string {
  const packed = deflateRawSync(Buffer.from(JSON.stringify(content)), { level: 1 })
  if (packed.length > cursor_bytes_max) throw illegal('the request is too large for a cursor')
  return packed.toString('base64url')
}

/** Undefined when the id is none of ours. */
export function readCursor(id: string, kind: string): JsonObject | undefined {
  if (id.length > cursor_bytes_max * 2) return undefined
  try {
    const packed = Buffer.from(id, 'base64url')
    const text = inflateRawSync(packed, { maxOutputLength: 1024 * 1024 }).toString()
    const content: unknown = JSON.parse(text)
    return isObject(content) && content.kind === kind ? content : undefined
  } catch {
    return undefined
  }
}

export function keepMs(text: string | undefined): number {
  const asked = durationMs(text ?? '1m')
  if (asked === undefined || asked <= 0) {
    throw new ElasticRefusal('parse_exception', `failed to parse [keep_alive] with value [${text}]`)
  }
  if (asked <= keep_ms_max) return asked
  throw illegal(
    `Keep alive for request (${text}) is too large. It must be less than (1d). This limit can be ` +
      `set by changing the [search.max_keep_alive] cluster level setting.`,
  )
}

export function missingContext(id: string): ElasticRefusal {
  const reason = `No search context found for id [${id.slice(0, 60)}]`
  return new ElasticRefusal('search_context_missing_exception', reason, 404)
}

/** What was stored until then: later documents are not part of a cursor's answer. */
export function storedUntil(opened_ms: number) {
  const bounds = { lte: opened_ms }
  return { tag: 'range', field: 'event.ingested', bounds } as const
}

export type Cursor = { index: string; opened_ms: number; expires_ms: number; content: JsonObject }

export function openCursor(id: Json, kind: string, now_ms: number): Cursor {
  const content = typeof id === 'string' ? readCursor(id, kind) : undefined
  const { index, opened_ms, expires_ms } = content ?? {}
  const isWhole =
    typeof index === 'string' && typeof opened_ms === 'number' && typeof expires_ms === 'number'
  if (content === undefined || !isWhole || expires_ms < now_ms) {
    throw missingContext(String(id))
  }
  return { index, opened_ms, expires_ms, content }
}
