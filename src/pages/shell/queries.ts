/** Answers of the shell from the resources that reported in the range. */
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import { type FoundEntities, findEntities, type ScopePlaces, scopePlaces } from './contract.ts'

const places_max = 2000
const found_max = 24

type Range = { from_ms: number; to_ms: number }

async function places(ask: Range, { store, scope, signal }: AskContext): Promise<ScopePlaces> {
  const rows = await store.rows<{ cluster: string; namespace: string }>(
    sql`SELECT DISTINCT cluster, namespace FROM ${sql.identifier('resources')}
    WHERE ${within('resources', ask, scope)} AND (cluster != '' OR namespace != '')
    ORDER BY cluster, namespace LIMIT ${places_max}`,
    { signal },
  )
  return {
    cluster: rows.map((row) => row.cluster),
    namespace: rows.map((row) => row.namespace),
  }
}

const kinds: FoundEntities['kind'] = ['service', 'workload', 'pod', 'node']

async function found(
  ask: Range & { typed: string },
  { store, scope, signal }: AskContext,
): Promise<FoundEntities> {
  const each = kinds.map(
    (kind, place) => sql`SELECT DISTINCT ${kind} AS kind, ${sql.identifier(kind)} AS name,
      ${place} AS place, positionCaseInsensitive(${sql.identifier(kind)}, ${ask.typed}) AS at
    FROM ${sql.identifier('resources')}
    WHERE ${within('resources', ask, scope)} AND at > 0`,
  )
  const rows = await store.rows<{ kind: FoundEntities['kind'][number]; name: string }>(
    sql`SELECT kind, name FROM (${sql.join(each, '\nUNION ALL\n')})
    ORDER BY at = 1 DESC, place, length(name), name LIMIT ${found_max}`,
    { signal },
  )
  return { kind: rows.map((row) => row.kind), name: rows.map((row) => row.name) }
}

export const shellAnswerers: Answerer[] = [
  answers(scopePlaces, places),
  answers(findEntities, found),
]
