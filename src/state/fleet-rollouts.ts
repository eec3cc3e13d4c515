/** How revisions of policies went out: which stage, to whom first, and how it ended. */
import { setActiveRevision } from './policies.ts'
import type { Database, RolloutState, Tables } from './schema.ts'

export type RolloutRow = Tables['rollouts']

const going: readonly RolloutState[] = ['running', 'paused']

/** Ends what still goes on for this policy and begins the new one. */
export async function startRollout(db: Database, rollout: RolloutRow): Promise<void> {
  const { policy_id, started_ms } = rollout
  await db.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('rollouts')
      .set({ state: 'superseded', ended_ms: started_ms })
      .where('policy_id', '=', policy_id)
      .where('state', 'in', going)
      .execute()
    await transaction.insertInto('rollouts').values(rollout).execute()
  })
}

export async function goingRollouts(db: Database): Promise<RolloutRow[]> {
  return db.selectFrom('rollouts').selectAll().where('state', 'in', going).execute()
}

/** Newest first. */
export async function listRollouts(
  db: Database,
  policy_id: string,
  rollouts_max: number,
): Promise<RolloutRow[]> {
  return db
    .selectFrom('rollouts')
    .selectAll()
    .where('policy_id', '=', policy_id)
    .orderBy('started_ms', 'desc')
    .limit(rollouts_max)
    .execute()
}

type Change = Partial<Pick<RolloutRow, 'state' | 'stage' | 'offered' | 'reason' | 'stage_ms'>> & {
  ended_ms?: number
}

/**
 * Changes the rollout if it still is where the caller saw it; answers whether it was. Several
 * servers may judge one rollout: the first decision counts. With `active_revision` the policy
 * itself moves to it, in the same step.
 */
export async function moveRollout(
  db: Database,
  seen: Pick<RolloutRow, 'id' | 'policy_id' | 'state' | 'stage'>,
  change: Change,
  active_revision?: number,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const result = await transaction
      .updateTable('rollouts')
      .set(change)
      .where('id', '=', seen.id)
      .where('state', '=', seen.state)
      .where('stage', '=', seen.stage)
      .executeTakeFirst()
    if (result.numUpdatedRows === 0n) return false
    if (active_revision !== undefined) {
      await setActiveRevision(transaction, seen.policy_id, active_revision)
    }
    return true
  })
}
