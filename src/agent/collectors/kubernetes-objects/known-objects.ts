/**
 * What was told of every living object, to find what changes: a hash for all, and the text, packed,
 * for as many as fit into the agent's memory. Beyond that a change is told without its diff.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { KubernetesObject } from '../../kubernetes/api.ts'

/** A pod packs to about 1.3 KB: room for more than 20 000. */
const packed_bytes_max = 32 * 1024 * 1024

type Known = { hash: string; namespace: string; name: string; packed: Uint8Array | undefined }

export class KnownObjects {
  readonly #byUid = new Map<string, Known>()
  readonly #packed_bytes_max: number
  packed_bytes = 0

  constructor(bytes_max = packed_bytes_max) {
    this.#packed_bytes_max = bytes_max
  }

  get(uid: string): Readonly<Known> | undefined {
    return this.#byUid.get(uid)
  }

  keys(): Iterable<string> {
    return this.#byUid.keys()
  }

  /** Undefined when there was no room for it. */
  textOf(uid: string): string | undefined {
    const packed = this.#byUid.get(uid)?.packed
    return packed && inflateRawSync(packed).toString('utf8')
  }

  set({ metadata }: KubernetesObject, hash: string, text: string): void {
    this.delete(metadata.uid)
    const bytes = deflateRawSync(text, { level: 1 })
    const fits = this.packed_bytes + bytes.length <= this.#packed_bytes_max
    const packed = fits ? Uint8Array.from(bytes) : undefined
    if (packed !== undefined) this.packed_bytes += packed.length
    const { namespace = '', name } = metadata
    this.#byUid.set(metadata.uid, { hash, namespace, name, packed })
  }

  delete(uid: string): void {
    this.packed_bytes -= this.#byUid.get(uid)?.packed?.length ?? 0
    this.#byUid.delete(uid)
  }
}
