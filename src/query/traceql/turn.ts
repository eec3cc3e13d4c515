/** Lets others have their turn between pieces of work in memory, and stops when nobody waits. */
import type { QueryContext } from '../context.ts'
import { QueryError } from '../series.ts'

/** Spans that are worked on at a time: some tens of milliseconds. */
const spans_per_turn = 2_000

export class Turns {
  readonly #context: QueryContext
  #spans = 0

  constructor(context: QueryContext) {
    this.#context = context
  }

  /** Before so many spans are worked on. */
  async next(spans: number): Promise<void> {
    this.#spans += spans
    if (this.#spans < spans_per_turn) return
    this.#spans = 0
    await new Promise((resolve) => setImmediate(resolve))
    if (this.#context.signal?.aborted) throw new QueryError('canceled', 'context canceled')
  }
}
