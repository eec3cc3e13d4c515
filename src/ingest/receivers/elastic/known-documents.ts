/**
 * Documents that were stored under an id lately, so that a client's retry does not store them
 * twice. Bounded: two generations of which the older is forgotten as a whole. The newest are found
 * again after a restart: their keys lie in table ingest_chunks, in the write of their rows.
 */
import type { Batch } from '../../../wire/batch.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import { Hash64, quickHash } from '../../../wire/hash.ts'

export type DocumentKey = { lo: number; hi: number }

/** 12 bytes each at a load of half: 12 MiB at most. At least the newer half of them is known. */
export const documents_known_max = 500_000
/** Its key and its content's hash, as they are kept. */
export const document_bytes = 12
/** More documents of a request are in further rows. */
const row_documents_max = 2_048
/** Begins a row, which is then never as long as the id of an agent's chunk is. */
const row_mark = 0x44

const hash = new Hash64()
const encoder = new TextEncoder()
const scratch = new Uint8Array(2048)
const scratchView = viewOf(scratch)

/** One key for an index and an id, in a cluster of its own. */
export function documentKey(cluster: string, index: string, id: string): DocumentKey {
  hash.reset(0x65736964)
  for (const text of [cluster, index, id]) {
    const { written } = encoder.encodeInto(text, scratch)
    hash.bytes(scratchView, 0, written)
  }
  hash.finish()
  return { lo: hash.lo, hi: hash.hi }
}

/** Tells whether a document with a known id is the same one again. Never 0. */
export function contentHash(view: DataView, start: number, end: number): number {
  return quickHash(view, start, end) || 1
}

/** A table of key to content, found by open addressing. */
class Generation {
  count = 0
  #slots: Int32Array

  constructor(slots = 256) {
    this.#slots = new Int32Array(slots * 3)
  }

  /** Empties it and keeps its memory for as many again. */
  reuse(): void {
    this.#slots.fill(0)
    this.count = 0
  }

  /** 0 when it is not there. */
  get({ lo, hi }: DocumentKey): number {
    return this.#slots[this.#find(lo, hi) + 2]!
  }

  set({ lo, hi }: DocumentKey, content: number): void {
    if (this.count * 2 >= this.#slots.length / 3) this.#grow()
    const at = this.#find(lo, hi)
    if (this.#slots[at + 2] === 0) this.count++
    this.#slots[at] = lo
    this.#slots[at + 1] = hi
    this.#slots[at + 2] = content
  }

  /** The place of the key, or the empty one where it belongs. */
  #find(lo: number, hi: number): number {
    const slots = this.#slots
    const mask = slots.length / 3 - 1
    for (let at = (lo ^ (hi << 7)) & mask; ; at = (at + 1) & mask) {
      const place = at * 3
      if (slots[place + 2] === 0) return place
      if (slots[place] === lo && slots[place + 1] === hi) return place
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] === 0) continue
      const place = this.#find(old[at]!, old[at + 1]!)
      this.#slots.set(old.subarray(at, at + 3), place)
    }
  }
}

export type KnownDocument = readonly [key: DocumentKey, content: number]

/** Into the batch of the documents' own rows: both are durable, or neither is. */
export function writeDocuments(
  batch: Batch,
  documents: readonly KnownDocument[],
  time_ms: number,
): void {
  const rows = batch.get('ingest_chunks')
  for (let from = 0; from < documents.length; from += row_documents_max) {
    const to = Math.min(documents.length, from + row_documents_max)
    rows.varint(1 + (to - from) * document_bytes)
    rows.u8(row_mark)
    for (let i = from; i < to; i++) {
      const [{ lo, hi }, content] = documents[i]!
      rows.int64(lo, hi)
      rows.int32(content)
    }
    rows.int53(time_ms)
    rows.rows++
  }
}

export class KnownDocuments {
  #newer = new Generation()
  #older = new Generation()
  readonly #generation_max: number

  constructor(documents_max = documents_known_max) {
    this.#generation_max = Math.max(1, Math.floor(documents_max / 2))
  }

  /** The hash of what was stored under the key; 0 when nothing was, as far as is known. */
  get(key: DocumentKey): number {
    return this.#newer.get(key) || this.#older.get(key)
  }

  /** Remembers what a row of writeDocuments() says. */
  read(row: Uint8Array): void {
    if (row[0] !== row_mark) return
    const view = viewOf(row)
    for (let at = 1; at + document_bytes <= row.length; at += document_bytes) {
      const key = { lo: view.getInt32(at, true), hi: view.getInt32(at + 4, true) }
      this.set(key, view.getInt32(at + 8, true))
    }
  }

  set(key: DocumentKey, content: number): void {
    if (this.#newer.count >= this.#generation_max) {
      const forgotten = this.#older
      this.#older = this.#newer
      this.#newer = forgotten
      forgotten.reuse()
    }
    this.#newer.set(key, content)
  }
}

/** Of all requests to this process: what a client sends again comes within minutes. */
export const storedDocuments = new KnownDocuments()
