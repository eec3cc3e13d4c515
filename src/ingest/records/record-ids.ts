/** Trace and span ids of a record, from the hexadecimal text that loggers write. */
import { type FlatRecord, valueKinds } from './flat-record.ts'

export type Ids = { trace: Uint8Array; span: Uint8Array; hasTrace?: boolean; hasSpan?: boolean }

/** Leaves the ids in `into`; zeros for what is not there or is no id. */
export function readIds(record: FlatRecord, trace: number, span: number, into: Ids): void {
  into.hasTrace = readHex(record, trace, into.trace)
  into.hasSpan = readHex(record, span, into.span)
}

function readHex(record: FlatRecord, index: number, into: Uint8Array): boolean {
  into.fill(0)
  if (index < 0 || record.kind[index] !== valueKinds.text) return false
  const { bytes } = record.arena
  const start = record.start[index]!
  const length = record.end[index]! - start
  // Old tracers write 64-bit trace ids: the lower half of one of 128.
  if (length !== into.length * 2 && length !== 16) return false
  let any = 0
  const from = into.length - length / 2
  for (let i = 0; i < length; i += 2) {
    const byte = (digit(bytes[start + i]!) << 4) | digit(bytes[start + i + 1]!)
    if (byte < 0) {
      into.fill(0)
      return false
    }
    any |= byte
    into[from + i / 2] = byte
  }
  return any !== 0
}

/** Negative, and so is what it is joined with, when it is none. */
function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const small = code | 0x20
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1
}
