/** Writes a MessagePack value as JSON text, for arrays: attributes keep them as OTLP's do. */
import { isUtf8 } from 'node:buffer'
import { limits } from '../../../model/limits.ts'
import type { MsgpackReader } from '../../../wire/msgpack/reader.ts'
import type { RowBuffer } from '../../../wire/row-buffer.ts'

const depth_max = limits.any_value_depth_max

/** Past the value at the reader's place. False when it is nested too deep: null stands for it. */
export function writeJson(reader: MsgpackReader, out: RowBuffer, depth: number): boolean {
  if (depth > depth_max) {
    reader.skip()
    out.raw(words.null)
    return false
  }
  const first = reader.bytes[reader.at]!
  if (first >= 0xc4 && first <= 0xc6) writeBinary(reader, out)
  else if (reader.text()) writeText(reader.bytes, reader.start, reader.end, out)
  else return writeOther(reader, out, depth)
  return true
}

function writeOther(reader: MsgpackReader, out: RowBuffer, depth: number): boolean {
  const items = reader.array()
  if (items >= 0) return writeItems(reader, out, items, depth)
  const members = reader.map()
  if (members >= 0) return writeMembers(reader, out, members, depth)
  const boolean = reader.boolean()
  const number = boolean === undefined ? reader.number() : undefined
  if (boolean !== undefined) out.raw(boolean ? words.true : words.false)
  else if (typeof number === 'number' && Number.isFinite(number)) ascii(String(number), out)
  else if (typeof number === 'bigint') ascii(String(number), out)
  else {
    if (number === undefined) reader.skip()
    out.raw(words.null)
  }
  return true
}

function writeItems(reader: MsgpackReader, out: RowBuffer, items: number, depth: number): boolean {
  let isWhole = true
  out.u8(0x5b)
  for (let i = 0; i < items; i++) {
    if (i > 0) out.u8(0x2c)
    if (!writeJson(reader, out, depth + 1)) isWhole = false
  }
  out.u8(0x5d)
  return isWhole
}

function writeMembers(reader: MsgpackReader, out: RowBuffer, members: number, depth: number) {
  let isWhole = true
  out.u8(0x7b)
  for (let i = 0; i < members; i++) {
    if (i > 0) out.u8(0x2c)
    if (reader.text()) writeText(reader.bytes, reader.start, reader.end, out)
    else {
      const number = reader.number()
      if (number === undefined) reader.skip()
      ascii(`"${number ?? ''}"`, out)
    }
    out.u8(0x3a)
    if (!writeJson(reader, out, depth + 1)) isWhole = false
  }
  out.u8(0x7d)
  return isWhole
}

function writeBinary(reader: MsgpackReader, out: RowBuffer): void {
  reader.text()
  const bytes = reader.bytes.subarray(reader.start, reader.end)
  if (isUtf8(bytes)) writeText(reader.bytes, reader.start, reader.end, out)
  else ascii(`"${Buffer.from(bytes).toString('base64')}"`, out)
}

const escaped = new Map([
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
])

function writeText(bytes: Uint8Array, start: number, end: number, out: RowBuffer): void {
  out.ensure(end - start + 2)
  out.u8(0x22)
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte >= 0x20 && byte !== 0x22 && byte !== 0x5c) out.u8(byte)
    else ascii(escaped.get(byte) ?? `\\u${byte.toString(16).padStart(4, '0')}`, out)
  }
  out.u8(0x22)
}

function ascii(text: string, out: RowBuffer): void {
  for (let i = 0; i < text.length; i++) out.u8(text.charCodeAt(i))
}

const words = {
  null: Buffer.from('null'),
  true: Buffer.from('true'),
  false: Buffer.from('false'),
}
