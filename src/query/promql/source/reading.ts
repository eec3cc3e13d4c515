/**
 * Asks the store for bytes within a query's limits, and says what went wrong in the words of the
 * query's language.
 */
import { Fault } from '../../../model/faults.ts'
import type { Sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import { QueryError } from '../../series.ts'

const rows_max = 50_000_000

export async function askedBytes(context: QueryContext, query: Sql): Promise<Uint8Array> {
  const { store, signal, limits } = context
  try {
    const options = { timeout_ms: limits.timeout_ms, rows_max, signal }
    return await store.bytes(query, 'RowBinary', options)
  } catch (error) {
    throw errorOf(error)
  }
}

function errorOf(error: unknown): unknown {
  if (error instanceof Fault) {
    if (error.code === 'query_timeout') {
      return new QueryError('timeout', 'query timed out in query execution')
    }
    if (error.code === 'query_memory') {
      return new QueryError('execution', 'query needs more memory than it may use')
    }
    // The engine's RE2 has less room for an expression than the one that checked it.
    if (error.code === 'query_failed' && error.details.detail === 'code 427') {
      return new QueryError('bad_data', 'error parsing regexp: expression too large')
    }
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new QueryError('canceled', 'query was canceled in query execution')
  }
  return error
}

/** As Prometheus says it when query.max-samples is reached. */
export function tooManySamples(): QueryError {
  return new QueryError(
    'execution',
    'query processing would load too many samples into memory in query execution',
  )
}
