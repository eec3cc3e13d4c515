/**
 * One request of this API: its path's parts decoded, its body as JSON, and the parameters that many
 * of its routes share.
 */
import type { QueryContext } from '../../query/context.ts'
import { type Json, type JsonObject, objectAt } from '../../query/elastic/json-parts.ts'
import { ElasticRefusal } from '../../query/elastic/refusal.ts'
import { type IndexOptions, type Target, targetsOf } from '../../query/elastic/targets.ts'
import type { ApiCall } from '../api.ts'

export type ElasticCall = {
  call: ApiCall
  context: QueryContext
  query: URLSearchParams
  part(name: string): string
  json(): Promise<Json>
}

const body_bytes_max = 8 * 1024 * 1024

export async function textOf(call: ApiCall): Promise<string> {
  const body = await call.body()
  if (body.length > body_bytes_max) {
    const reason = `the body is larger than ${body_bytes_max} bytes`
    throw new ElasticRefusal('content_too_long_exception', reason, 413)
  }
  return new TextDecoder().decode(body)
}

export function parsedJson(text: string): Json {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  try {
    return JSON.parse(trimmed)
  } catch (error) {
    const reason = `request body is not JSON: ${(error as Error).message.slice(0, 200)}`
    throw new ElasticRefusal('parsing_exception', reason)
  }
}

/** The body, or what `source` holds where a body cannot be sent. */
export async function bodyOf({ json, query }: ElasticCall): Promise<JsonObject> {
  const source = query.get('source')
  const found = (await json()) ?? (source === null ? undefined : parsedJson(source))
  return found === undefined || found === null ? {} : objectAt(found, 'body')
}

const isTrue = (text: string | null, otherwise: boolean) =>
  text === null ? otherwise : text === '' || text === 'true'

export function indexOptions(query: URLSearchParams): IndexOptions {
  return {
    ignoreUnavailable: isTrue(query.get('ignore_unavailable'), false),
    allowNoIndices: isTrue(query.get('allow_no_indices'), true),
  }
}

export function targetsFor(call: ElasticCall, name = call.part('index')): Promise<Target[]> {
  return targetsOf(name, call.context, indexOptions(call.query))
}
