/**
 * The ingest tokens that are valid now, held in memory: senders show one on every request. Changes
 * made here act at once; those of another server that shares the state, within half a second.
 */
import { timingSafeEqual } from 'node:crypto'
import { Fault } from '../../model/faults.ts'
import {
  addIngestToken,
  type IngestToken,
  listIngestTokens,
  markIngestTokenUsed,
  revokeIngestToken,
  validIngestTokens,
} from '../../state/ingest-tokens.ts'
import type { State } from '../../state/state.ts'
import { hashSecret, newId, newSecret } from './secrets.ts'

const refresh_ms = 500
const write_used_ms = 10_000
const shape = /^cn_ingest_([a-z2-7]{12})_[A-Za-z0-9_-]{43}$/

type Bearer = { cluster: string; token_id: string }
type Context = {
  now_ms: () => number
  /** Runs again and again; answers how to stop. */
  every: (interval_ms: number, run: () => void) => () => void
  onError: (error: unknown) => void
}
type SharedState = Pick<State, 'db' | 'shared'>

export async function openIngestTokens(state: SharedState, context: Context) {
  const tokens = new IngestTokens(state, context)
  await tokens.start()
  return tokens
}

export class IngestTokens {
  readonly #state: SharedState
  readonly #context: Context
  readonly #used = new Map<string, number>()
  readonly #listeners = new Set<(token_id: string) => void>()
  #valid = new Map<string, { cluster: string; hash: Buffer }>()
  #refreshes = 0
  #stops: (() => void)[] = []

  constructor(state: SharedState, context: Context) {
    this.#state = state
    this.#context = context
  }

  async start(): Promise<void> {
    await this.#refresh()
    const again = (interval_ms: number, work: () => Promise<void>) => {
      const { every, onError } = this.#context
      this.#stops.push(every(interval_ms, () => void work().catch(onError)))
    }
    again(write_used_ms, () => this.#writeUsed())
    if (this.#state.shared) again(refresh_ms, () => this.#refresh())
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop()
    await this.#writeUsed()
  }

  /** Told the id of each token that stops being valid. */
  onRevoked(tell: (token_id: string) => void): void {
    this.#listeners.add(tell)
  }

  check(token: string): Bearer | undefined {
    const token_id = shape.exec(token)?.[1]
    const known = token_id === undefined ? undefined : this.#valid.get(token_id)
    if (token_id === undefined || known === undefined) return undefined
    if (!timingSafeEqual(known.hash, Buffer.from(hashSecret(token), 'hex'))) return undefined
    this.#used.set(token_id, this.#context.now_ms())
    return { cluster: known.cluster, token_id }
  }

  /** The token itself is in this answer and nowhere else. */
  async create(asked: { name: string; cluster: string }): Promise<{ token: string; id: string }> {
    const id = newId()
    const token = `cn_ingest_${id}_${newSecret()}`
    const { name, cluster } = asked
    const created_ms = this.#context.now_ms()
    const row = { id, name, cluster, secret_hash: hashSecret(token), created_ms }
    await addIngestToken(this.#state.db, row)
    await this.#refresh()
    return { token, id }
  }

  async revoke(id: string): Promise<void> {
    const isKnown = await revokeIngestToken(this.#state.db, id, this.#context.now_ms())
    if (!isKnown) throw new Fault('not_found', { path: `/api/tokens/${id}` })
    await this.#refresh()
  }

  /** Uses of the last seconds included. */
  async list(): Promise<IngestToken[]> {
    await this.#writeUsed()
    return listIngestTokens(this.#state.db)
  }

  async #refresh(): Promise<void> {
    const turn = ++this.#refreshes
    const rows = await validIngestTokens(this.#state.db)
    // A slower, older answer must not undo a newer one.
    if (turn !== this.#refreshes) return
    const before = this.#valid
    this.#valid = new Map(
      rows.map(({ id, cluster, secret_hash }) => {
        return [id, { cluster, hash: Buffer.from(secret_hash, 'hex') }]
      }),
    )
    for (const id of before.keys()) {
      if (!this.#valid.has(id)) for (const tell of this.#listeners) tell(id)
    }
  }

  async #writeUsed(): Promise<void> {
    const uses = [...this.#used]
    this.#used.clear()
    for (const [id, used_ms] of uses) await markIngestTokenUsed(this.#state.db, id, used_ms)
  }
}
