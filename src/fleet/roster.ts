/**
 * All agents in memory, and the way back into the state: what check-ins tell is written in batches,
 * what people and enrolment decide at once. Other servers' decisions are read again and again.
 */
import {
  changedAgents,
  forgetAgents,
  putAgent,
  putCheckins,
  unenrolAgent,
} from '../state/agents.ts'
import { type Agent, agentFrom, rowOf } from './agent.ts'
import type { FleetContext } from './context.ts'

/** Servers' clocks differ a little: rows of the last seconds are read again. */
const overlap_ms = 5_000
const forget_after_ms = 7 * 24 * 3600 * 1000

type Gone = (agent: Agent) => void

export class Roster {
  readonly #context: FleetContext
  readonly #agents = new Map<string, Agent>()
  readonly #told = new Set<string>()
  readonly #goneListeners = new Set<Gone>()
  #read_ms = 0

  constructor(context: FleetContext) {
    this.#context = context
  }

  async load(): Promise<void> {
    this.#read_ms = this.#context.now_ms()
    for (const row of await changedAgents(this.#context.db, 0)) {
      this.#agents.set(row.id, agentFrom(row))
    }
  }

  get(id: string): Agent | undefined {
    return this.#agents.get(id)
  }

  all(): Agent[] {
    return [...this.#agents.values()]
  }

  ofPolicy(policy_id: string): Agent[] {
    return this.all().filter((one) => one.policy_id === policy_id)
  }

  /** Told each agent whose key stops being valid. */
  onGone(tell: Gone): void {
    this.#goneListeners.add(tell)
  }

  /** A check-in told something: written within seconds. */
  heard(agent: Agent): void {
    this.#told.add(agent.id)
  }

  /** False when it is known under another id. */
  async put(agent: Agent): Promise<boolean> {
    const id = await putAgent(this.#context.db, rowOf(agent, this.#context.now_ms()))
    if (id !== agent.id) return false
    const before = this.#agents.get(agent.id)
    this.#agents.set(agent.id, agent)
    if (before !== undefined && !before.key_hash.equals(agent.key_hash)) this.#tellGone(before)
    return true
  }

  async unenrol(agent: Agent, reason: string): Promise<void> {
    const now_ms = this.#context.now_ms()
    if (!(await unenrolAgent(this.#context.db, agent.id, reason, now_ms))) return
    agent.unenrolled_ms = now_ms
    agent.unenrolled_reason = reason
    this.#tellGone(agent)
  }

  /** Writes what was told since; also at the end. */
  async flush(): Promise<void> {
    const agents = [...this.#told].flatMap((id) => this.#agents.get(id) ?? [])
    this.#told.clear()
    const changed_ms = this.#context.now_ms()
    try {
      await putCheckins(
        this.#context.db,
        agents.map((agent) => seenOf(agent, changed_ms)),
      )
    } catch (error) {
      for (const { id } of agents) this.#told.add(id)
      throw error
    }
  }

  /** What other servers wrote; answers the agents that were changed. */
  async refresh(): Promise<Agent[]> {
    const began_ms = this.#context.now_ms()
    const rows = await changedAgents(this.#context.db, this.#read_ms - overlap_ms)
    this.#read_ms = began_ms
    return rows.flatMap((row) => {
      const read = agentFrom(row)
      const known = this.#agents.get(row.id)
      if (known === undefined) {
        this.#agents.set(row.id, read)
        return [read]
      }
      const wasIn = known.unenrolled_ms === undefined
      const hadKey = known.key_hash
      const isOlder = known.seen_ms > read.seen_ms
      Object.assign(known, isOlder ? decidedOf(read) : { ...read, contact_ms: known.contact_ms })
      known.contact_ms = Math.max(known.contact_ms, read.seen_ms)
      const isOut = wasIn && known.unenrolled_ms !== undefined
      if (isOut || !hadKey.equals(known.key_hash)) this.#tellGone(known)
      return [known]
    })
  }

  async forgetOld(): Promise<void> {
    const before_ms = this.#context.now_ms() - forget_after_ms
    for (const id of await forgetAgents(this.#context.db, before_ms)) this.#agents.delete(id)
  }

  #tellGone(agent: Agent): void {
    for (const tell of this.#goneListeners) tell(agent)
  }
}

function decidedOf(agent: Agent) {
  const { policy_id, tags, key_hash, unenrolled_ms, unenrolled_reason } = agent
  return { policy_id, tags, key_hash, unenrolled_ms, unenrolled_reason }
}

function seenOf(agent: Agent, changed_ms: number) {
  const row = rowOf(agent, changed_ms)
  const { id, version, state, message, components, figures, running_policy_id, revision } = row
  const { refused_revision, refused_reason, wait_s, seen_ms, data_ms } = row
  return {
    id,
    version,
    state,
    message,
    components,
    figures,
    running_policy_id,
    revision,
    refused_revision,
    refused_reason,
    wait_s,
    seen_ms,
    data_ms,
    changed_ms,
  }
}
