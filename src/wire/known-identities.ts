/**
 * Which resources and series were already written for a UTC day, so that their row is sent once.
 * Bounded: what is forgotten is merely written again, and the tables replace equal rows.
 */

export type IdentityKind = 'resource' | 'series'

const stride = 3
/** Of the slots at most: a look-up for what is not there then passes eight of them. */
const load_max = 0.75

/** A set of (64-bit id, kind, day), open addressing over one Int32Array. */
export class IdentitySet {
  size = 0
  #slots: Int32Array
  #mask: number

  constructor(capacity = 64) {
    this.#slots = new Int32Array(capacity * stride)
    this.#mask = capacity - 1
  }

  #find(lo: number, hi: number, tag: number): number {
    const slots = this.#slots
    let slot = (lo ^ Math.imul(tag, 0x9e3779b1) ^ (hi >>> 7)) & this.#mask
    while (true) {
      const at = slot * stride
      const there = slots[at + 2]!
      if (there === 0) return at
      if (there === tag && slots[at] === lo && slots[at + 1] === hi) return at
      slot = (slot + 1) & this.#mask
    }
  }

  has(lo: number, hi: number, kind: IdentityKind, day: number): boolean {
    return this.#slots[this.#find(lo | 0, hi | 0, tagOf(kind, day)) + 2] !== 0
  }

  /** True when the identity was not there before. */
  add(lo: number, hi: number, kind: IdentityKind, day: number): boolean {
    return this.#put(lo | 0, hi | 0, tagOf(kind, day))
  }

  addAll(other: IdentitySet): void {
    const slots = other.#slots
    // In the order of their slots they would pile up at the beginning of a table that fills.
    for (let i = 0; i <= other.#mask; i++) {
      const at = (Math.imul(i, 0x9e3779b1) & other.#mask) * stride
      if (slots[at + 2] !== 0) this.#put(slots[at]!, slots[at + 1]!, slots[at + 2]!)
    }
  }

  clear(): void {
    if (this.size === 0) return
    if (this.#mask > 4095) {
      this.#slots = new Int32Array(64 * stride)
      this.#mask = 63
    } else this.#slots.fill(0)
    this.size = 0
  }

  /** Empties it for as many again: memory of this size is better kept than found anew. */
  reuse(): void {
    this.#slots.fill(0)
    this.size = 0
  }

  #put(lo: number, hi: number, tag: number): boolean {
    const at = this.#find(lo, hi, tag)
    if (this.#slots[at + 2] !== 0) return false
    this.#slots[at] = lo
    this.#slots[at + 1] = hi
    this.#slots[at + 2] = tag
    if (++this.size > this.#mask * load_max) this.#double()
    return true
  }

  #double(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let at = 0; at < old.length; at += stride) {
      if (old[at + 2] === 0) continue
      const to = this.#find(old[at]!, old[at + 1]!, old[at + 2]!)
      this.#slots.set(old.subarray(at, at + stride), to)
    }
  }
}

/** Never 0, which marks an empty slot. */
function tagOf(kind: IdentityKind, day: number): number {
  return ((day + 1) << 1) | (kind === 'series' ? 1 : 0)
}

/** Two generations: when the young one is full it becomes the old one, and the old is forgotten. */
export class KnownIdentities {
  readonly #identities_max: number
  #young = new IdentitySet()
  #old = new IdentitySet()

  /** 380 000 identities take at most 6 MiB a generation. */
  constructor(options: { identities_max?: number } = {}) {
    this.#identities_max = options.identities_max ?? 380_000
  }

  has(lo: number, hi: number, kind: IdentityKind, day: number): boolean {
    if (this.#young.has(lo, hi, kind, day)) return true
    if (!this.#old.has(lo, hi, kind, day)) return false
    this.#young.add(lo, hi, kind, day)
    this.#turn()
    return true
  }

  /** Call only after the batch is durable: a lost row would not be sent again that day. */
  commit(batch: { newIdentities: IdentitySet }): void {
    this.#young.addAll(batch.newIdentities)
    this.#turn()
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  #turn(): void {
    if (this.#young.size < this.#identities_max) return
    const forgotten = this.#old
    this.#old = this.#young
    this.#young = forgotten
    forgotten.reuse()
  }
}
