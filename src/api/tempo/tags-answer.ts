/** Names of tags and their values as Tempo's two versions tell them. */
import { QueryError } from '../../query/series.ts'
import {
  type TagScope,
  type TagsAsk,
  tagNames,
  tagScopes,
  tagValues,
} from '../../query/traceql/tags.ts'
import type { ApiCall, ApiReply } from '../api.ts'
import { readCount, readRange } from './ask.ts'
import { json } from './reply.ts'

const names = { usual: 1_000, most: 10_000 }

async function askOf(call: ApiCall): Promise<TagsAsk & { scopes: readonly TagScope[] }> {
  const parameters = await call.parameters()
  const scope = parameters.get('scope') || 'none'
  const isOne = (tagScopes as readonly string[]).includes(scope)
  if (!isOne && scope !== 'none') throw new QueryError('bad_data', `invalid scope: ${scope}`)
  return {
    range: readRange(parameters, call.context.now_ms),
    query: parameters.get('q') ?? '',
    names_max: readCount(parameters, 'limit', names),
    scopes: isOne ? [scope as TagScope] : tagScopes,
  }
}

export async function answerTags(call: ApiCall, isSecond: boolean): Promise<ApiReply> {
  const ask = await askOf(call)
  const found = await tagNames(ask.scopes, ask, call.context)
  if (isSecond) {
    const scopes = [...found].filter(([, tags]) => tags.length > 0)
    return json({ scopes: scopes.map(([name, tags]) => ({ name, tags })), metrics: {} })
  }
  const plain = [...found].filter(([scope]) => scope === 'resource' || scope === 'span')
  const chosen = ask.scopes.length === 1 ? [...found] : plain
  const tagNamesFound = [...new Set(chosen.flatMap(([, tags]) => tags))].sort()
  return json({ tagNames: tagNamesFound, metrics: {} })
}

export async function answerTagValues(
  call: ApiCall,
  part: string,
  isSecond: boolean,
): Promise<ApiReply> {
  const found = await tagValues(decoded(part), await askOf(call), call.context)
  const values = isSecond ? found : found.map(({ value }) => value)
  return json({ tagValues: values, metrics: {} })
}

/** Grafana encodes the name twice. */
function decoded(part: string): string {
  let text = part
  for (let round = 0; round < 2; round++) {
    try {
      text = decodeURIComponent(text)
    } catch {
      return text
    }
  }
  return text
}
