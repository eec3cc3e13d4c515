/**
 * The labels of streams as fields that are ready to be put into records: read once, and found again
 * by their bytes in the requests that follow.
 */
import { viewOf } from '../../../wire/copy-bytes.ts'
import { quickHash, sameBytes } from '../../../wire/hash.ts'
import { RowBuffer } from '../../../wire/row-buffer.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { type Path, pathOf } from '../../records/paths.ts'
import { BadLabels, parseLabelJson, parseLabelText } from './label-text.ts'
import { type Label, podPath, servicePath, wordsOf } from './label-words.ts'

/** Past this many the oldest is forgotten; with the bound on their size it is 40 MB at most. */
const streams_max = 10_000
const key_bytes_max = 4 * 1024

export type StreamForm = 'json' | 'text'

export class Stream {
  /** As it was sent, for messages. */
  readonly text: string
  /** Why its entries are refused; empty when they are not. */
  readonly problem: string
  readonly #paths: Path[] = []
  readonly #view: DataView
  readonly #ends: number[] = []
  readonly #service: Uint8Array
  readonly #isGuess: boolean

  constructor(text: string, labels: readonly Label[], problem: string) {
    this.text = text.slice(0, 300)
    this.problem = problem
    const { fields, service, isGuess } = wordsOf(labels)
    const values = new RowBuffer(256)
    for (const [name, value] of fields) {
      if (value === '') continue
      this.#paths.push(pathOf(name))
      values.raw(Buffer.from(value))
      this.#ends.push(values.length)
    }
    this.#view = viewOf(values.written().slice())
    this.#service = Buffer.from(service)
    this.#isGuess = isGuess
  }

  /** Puts what the labels say into the record. */
  fill(record: FlatRecord): void {
    let start = 0
    for (let i = 0; i < this.#paths.length; i++) {
      const end = this.#ends[i]!
      record.text(this.#paths[i]!, this.#view, start, end)
      start = end
    }
  }

  /** To be called when all else is in the record: a guess gives way to what is known of the pod. */
  nameService(record: FlatRecord): void {
    if (this.#service.length === 0 || record.indexOf(servicePath) >= 0) return
    if (this.#isGuess && record.indexOf(podPath) >= 0) return
    record.text(servicePath, viewOf(this.#service), 0, this.#service.length)
  }
}

type Known = { key: Uint8Array; form: StreamForm; stream: Stream }

const known = new Map<number, Known>()
const decoder = new TextDecoder()

/** The stream whose labels are the bytes [start, end). Throws SyntaxError when they are no JSON. */
export function streamOf(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  form: StreamForm,
): Stream {
  const hash = quickHash(view, start, end)
  const length = end - start
  const found = known.get(hash)
  if (found !== undefined && found.form === form && found.key.length === length) {
    if (sameBytes(found.key, 0, bytes, start, length)) return found.stream
  }
  const stream = read(decoder.decode(bytes.subarray(start, end)), form)
  if (length <= key_bytes_max) {
    known.delete(hash)
    known.set(hash, { key: bytes.slice(start, end), form, stream })
    if (known.size > streams_max) known.delete(known.keys().next().value!)
  }
  return stream
}

function read(text: string, form: StreamForm): Stream {
  try {
    return new Stream(text, form === 'json' ? parseLabelJson(text) : parseLabelText(text), '')
  } catch (error) {
    if (!(error instanceof BadLabels)) throw error
    return new Stream(text, [], error.message)
  }
}

/** Of entries that came without labels. */
export const noStream = new Stream('{}', [], 'error at least one label pair is required per stream')
