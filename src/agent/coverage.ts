/**
 * Every so often tells what each integration sees and does not see, and what the spool dropped.
 * What there is to tell comes from the collectors.
 */
import type { CoverageRow } from '../model/kubernetes.ts'
import type { Sink } from './collector.ts'
import type { DropReason, Drops, Spool } from './spool/spool.ts'

const details: Readonly<Record<DropReason, string>> = {
  spool_full: 'The spool was full: the server was away for too long, or is too slow.',
  disk_full: 'The disk under the state directory took no more.',
  chunk_too_large: 'One request was larger than the whole spool: raise spool_bytes_max.',
  spool_damaged: 'Records in the spool could not be read back: see the quarantine beside it.',
  refused_by_server: 'The server refused the request as malformed or too large.',
}

type TellerNeeds = {
  rows: () => CoverageRow[]
  /** Where it is told from; empty: the cluster as a whole. */
  node: string
  spool: Pick<Spool, 'stats'>
  sink: Sink
  now_ms: () => number
}

export class CoverageTeller {
  readonly #needs: TellerNeeds
  #before: readonly Drops[] = []

  constructor(needs: TellerNeeds) {
    this.#needs = needs
  }

  async tell(): Promise<void> {
    const { rows, node, spool, sink, now_ms } = this.#needs
    const { drops } = spool.stats()
    const told = [...rows(), ...droppedSince(this.#before, drops, now_ms())]
    this.#before = drops
    if (told.length === 0) return
    const body = Buffer.from(told.map((row) => `${JSON.stringify({ node, ...row })}\n`).join(''))
    const oldest_ms = told.reduce((oldest, row) => Math.min(oldest, row.time_ms), now_ms())
    const chunk = { signal: 'coverage', body, records: told.length, oldest_ms } as const
    await sink.put(chunk, { wait: false })
  }
}

export function droppedSince(
  before: readonly Drops[],
  after: readonly Drops[],
  time_ms: number,
): CoverageRow[] {
  return after.flatMap(({ signal, reason, chunks, records }) => {
    const old = before.find((one) => one.signal === signal && one.reason === reason)
    const dropped = records - (old?.records ?? 0)
    if (signal === 'coverage' || chunks === (old?.chunks ?? 0)) return []
    const none = { namespace: '', workload: '', pod: '', lag_s: 0, records: 0 }
    const row = { source: 'spool', signal, state: 'dropped', reason, detail: details[reason] }
    return [{ time_ms, ...row, ...none, dropped } as CoverageRow]
  })
}
