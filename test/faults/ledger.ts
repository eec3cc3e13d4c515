/**
 * What was promised against what is there: every record names its producer, its number and the
 * checksum of its text, so that a loss, a repetition or a changed byte is seen, and nothing is
 * taken on trust.
 */
import { crc32 } from 'node:zlib'
import { sql } from '../../src/store/sql.ts'
import { openStore } from '../../src/store/store.ts'

/** in doubt: sent, and the answer never came. Such a record may be there once, or not at all. */
type Fate = 'sent' | 'acked' | 'in doubt'
const fates: readonly Fate[] = ['sent', 'acked', 'in doubt']

export type Verdict = {
  sent: number
  acked: number
  in_doubt: number
  stored: number
  /** Acknowledged and not there. */
  lost: number
  /** There more than once. */
  duplicated: number
  /** There with other bytes than were sent. */
  corrupt: number
  /** There although nobody sent it, or although it was refused. */
  unexpected: number
  examples: string[]
}

export class Ledger {
  readonly #producers: Uint8Array[] = []
  readonly #counts: number[] = []

  /** Takes the next numbers of a producer. */
  next(producer: number, count: number): number {
    const first = this.#counts[producer] ?? 0
    const fate = this.#producers[producer] ?? new Uint8Array(1 << 16)
    const grown = first + count > fate.length ? new Uint8Array(fate.length * 2 + count) : fate
    if (grown !== fate) grown.set(fate)
    this.#producers[producer] = grown
    this.#counts[producer] = first + count
    return first
  }

  mark(producer: number, first: number, count: number, fate: Fate): void {
    this.#producers[producer]!.fill(fates.indexOf(fate), first, first + count)
  }

  get acked(): number {
    return this.#count('acked')
  }

  static body(producer: number, sequence: number): string {
    const order = (sequence * 7919) % 100_003
    const text = `order ${order} of shop ${producer} was placed and paid in full`
    return `p=${producer} s=${sequence} c=${crc32(text)} ${text}`
  }

  /** Opens the store of a stopped server and compares. */
  async verify(storeDir: string): Promise<Verdict> {
    const quiet = { info() {}, warn() {}, error() {} }
    const store = await openStore({ dir: storeDir }, { log: quiet, now_ms: Date.now })
    const verdict: Verdict = {
      sent: this.#counts.reduce((sum, count) => sum + count, 0),
      acked: this.acked,
      in_doubt: this.#count('in doubt'),
      stored: 0,
      lost: 0,
      duplicated: 0,
      corrupt: 0,
      unexpected: 0,
      examples: [],
    }
    try {
      for (const producer of this.#counts.keys()) {
        const query = sql`SELECT sequence, count() AS times, countIf(NOT whole) AS broken FROM (
          SELECT splitByChar(' ', body, 4) AS parts,
            toUInt32OrZero(substring(parts[2], 3)) AS sequence,
            CRC32(substring(body, length(arrayStringConcat(arraySlice(parts, 1, 3), ' ')) + 2))
              = toUInt32OrZero(substring(parts[3], 3)) AS whole
          FROM logs WHERE startsWith(body, ${`p=${producer} `})
        ) GROUP BY sequence`
        const { columns } = await store.columns(query, {
          rows_max: 10_000_000,
          timeout_ms: 120_000,
        })
        this.#compare(producer, columns, verdict)
      }
    } finally {
      await store.close()
    }
    return verdict
  }

  #compare(producer: number, columns: Record<string, unknown[]>, verdict: Verdict): void {
    const sequences = (columns.sequence ?? []) as number[]
    const times = (columns.times ?? []).map(Number)
    const broken = (columns.broken ?? []).map(Number)
    const fate = this.#producers[producer]!
    const isThere = new Uint8Array(this.#counts[producer]!)
    const example = (what: string, sequence: number) => {
      if (verdict.examples.length < 20) verdict.examples.push(`${what} p=${producer} s=${sequence}`)
    }
    for (const [i, sequence] of sequences.entries()) {
      verdict.stored += times[i]!
      verdict.corrupt += broken[i]!
      if (times[i]! > 1) {
        verdict.duplicated += times[i]! - 1
        example('twice', sequence)
      }
      if (sequence >= isThere.length || fates[fate[sequence]!] === 'sent') {
        verdict.unexpected++
        example('unexpected', sequence)
      } else isThere[sequence] = 1
    }
    for (let sequence = 0; sequence < isThere.length; sequence++) {
      if (fates[fate[sequence]!] !== 'acked' || isThere[sequence] === 1) continue
      verdict.lost++
      example('lost', sequence)
    }
  }

  #count(fate: Fate): number {
    const code = fates.indexOf(fate)
    let count = 0
    for (const [producer, of] of this.#counts.entries()) {
      const fate = this.#producers[producer]!
      for (let i = 0; i < of; i++) if (fate[i] === code) count++
    }
    return count
  }
}
