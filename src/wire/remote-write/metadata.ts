/**
 * Metadata that 1.0 senders tell in requests of their own, remembered per cluster and metric so
 * that series that come later carry it. Bounded: the one that was told longest ago goes first.
 */
import type { ProtobufReader } from '../protobuf-reader.ts'
import { familiesOf, type Metadata, noMetadata } from './description.ts'
import { textAt } from './labels.ts'

const metrics_max = 20_000
const text_length_max = 16 * 1024 * 1024
const help_length_max = 4096
const word_length_max = 1024

export class MetadataMemory {
  /** Grows whenever something else is known than before. */
  version = 1
  readonly #told = new Map<string, Metadata>()
  #text_length = 0

  /** Reads a MetricMetadata. */
  read(reader: ProtobufReader, start: number, end: number, cluster: number): void {
    const { bytes } = reader
    let type = 0
    let family = ''
    let help = ''
    let unit = ''
    for (let at = start; at < end; ) {
      const tag = reader.varint(at)
      at = reader.after
      if (tag === 8) {
        type = reader.varint(at)
        at = reader.within(reader.after, end)
      } else if (tag === 18 || tag === 34 || tag === 42) {
        const from = reader.enter(at, end)
        at = reader.stop
        const text = textAt(bytes, from, Math.min(at, from + 4 * help_length_max))
        if (tag === 18) family = text
        else if (tag === 34) help = text.slice(0, help_length_max)
        else unit = text.slice(0, word_length_max)
      } else at = reader.skip(tag, at, end)
    }
    if (family !== '' && family.length <= word_length_max) {
      this.#tell(`${cluster} ${family}`, { type, help, unit })
    }
  }

  /** What is known of the metric of a series with this name. */
  of(name: string, cluster: number): Metadata {
    for (const family of familiesOf(name)) {
      const metadata = this.#told.get(`${cluster} ${family}`)
      if (metadata !== undefined) return metadata
    }
    return noMetadata
  }

  clear(): void {
    this.#told.clear()
    this.#text_length = 0
    this.version++
  }

  #tell(key: string, metadata: Metadata): void {
    const before = this.#told.get(key)
    if (before !== undefined) {
      const { type, help, unit } = before
      if (type === metadata.type && help === metadata.help && unit === metadata.unit) return
      this.#forget(key, before)
    }
    this.version++
    this.#told.set(key, metadata)
    this.#text_length += lengthOf(key, metadata)
    while (this.#told.size > metrics_max || this.#text_length > text_length_max) {
      const [oldest, told] = this.#told.entries().next().value!
      this.#forget(oldest, told)
    }
  }

  #forget(key: string, metadata: Metadata): void {
    this.#told.delete(key)
    this.#text_length -= lengthOf(key, metadata)
  }
}

function lengthOf(key: string, { help, unit }: Metadata): number {
  return key.length + help.length + unit.length
}
