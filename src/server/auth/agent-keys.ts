/**
 * Agents' keys as ingest tokens: bound to the agent's cluster, and worth nothing from the moment
 * the agent is unenrolled. Answers from memory.
 */
import type { Fleet } from '../../fleet/fleet.ts'

export type AgentKeys = ReturnType<typeof agentKeys>

/** Once a second is exact enough for "data received", and spares the hot path. */
const noted_every_ms = 1_000

export function agentKeys(fleet: Pick<Fleet, 'agentOf' | 'roster' | 'noteData'>) {
  return {
    check(key: string) {
      const agent = fleet.agentOf(key)
      if (agent === undefined || agent.unenrolled_ms !== undefined) return undefined
      fleet.noteData(agent, noted_every_ms)
      // As an agent that says no cluster is bound to none, its records keep what they say.
      const cluster = agent.cluster === '' ? {} : { cluster: agent.cluster }
      return { ...cluster, token_id: tokenIdOf(agent.id), agent_id: agent.id }
    },
    /** Told the token id of each agent whose key stops being valid. */
    onRevoked(tell: (token_id: string) => void): void {
      fleet.roster.onGone(({ id }) => tell(tokenIdOf(id)))
    },
  }
}

function tokenIdOf(agent_id: string): string {
  return `agent_${agent_id}`
}
