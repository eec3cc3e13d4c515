/** The Redis protocol (RESP2 and the parts of RESP3 that INFO needs), from and to bytes. */
import { ModuleError } from '../module.ts'

export type Reply = string | number | null | RespError | Reply[]

export class RespError {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const bulk_bytes_max = 8 * 1024 * 1024
const array_items_max = 100_000
const depth_max = 8

export function respCommand(...words: string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`)
}

/** One whole reply from the start of the bytes; undefined while more must come. */
export function readReply(bytes: Buffer): { value: Reply; next: number } | undefined {
  return readAt(bytes, 0, 0)
}

function readAt(
  bytes: Buffer,
  at: number,
  depth: number,
): { value: Reply; next: number } | undefined {
  const end = bytes.indexOf('\r\n', at)
  if (end === -1) {
    if (bytes.length - at > 64 * 1024) throw notRedis()
    return undefined
  }
  const text = bytes.toString('utf8', at + 1, end)
  const next = end + 2
  switch (String.fromCharCode(bytes[at]!)) {
    case '+':
      return { value: text, next }
    case '-':
      return { value: new RespError(text), next }
    case ':':
      return { value: count(text, Number.MAX_SAFE_INTEGER), next }
    case '_':
      return { value: null, next }
    case '$':
    case '=':
      return readBulk(bytes, count(text, bulk_bytes_max), next)
    case '*':
    case '~':
      return readArray(bytes, count(text, array_items_max), next, depth)
    default:
      throw notRedis()
  }
}

function readBulk(bytes: Buffer, length: number, at: number) {
  if (length < 0) return { value: null, next: at }
  if (bytes.length < at + length + 2) return undefined
  if (bytes[at + length] !== 13 || bytes[at + length + 1] !== 10) throw notRedis()
  return { value: bytes.toString('utf8', at, at + length), next: at + length + 2 }
}

function readArray(bytes: Buffer, items: number, at: number, depth: number) {
  if (items < 0) return { value: null, next: at }
  if (depth >= depth_max) throw notRedis()
  const value: Reply[] = []
  let next = at
  for (let i = 0; i < items; i++) {
    const item = readAt(bytes, next, depth + 1)
    if (item === undefined) return undefined
    value.push(item.value)
    next = item.next
  }
  return { value, next }
}

function count(text: string, max: number): number {
  if (!/^-?\d{1,16}$/.test(text) || Number(text) > max) throw notRedis()
  return Number(text)
}

function notRedis(): ModuleError {
  return new ModuleError(
    'unreadable',
    'The answer is not of the Redis protocol. Check the port, and whether it expects TLS.',
  )
}
