/**
 * What Elasticsearch would refuse, in its words: a type, a reason and a status. Leaves the envelope
 * to the API.
 */
import { QueryError } from '../series.ts'

export class ElasticRefusal extends QueryError {
  readonly type: string
  readonly status: number
  readonly more: Readonly<Record<string, unknown>>

  constructor(
    type: string,
    reason: string,
    status = 400,
    more: Record<string, unknown> = {},
    at?: { from: number; to: number },
  ) {
    super('bad_data', reason, at)
    this.name = 'ElasticRefusal'
    this.type = type
    this.status = status
    this.more = more
  }
}

/** The request's JSON has another shape than was expected. */
export function misparsed(reason: string): ElasticRefusal {
  return new ElasticRefusal('parsing_exception', reason)
}

export function illegal(reason: string): ElasticRefusal {
  return new ElasticRefusal('illegal_argument_exception', reason)
}

export function missingIndex(name: string): ElasticRefusal {
  const more = { 'resource.type': 'index_or_alias', 'resource.id': name, index: name }
  return new ElasticRefusal('index_not_found_exception', `no such index [${name}]`, 404, more)
}

/** What a caller wrote, short enough to be told again. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > 100 ? `${text.slice(0, 100)}...` : text
}
