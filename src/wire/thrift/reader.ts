/**
 * What both of Thrift's protocols are read through: fields of structs, values and lists, where they
 * lie. Message readers know the fields; what they do not know is skipped within bounds.
 */
import { Fault } from '../../model/faults.ts'
import { limits } from '../../model/limits.ts'
import { viewOf } from '../copy-bytes.ts'

/** Types as the binary protocol numbers them. */
export const thriftTypes = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const

const depth_max = limits.any_value_depth_max
const decoder = new TextDecoder()

export abstract class ThriftReader {
  bytes: Uint8Array
  view: DataView
  at = 0
  /** Of the field that field() found. */
  id = 0
  type = 0
  /** Of the list, set or map that began last. */
  count = 0
  elementType = 0
  /** Of a map, beside that of its values. */
  keyType = 0
  readonly #format: string

  constructor(bytes: Uint8Array, format: string) {
    this.bytes = bytes
    this.view = viewOf(bytes)
    this.#format = format
  }

  /** Goes to a struct's next field; false at its end. Give the id of the one before, or 0. */
  abstract field(before: number): boolean
  abstract bool(): boolean
  abstract i32(): number
  abstract i64(): bigint
  abstract double(): number
  abstract length(): number
  /** Leaves what the list holds in elementType and count. */
  abstract list(): void
  abstract map(): void
  /** Goes past a value that is neither text, struct, list nor map. */
  protected abstract skipPlain(type: number): void

  /** A text's or binary's bytes, as they lie. */
  binary(): Uint8Array {
    const length = this.length()
    const start = this.take(length)
    return this.bytes.subarray(start, start + length)
  }

  string(): string {
    return decoder.decode(this.binary())
  }

  /** Confirms that so many bytes are there and goes past them; answers where they begin. */
  take(length: number): number {
    const start = this.at
    if (!(length >= 0 && start + length <= this.bytes.length)) this.fail('a value is cut off')
    this.at = start + length
    return start
  }

  /** Every element takes a byte at least: whoever announces more than are there lies. */
  protected counted(count: number): number {
    if (!(count >= 0 && count <= this.bytes.length - this.at)) {
      this.fail('a list announces more than follows')
    }
    return count
  }

  /** Goes past a value that nobody knows. */
  skip(type: number, depth = 1): void {
    if (depth > depth_max) this.fail(`nested deeper than ${depth_max} levels`)
    const { string, struct, map, set, list } = thriftTypes
    if (type === string) this.take(this.length())
    else if (type === struct) {
      for (let id = 0; this.field(id); id = this.id) {
        const inner = this.id
        this.skip(this.type, depth + 1)
        this.id = inner
      }
    } else if (type === map) {
      this.map()
      const { count, keyType, elementType } = this
      for (let i = 0; i < count; i++) {
        this.skip(keyType, depth + 1)
        this.skip(elementType, depth + 1)
      }
    } else if (type === set || type === list) {
      this.list()
      const { count, elementType } = this
      for (let i = 0; i < count; i++) this.skip(elementType, depth + 1)
    } else this.skipPlain(type)
  }

  fail(what: string): never {
    const detail = `${what}, at byte ${this.at}`
    throw new Fault('payload_malformed', { format: this.#format, detail })
  }
}
