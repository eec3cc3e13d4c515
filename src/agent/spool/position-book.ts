/**
 * How far every source is read, by the newest durable chunk that says so. Leaves keeping it on disk
 * to checkpoint.ts and to the chunks themselves.
 */
import type { Positions } from '../collector.ts'

/** Value and the sequence of the chunk that proved it. */
export type Proved = [sequence: number, value: string]

export class PositionBook {
  readonly #known = new Map<string, Proved>()
  /** Key to the sequence from which on it counts again: older chunks may still lie on disk. */
  readonly #forgotten = new Map<string, number>()

  /** In any order: the newest chunk wins. */
  prove(positions: Positions, sequence: number): void {
    for (const key of Object.keys(positions)) {
      this.#proveOne(key, positions[key]!, sequence)
    }
  }

  #proveOne(key: string, value: string, sequence: number): void {
    if ((this.#forgotten.get(key) ?? 0) > sequence) return
    const known = this.#known.get(key)
    if (known === undefined || known[0] < sequence) this.#known.set(key, [sequence, value])
  }

  get(key: string): string | undefined {
    return this.#known.get(key)?.[1]
  }

  within(prefix: string): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    for (const [key, [, value]] of this.#known) if (key.startsWith(prefix)) found.set(key, value)
    return found
  }

  /** Chunks before `next_sequence` do not bring it back. */
  forget(key: string, next_sequence: number): void {
    if (this.#known.delete(key)) this.#forgotten.set(key, next_sequence)
  }

  /** As plain data. What is forgotten is told while a chunk on disk could still say otherwise. */
  told(oldest_sequence: number): ToldPositions {
    for (const [key, sequence] of this.#forgotten) {
      if (sequence <= oldest_sequence) this.#forgotten.delete(key)
    }
    return {
      known: Object.fromEntries(this.#known),
      forgotten: Object.fromEntries(this.#forgotten),
    }
  }

  restore({ known, forgotten }: ToldPositions): void {
    for (const [key, sequence] of Object.entries(forgotten)) this.#forgotten.set(key, sequence)
    for (const [key, [sequence, value]] of Object.entries(known)) {
      this.#proveOne(key, value, sequence)
    }
  }
}

export type ToldPositions = {
  known: Record<string, Proved>
  forgotten: Record<string, number>
}
