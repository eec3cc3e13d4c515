/**
 * Takes the body of a bulk request apart: action lines and the documents behind them, as places in
 * its bytes. What becomes of them is left to bulk.ts.
 */
import { Fault } from '../../../model/faults.ts'
import { sameBytes } from '../../../wire/hash.ts'

export const bulkOperations = ['index', 'create', 'update', 'delete'] as const
export type BulkOperation = (typeof bulkOperations)[number]

export type BulkAction = {
  operation: BulkOperation
  /** '' is the one of the request's path. */
  index: string
  id: string | undefined
  pipeline: string | undefined
}

/** An answer has an item for each: this bounds it to 60 MB. */
export const actions_max = 200_000
const action_bytes_max = 16 * 1024
const id_bytes_max = 512

type OnAction = (action: BulkAction, start: number, end: number) => void

/** Throws payload_malformed when an action line cannot be read: what follows it has no meaning. */
export function eachAction(body: Uint8Array, run: OnAction): void {
  const lines = new Lines(body)
  let count = 0
  while (lines.next()) {
    const action = lines.action()
    if (++count > actions_max) throw new Fault('records_too_many', { records_max: actions_max })
    if (action.operation === 'delete') run(action, lines.start, lines.start)
    else if (lines.next()) run(action, lines.start, lines.end)
    else throw malformed(`action [${count}] has no document behind it`)
  }
  if (count === 0) throw malformed('request body is required')
}

/** The action of the first line, when it can be read. */
export function firstAction(body: Uint8Array): BulkAction | undefined {
  try {
    const lines = new Lines(body)
    return lines.next() ? lines.action() : undefined
  } catch {
    return undefined
  }
}

class Lines {
  start = 0
  end = 0
  number = 0
  #at = 0
  readonly #body: Uint8Array
  #lastStart = -1
  #lastLength = 0
  #last: BulkAction | undefined

  constructor(body: Uint8Array) {
    this.#body = body
  }

  /** Goes to the next line that is not blank. The last one needs no newline. */
  next(): boolean {
    const body = this.#body
    while (this.#at < body.length) {
      const newline = body.indexOf(0x0a, this.#at)
      let start = this.#at
      let end = newline < 0 ? body.length : newline
      this.#at = end + 1
      this.number++
      while (end > start && body[end - 1]! <= 0x20) end--
      while (start < end && body[start]! <= 0x20) start++
      if (start === end) continue
      this.start = start
      this.end = end
      return true
    }
    return false
  }

  /** Most shippers write the same line before every document. */
  action(): BulkAction {
    const { start, end } = this
    const length = end - start
    if (this.#last !== undefined && length === this.#lastLength) {
      if (sameBytes(this.#body, start, this.#body, this.#lastStart, length)) return this.#last
    }
    this.#last = readAction(this.#body.subarray(start, end), this.number)
    this.#lastStart = start
    this.#lastLength = length
    return this.#last
  }
}

function malformed(detail: string): Fault {
  return new Fault('payload_malformed', { format: '_bulk', detail })
}

const decoder = new TextDecoder()

function readAction(bytes: Uint8Array, line: number): BulkAction {
  const where = `Malformed action/metadata line [${line}]`
  if (bytes.length > action_bytes_max) throw malformed(`${where}, it is too long`)
  const text = decoder.decode(bytes)
  const parsed = parsedJson(text)
  if (!isObject(parsed)) throw malformed(`${where}, expected an object, got ${text.slice(0, 60)}`)
  const names = Object.keys(parsed)
  const name = names[0] ?? ''
  const operation = bulkOperations.find((one) => one === name)
  if (operation === undefined || names.length !== 1) {
    const expected = 'expected field [create], [delete], [index] or [update]'
    throw malformed(`${where}, ${expected} but found [${names.join(', ').slice(0, 60)}]`)
  }
  const meta: unknown = parsed[name]
  if (!isObject(meta)) throw malformed(`${where}, expected START_OBJECT behind [${name}]`)
  const id = textIn(meta, '_id', where)
  if (id !== undefined && Buffer.byteLength(id) > id_bytes_max) {
    throw malformed(`${where}, _id is longer than ${id_bytes_max} bytes`)
  }
  return {
    operation,
    index: textIn(meta, '_index', where) ?? '',
    // An empty one is none, as Logstash and Fluentd send it.
    id: id === '' ? undefined : id,
    pipeline: textIn(meta, 'pipeline', where),
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textIn(meta: Record<string, unknown>, name: string, where: string): string | undefined {
  if (!Object.hasOwn(meta, name)) return undefined
  const value = meta[name]
  if (value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw malformed(`${where}, expected a simple value for field [${name}]`)
}
