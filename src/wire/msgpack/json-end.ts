/**
 * Finds where JSON arrays and objects end that follow one another, in bytes that may still be
 * arriving. Only brackets and strings are looked at; reading what is between is left to others.
 */
import { Fault } from '../../model/faults.ts'
import type { MessageEnd } from './messages.ts'

export class JsonEnd implements MessageEnd {
  at = 0
  /** Brackets that have to be closed. */
  left = 0
  #isText = false
  #isEscaped = false

  begin(at: number): void {
    this.at = at
    this.left = 0
    this.#isText = this.#isEscaped = false
  }

  run(bytes: Uint8Array, end: number): boolean {
    for (; this.at < end; this.at++) {
      const byte = bytes[this.at]!
      if (this.#isText) this.#inText(byte)
      else if (byte === 0x5b || byte === 0x7b) this.left++
      else if (this.left === 0) {
        if (byte > 0x20) {
          throw new Fault('payload_malformed', {
            format: 'JSON',
            detail: 'expected a message that begins with [ or {',
          })
        }
      } else if (byte === 0x22) this.#isText = true
      else if (byte === 0x5d || byte === 0x7d) {
        this.left--
        if (this.left > 0) continue
        this.at++
        return true
      }
    }
    return false
  }

  #inText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === 0x5c) this.#isEscaped = true
    else if (byte === 0x22) this.#isText = false
  }
}
