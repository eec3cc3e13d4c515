/** bytes: `1kb` becomes 1024. */
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'
import { stringStep } from '../string-step.ts'

const units = ['b', 'kb', 'mb', 'gb', 'tb', 'pb']

export const bytes: ProcessorKind = {
  type: 'bytes',
  compile: (options) => stringStep(options, bytesOf),
}

function bytesOf(text: string): number {
  const start = `failed to parse setting [Ingest Field] with value [${text}] as a size in bytes`
  const word = text.trim().toLowerCase()
  if (word === '0' || word === '-1') return Number(word)
  const parts = /^(-?\d{1,18}(?:\.\d{1,9})?)\s*([kmgtp]?b|[kmgtp])$/.exec(word)
  if (parts === null) {
    const isUnit = /^-?[\d.]+$/.test(word)
    throw new ProcessorFailure(isUnit ? `${start}: unit is missing or unrecognized` : start)
  }
  const unit = parts[2]!.endsWith('b') ? parts[2]! : `${parts[2]}b`
  const size = Math.trunc(Number(parts[1]) * 1024 ** units.indexOf(unit))
  if (size < 0 || !Number.isSafeInteger(size)) throw new ProcessorFailure(start)
  return size
}
