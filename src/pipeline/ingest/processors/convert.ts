/** convert: makes a value, or each value of a list, one of another type. */
import type { DocumentValue } from '../../document.ts'
import { javaText } from '../../document-path.ts'
import { isAddress } from '../ip-address.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

type Convert = (value: DocumentValue) => DocumentValue

const converters = new Map<string, Convert>([
  ['integer', (value) => whole(value, 'integer', 31n)],
  ['long', (value) => whole(value, 'long', 63n)],
  ['float', (value) => decimal(value, 'float')],
  ['double', (value) => decimal(value, 'double')],
  ['boolean', truth],
  ['string', javaText],
  ['ip', address],
  ['auto', guessed],
])

export const convert: ProcessorKind = {
  type: 'convert',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const target = options.field('target_field', name)
    const type = options.string('type').toLowerCase()
    const ignoreMissing = options.boolean('ignore_missing', false)
    const change = converters.get(type)
    if (change === undefined) {
      return options.refuse('type', `type [${type}] not supported, cannot convert field.`)
    }
    return (run) => {
      const value = run.readOrNull(field, ignoreMissing)
      if (value === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`Field [${name}] is null, cannot be converted to type [${type}]`)
      }
      run.write(target, Array.isArray(value) ? value.map(change) : change(value))
      return undefined
    }
  },
}

function whole(value: DocumentValue, type: string, bits: bigint): DocumentValue {
  const text = javaText(value)
  const parts = /^([+-]?)(?:0[xX]([0-9A-Fa-f]{1,16})|(\d{1,19}))$/.exec(text)
  if (parts !== null) {
    const [, sign, hex, digits] = parts
    const size = BigInt(hex === undefined ? digits! : `0x${hex}`)
    const exact = sign === '-' ? -size : size
    if (exact < 1n << bits && exact >= -(1n << bits)) {
      const number = Number(exact)
      return Number.isSafeInteger(number) ? number : exact
    }
  }
  throw new ProcessorFailure(`unable to convert [${text}] to ${type}`)
}

const decimals = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?[dDfF]?$/

function decimal(value: DocumentValue, type: string): DocumentValue {
  const text = javaText(value)
  const bare = text.trim()
  if (!decimals.test(bare)) throw new ProcessorFailure(`unable to convert [${text}] to ${type}`)
  const number = Number(bare.replace(/[dDfF]$/, ''))
  if (!Number.isFinite(number)) {
    throw new ProcessorFailure(`unable to convert [${text}] to ${type}`)
  }
  return type === 'double' ? number : Number(Math.fround(number).toPrecision(7))
}

function truth(value: DocumentValue): DocumentValue {
  const text = javaText(value)
  const word = text.toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  throw new ProcessorFailure(`[${text}] is not a boolean value, cannot convert to boolean`)
}

function address(value: DocumentValue): DocumentValue {
  const text = javaText(value)
  if (isAddress(text)) return text
  throw new ProcessorFailure(`'${text}' is not an IP string literal.`)
}

/** A text that reads as a boolean or a number becomes one; anything else stays. */
function guessed(value: DocumentValue): DocumentValue {
  if (typeof value !== 'string') return value
  for (const type of ['boolean', 'integer', 'long', 'float', 'double']) {
    try {
      return converters.get(type)!(value)
    } catch (error) {
      if (!(error instanceof ProcessorFailure)) throw error
    }
  }
  return value
}
