/** Agents as they enrolled and as they last checked in. Only hashes of their keys are kept. */
import type { Database, Tables } from './schema.ts'

export type AgentRow = Tables['agents']

/** A second enrolment of the same agent replaces its row; answers the id that it has there. */
export async function putAgent(db: Database, agent: AgentRow): Promise<string> {
  const { id: _, enrolment_id: __, ...rest } = agent
  const row = await db
    .insertInto('agents')
    .values(agent)
    .onConflict((conflict) => conflict.column('enrolment_id').doUpdateSet(rest))
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Written since; everything with 0. */
export async function changedAgents(db: Database, after_ms: number): Promise<AgentRow[]> {
  return db.selectFrom('agents').selectAll().where('changed_ms', '>=', after_ms).execute()
}

export async function findAgentByEnrolment(
  db: Database,
  enrolment_id: string,
): Promise<AgentRow | undefined> {
  return db
    .selectFrom('agents')
    .selectAll()
    .where('enrolment_id', '=', enrolment_id)
    .executeTakeFirst()
}

type Seen = Omit<
  AgentRow,
  | 'enrolment_id'
  | 'kind'
  | 'cluster'
  | 'node'
  | 'host'
  | 'about'
  | 'tags'
  | 'policy_id'
  | 'key_hash'
  | 'enrolled_ms'
  | 'unenrolled_ms'
  | 'unenrolled_reason'
>

/**
 * What many agents told at their check-ins, in one transaction: one fsync, not one an agent. What
 * people and enrolment decide is not among it, so nothing of theirs is undone.
 */
export async function putCheckins(db: Database, agents: readonly Seen[]): Promise<void> {
  if (agents.length === 0) return
  await db.transaction().execute(async (transaction) => {
    for (const { id, ...seen } of agents) {
      await transaction.updateTable('agents').set(seen).where('id', '=', id).execute()
    }
  })
}

type Decided = Pick<AgentRow, 'changed_ms'> & Partial<Pick<AgentRow, 'policy_id' | 'tags'>>

export async function changeAgent(db: Database, id: string, decided: Decided): Promise<void> {
  await db.updateTable('agents').set(decided).where('id', '=', id).execute()
}

/** False when there is no such agent, or it already was. The first reason stays. */
export async function unenrolAgent(
  db: Database,
  id: string,
  reason: string,
  now_ms: number,
): Promise<boolean> {
  const result = await db
    .updateTable('agents')
    .set({ unenrolled_ms: now_ms, unenrolled_reason: reason, changed_ms: now_ms })
    .where('id', '=', id)
    .where('unenrolled_ms', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Long gone agents leave the list; answers their ids. */
export async function forgetAgents(db: Database, unenrolled_before_ms: number): Promise<string[]> {
  const gone = await db
    .deleteFrom('agents')
    .where('unenrolled_ms', '<', unenrolled_before_ms)
    .returning('id')
    .execute()
  return gone.map(({ id }) => id)
}
