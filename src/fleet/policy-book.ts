/**
 * The policies in memory, with the documents that agents are given now. Which revision an agent is
 * to have is fleet.ts's to say.
 */
import { Fault } from '../model/faults.ts'
import { defaultPolicy, type Policy } from '../model/policy.ts'
import {
  addPolicy,
  addRevision,
  describePolicy,
  findRevision,
  listPolicies,
  listRevisions,
  type PolicyRow,
  type RevisionRow,
  removePolicy,
} from '../state/policies.ts'
import type { FleetContext } from './context.ts'

export type PolicyAbout = { name: string; description: string; unenroll_after_s: number }

export const unenroll_after_s_default = 3_600
const revisions_max = 100
const documents_max = 64

const defaults = [
  {
    kind: 'kubernetes',
    name: 'Kubernetes',
    description: 'Logs, metrics, objects and events of a cluster.',
  },
  { kind: 'host', name: 'Hosts', description: 'Logs and metrics of a machine without a cluster.' },
] as const

export class PolicyBook {
  readonly #context: FleetContext
  #policies = new Map<string, PolicyRow>()
  readonly #documents = new Map<string, Policy>()

  constructor(context: FleetContext) {
    this.#context = context
  }

  /** Reads all; at the very first start it writes the two that people begin with. */
  async load(): Promise<void> {
    await this.refresh()
    if (this.#policies.size > 0) return
    for (const { kind, name, description } of defaults) {
      const about = { name, description, unenroll_after_s: unenroll_after_s_default }
      await this.#add(kind, about, defaultPolicy(kind), 'crowsnest')
    }
  }

  async refresh(): Promise<void> {
    const rows = await listPolicies(this.#context.db)
    this.#policies = new Map(rows.map((row) => [row.id, row]))
  }

  all(): PolicyRow[] {
    return [...this.#policies.values()]
  }

  find(id: string): PolicyRow | undefined {
    return this.#policies.get(id)
  }

  /** Throws not_found. */
  get(id: string): PolicyRow {
    const policy = this.#policies.get(id)
    if (policy === undefined) throw new Fault('not_found', { path: `/api/fleet/policies/${id}` })
    return policy
  }

  async document(policy_id: string, revision: number): Promise<Policy> {
    const key = `${policy_id} ${revision}`
    const known = this.#documents.get(key)
    if (known !== undefined) return known
    const row = await findRevision(this.#context.db, policy_id, revision)
    const path = `/api/fleet/policies/${policy_id}/revisions/${revision}`
    if (row === undefined) throw new Fault('not_found', { path })
    const policy = JSON.parse(row.document) as Policy
    if (this.#documents.size >= documents_max) {
      this.#documents.delete(this.#documents.keys().next().value!)
    }
    this.#documents.set(key, policy)
    return policy
  }

  async revisions(policy_id: string): Promise<RevisionRow[]> {
    return listRevisions(this.#context.db, policy_id, revisions_max)
  }

  /** Throws name_taken. */
  async create(about: PolicyAbout, policy: Policy, author: string): Promise<PolicyRow> {
    return this.#add(this.#context.secrets.newId(), about, policy, author)
  }

  async #add(id: string, about: PolicyAbout, policy: Policy, author: string): Promise<PolicyRow> {
    const now = this.#context.now_ms()
    const row = {
      id,
      ...about,
      revision: 1,
      active_revision: 1,
      created_ms: now,
      updated_ms: now,
      updated_by: author,
    }
    const first = revisionRow(id, 1, policy, { author, note: '' }, now)
    const isAdded = await addPolicy(this.#context.db, row, first)
    await this.refresh()
    // Another server that starts at the same time may have been first with a default.
    if (!isAdded && !this.#policies.has(id)) throw new Fault('name_taken', { name: about.name })
    return this.get(id)
  }

  async describe(id: string, about: PolicyAbout): Promise<void> {
    this.get(id)
    const isDone = await describePolicy(this.#context.db, id, about)
    if (!isDone) throw new Fault('name_taken', { name: about.name })
    await this.refresh()
  }

  /** Throws policy_changed when `base` is not the newest any more. */
  async revise(
    id: string,
    base: number,
    policy: Policy,
    by: { author: string; note: string },
  ): Promise<number> {
    const revision = base + 1
    const row = revisionRow(id, revision, policy, by, this.#context.now_ms())
    const isAdded = await addRevision(this.#context.db, row)
    await this.refresh()
    if (!isAdded) throw new Fault('policy_changed', { name: this.get(id).name, revision: base })
    return revision
  }

  async remove(id: string): Promise<void> {
    this.get(id)
    await removePolicy(this.#context.db, id)
    await this.refresh()
  }
}

function revisionRow(
  policy_id: string,
  revision: number,
  policy: Policy,
  by: { author: string; note: string },
  created_ms: number,
): RevisionRow {
  return { policy_id, revision, document: JSON.stringify(policy), ...by, created_ms }
}
