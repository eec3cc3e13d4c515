/**
 * Walks JSON where it lies: says where strings begin and end and goes past what nobody asks for.
 * What the members of a request mean is left to the reader.
 */
import { Fault } from '../../../model/faults.ts'
import { limits } from '../../../model/limits.ts'

const depth_max = limits.any_value_depth_max
const quote = 0x22
const backslash = 0x5c

export class JsonCursor {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** The inside of the string that string() went past. */
  start = 0
  end = 0
  /** It has no escapes. */
  isPlain = true
  #format = 'JSON'

  open(bytes: Uint8Array, format: string): void {
    this.bytes = bytes
    this.#format = format
    this.at = 0
  }

  /** The next byte that is no space; 0 at the end. */
  peek(): number {
    const { bytes } = this
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at]!
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte
    }
    return 0
  }

  expect(byte: number, what: string): void {
    if (this.peek() !== byte) this.fail(`expected ${what}`)
    this.at++
  }

  /** Between members or items: false when the closing byte was there, which it goes past. */
  more(closing: number, isFirst: boolean): boolean {
    const byte = this.peek()
    if (byte === closing) {
      this.at++
      return false
    }
    if (isFirst) return true
    if (byte !== 0x2c) this.fail('expected a comma')
    this.at++
    return true
  }

  /** Goes past a string. */
  string(what: string): void {
    if (this.peek() !== quote) this.fail(`expected ${what}`)
    const { bytes } = this
    const stop = bytes.length
    let isPlain = true
    let at = this.at + 1
    this.start = at
    for (; at < stop; at++) {
      const byte = bytes[at]!
      if (byte === quote) {
        this.end = at
        this.at = at + 1
        this.isPlain = isPlain
        return
      }
      if (byte === backslash) {
        isPlain = false
        at++
      } else if (byte < 0x20) break
    }
    this.at = Math.min(at, stop)
    this.fail(at >= stop ? 'a string has no end' : 'a string has a control character')
  }

  /** Goes past a key and its colon. */
  key(): void {
    this.string('a key')
    this.expect(0x3a, 'a colon')
  }

  /** Whether the last string is this word, which has no escapes. */
  is(word: string): boolean {
    if (this.end - this.start !== word.length) return false
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[this.start + i] !== word.charCodeAt(i)) return false
    }
    return true
  }

  /** Goes past a value of any kind. */
  skip(depth = 1): void {
    const byte = this.peek()
    if (byte === quote) this.string('a string')
    else if (byte === 0x7b || byte === 0x5b) {
      if (depth > depth_max) this.fail(`nested deeper than ${depth_max} levels`)
      this.at++
      const closing = byte + 2
      for (let isFirst = true; this.more(closing, isFirst); isFirst = false) {
        if (byte === 0x7b) this.key()
        this.skip(depth + 1)
      }
    } else this.#word()
  }

  /** A number, true, false or null: as far as its letters go. */
  #word(): void {
    const { bytes } = this
    const start = this.at
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at]!
      const letter = byte | 0x20
      const isLetter = (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
      if (!isLetter && byte !== 0x2b && byte !== 0x2d && byte !== 0x2e) break
    }
    if (this.at === start) this.fail('expected a value')
    // A double has at most a few hundred digits.
    const text = this.at - start > 1000 ? '' : latin.decode(bytes.subarray(start, this.at))
    if (!/^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(text)) {
      this.at = start
      this.fail('expected a value')
    }
  }

  /** Nothing but space may follow. */
  finish(): void {
    if (this.peek() !== 0 || this.at < this.bytes.length) this.fail('expected the end')
  }

  fail(what: string): never {
    const detail = `${what}, at byte ${this.at}`
    throw new Fault('payload_malformed', { format: this.#format, detail })
  }
}

const latin = new TextDecoder('latin1')
