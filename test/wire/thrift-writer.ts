/** Thrift for tests: both protocols, written plainly from values that name their type. */

export type ThriftValue =
  | { bool: boolean }
  | { i32: number }
  | { i64: bigint }
  | { double: number }
  | { string: string | Uint8Array }
  | { struct: ThriftFields }
  | { list: readonly ThriftValue[] }
  | { map: readonly (readonly [ThriftValue, ThriftValue])[] }
export type ThriftFields = readonly (readonly [id: number, value: ThriftValue])[]
export type ThriftProtocol = 'binary' | 'compact'

type Kind = 'bool' | 'i32' | 'i64' | 'double' | 'string' | 'struct' | 'list' | 'map'
const types: Record<ThriftProtocol, Record<Kind, number>> = {
  binary: { bool: 2, double: 4, i32: 8, i64: 10, string: 11, struct: 12, map: 13, list: 15 },
  compact: { bool: 1, i32: 5, i64: 6, double: 7, string: 8, list: 9, map: 11, struct: 12 },
}

export function encodeThrift(protocol: ThriftProtocol, fields: ThriftFields): Buffer {
  return Buffer.from(structOf(protocol, fields))
}

const kindOf = (value: ThriftValue) => Object.keys(value)[0] as Kind

function structOf(protocol: ThriftProtocol, fields: ThriftFields): number[] {
  const out: number[] = []
  let before = 0
  for (const [id, value] of fields) {
    const type = types[protocol][kindOf(value)]
    if (protocol === 'binary')
      out.push(type, (id >> 8) & 255, id & 255, ...bytesOf('binary', value))
    else {
      const own = 'bool' in value ? (value.bool ? 1 : 2) : type
      const distance = id - before
      if (distance > 0 && distance < 16) out.push((distance << 4) | own)
      else out.push(own, ...zigzag(BigInt(id)))
      if (!('bool' in value)) out.push(...bytesOf('compact', value))
    }
    before = id
  }
  return [...out, 0]
}

function bytesOf(protocol: ThriftProtocol, value: ThriftValue): number[] {
  const isBinary = protocol === 'binary'
  if ('bool' in value) return [value.bool ? 1 : isBinary ? 0 : 2]
  if ('i32' in value) return isBinary ? int32(value.i32) : zigzag(BigInt(value.i32))
  if ('i64' in value) return isBinary ? int64(value.i64) : zigzag(value.i64)
  if ('double' in value) {
    const bytes = Buffer.alloc(8)
    if (isBinary) bytes.writeDoubleBE(value.double)
    else bytes.writeDoubleLE(value.double)
    return [...bytes]
  }
  if ('string' in value) {
    const bytes = Buffer.from(value.string)
    return [...(isBinary ? int32(bytes.length) : varint(BigInt(bytes.length))), ...bytes]
  }
  if ('struct' in value) return structOf(protocol, value.struct)
  if ('map' in value) return mapOf(protocol, value.map)
  const type = types[protocol][value.list[0] === undefined ? 'struct' : kindOf(value.list[0])]
  const { length } = value.list
  const few = length < 15 ? [(length << 4) | type] : [0xf0 | type, ...varint(BigInt(length))]
  const head = isBinary ? [type, ...int32(length)] : few
  return [...head, ...value.list.flatMap((item) => bytesOf(protocol, item))]
}

function mapOf(
  protocol: ThriftProtocol,
  pairs: readonly (readonly [ThriftValue, ThriftValue])[],
): number[] {
  const [key, item] = pairs[0] ?? [{ i32: 0 }, { i32: 0 }]
  const own = types[protocol]
  const both = pairs.flatMap(([k, v]) => [...bytesOf(protocol, k), ...bytesOf(protocol, v)])
  if (protocol === 'binary') {
    return [own[kindOf(key)], own[kindOf(item)], ...int32(pairs.length), ...both]
  }
  if (pairs.length === 0) return [0]
  return [...varint(BigInt(pairs.length)), (own[kindOf(key)] << 4) | own[kindOf(item)], ...both]
}

function int32(value: number): number[] {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return [...bytes]
}

function int64(value: bigint): number[] {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return [...bytes]
}

function varint(value: bigint): number[] {
  const out: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  return [...out, Number(rest)]
}

function zigzag(value: bigint): number[] {
  return varint((value << 1n) ^ (value >> 63n))
}
