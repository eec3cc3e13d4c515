/**
 * JSON objects that come again: a shipper writes the same `agent`, `host` and `kubernetes` into
 * thousands of documents, so one that was read before is known by its bytes and not read again.
 * Reading is left to json-reader.ts, what became of an object to flat-record.ts.
 */
import { overshoot_bytes, viewOf } from '../../wire/copy-bytes.ts'
import type { KnownFields } from './flat-record.ts'

export type KnownObject = {
  readonly view: DataView
  readonly length: number
  readonly fields: KnownFields
  /** How many levels of objects are in it: the limit counts from where it stands. */
  readonly levels: number
}

const object_bytes_min = 16
const object_bytes_max = 4096
/** A node has a hundred pods, a cluster thousands. */
const objects_max = 1024
/** What differs between objects of one name differs within these, or it is found to differ. */
const sample_bytes = 96
/** Of all objects together; past it all are forgotten. */
const kept_bytes_max = 8 * 1024 * 1024
/** What the object and its fields take beside their bytes: as measured. */
const known_bytes = 1_600
const field_bytes = 26
/** Objects that never repeat are kept one in this many times, in case that they begin to. */
const doubt_times = 64
const trust_max = 64

let generation = 0
let kept_bytes = 0

/** The objects that were seen under one name. */
export class ObjectRepeats {
  #last: KnownObject | undefined
  #bySample = new Map<number, KnownObject>()
  #generation = generation
  #trust = trust_max
  #times = 0

  /** The object that begins at a place, if it is one that was read before. */
  find(view: DataView, at: number, stop: number): KnownObject | undefined {
    if (this.#generation !== generation) this.#forget()
    const last = this.#last
    if (last !== undefined && isHere(last, view, at, stop)) return this.#found(last)
    const known = this.#bySample.get(sampleOf(view, at, stop))
    if (known === undefined || known === last || !isHere(known, view, at, stop)) return undefined
    return this.#found(known)
  }

  #found(known: KnownObject): KnownObject {
    this.#last = known
    if (this.#trust < trust_max) this.#trust++
    return known
  }

  /** Whether an object that was not known is worth keeping. */
  wants(length: number): boolean {
    if (length < object_bytes_min || length > object_bytes_max) return false
    if (this.#trust > 0) this.#trust--
    return this.#trust > 0 || ++this.#times % doubt_times === 0
  }

  keep(view: DataView, start: number, end: number, stop: number, of: KnownParts): void {
    const length = end - start
    kept_bytes += 2 * length + known_bytes + field_bytes * of.fields.paths.length
    if (kept_bytes > kept_bytes_max) {
      generation++
      kept_bytes = 0
      this.#forget()
    }
    const bytes = new Uint8Array(length + overshoot_bytes)
    bytes.set(new Uint8Array(view.buffer, view.byteOffset + start, length))
    const known = { view: viewOf(bytes), length, ...of }
    this.#last = known
    if (this.#bySample.size >= objects_max) this.#bySample.clear()
    this.#bySample.set(sampleOf(view, start, stop), known)
  }

  #forget(): void {
    this.#generation = generation
    this.#last = undefined
    this.#bySample.clear()
  }
}

type KnownParts = Pick<KnownObject, 'fields' | 'levels'>

/**
 * Eight bytes at a time. As doubles they are equal when their bits are: JSON that was read holds no
 * zero bytes, and what would be NaN is no text of it.
 */
function isHere(known: KnownObject, view: DataView, at: number, stop: number): boolean {
  const { view: own, length } = known
  if (at + length > stop) return false
  const last = length - 8
  for (let i = 0; i < last; i += 8) {
    if (own.getFloat64(i, true) !== view.getFloat64(at + i, true)) return false
  }
  return own.getFloat64(last, true) === view.getFloat64(at + last, true)
}

/** A small whole number. */
function sampleOf(view: DataView, at: number, stop: number): number {
  const end = Math.min(stop - 4, at + sample_bytes)
  let hash = 0
  for (; at < end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash >> 2
}
