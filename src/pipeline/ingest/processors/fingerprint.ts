/** fingerprint: a hash of fields, over the same bytes as Elasticsearch makes of them. */
import { createHash } from 'node:crypto'
import type { DocumentValue } from '../../document.ts'
import { murmur3 } from '../murmur3.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

const methods = new Map([
  ...([
    ['MD5', 'md5'],
    ['SHA-1', 'sha1'],
    ['SHA-256', 'sha256'],
    ['SHA-512', 'sha512'],
  ] as const),
  ['MurmurHash3', 'murmur3'] as const,
])

export const fingerprint: ProcessorKind = {
  type: 'fingerprint',
  compile(options) {
    const names = options.strings('fields').toSorted()
    if (names.length === 0) options.refuse('fields', 'must specify at least one field')
    const fields = names.map((name) => options.pathOf('fields', name))
    const target = options.field('target_field', 'fingerprint')
    const salt = options.string('salt', '')
    const method = options.string('method', 'SHA-1')
    const ignoreMissing = options.boolean('ignore_missing', false)
    const algorithm = methods.get(method as 'MD5')
    if (algorithm === undefined) {
      const known = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512', 'MurmurHash3'].join(',')
      return options.refuse(
        'method',
        `[${method}] must be one of the supported hash methods [${known}]`,
      )
    }
    return (run) => {
      const pieces: Buffer[] = salt.trim() === '' ? [] : [Buffer.from(salt)]
      const start = pieces.length
      for (const field of fields) {
        const value = run.find(field) ?? null
        if (value !== null) addBytes(value, pieces)
        else if (!ignoreMissing) {
          throw new ProcessorFailure(`missing field [${field.text}] when calculating fingerprint`)
        }
      }
      if (pieces.length === start) return undefined
      const bytes = Buffer.concat(pieces)
      const hash =
        algorithm === 'murmur3' ? murmur3(bytes) : createHash(algorithm).update(bytes).digest()
      run.write(target, hash.toString('base64'))
      return undefined
    }
  },
}

const delimiter = Buffer.of(0)

function addBytes(value: DocumentValue, pieces: Buffer[]): void {
  if (Array.isArray(value)) for (const item of value) addBytes(item, pieces)
  else if (value instanceof Map) {
    const keys = [...value.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    for (const key of keys) {
      pieces.push(delimiter, Buffer.from(key))
      addBytes(value.get(key)!, pieces)
    }
  } else pieces.push(delimiter, scalarBytes(value))
}

/** Numbers in the width that Java gives them, lowest byte first. */
function scalarBytes(value: null | boolean | number | bigint | string): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  if (value === null) return Buffer.alloc(0)
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 2)
  const bytes = Buffer.alloc(8)
  if (typeof value === 'bigint') bytes.writeBigInt64LE(BigInt.asIntN(64, value))
  else if (!Number.isInteger(value) || !Number.isSafeInteger(value)) bytes.writeDoubleLE(value)
  else if (value >= -(2 ** 31) && value < 2 ** 31) {
    bytes.writeInt32LE(value)
    return bytes.subarray(0, 4)
  } else bytes.writeBigInt64LE(BigInt(value))
  return bytes
}
