/**
 * date_index_name: sends a document to the index of its day, month and so on. The name is written
 * out at once, where Elasticsearch leaves an expression that it resolves later.
 */
import { javaText } from '../../document-path.ts'
import { compileDates } from '../date-options.ts'
import { dateWriter } from '../date-writer.ts'
import { fieldPath } from '../ingest-run.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

const roundings = ['y', 'M', 'w', 'd', 'h', 'm', 's'] as const

export const dateIndexName: ProcessorKind = {
  type: 'date_index_name',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const prefix = options.template('index_name_prefix', '')
    const rounding = options.template('date_rounding')
    options.giveUnlessSet('date_formats', ["yyyy-MM-dd'T'HH:mm:ss.SSSXX", 'ISO8601'])
    const read = compileDates(options, 'date_formats')
    const format = options.template('index_name_format', 'yyyy-MM-dd')
    const writers = new Map<string, ReturnType<typeof dateWriter>>()
    const index = fieldPath('_index')
    return (run) => {
      const value = run.read(field)
      const text = value === null ? 'null' : javaText(value)
      const moment = value === null ? undefined : read(text, run)
      if (moment === undefined) throw new ProcessorFailure(`unable to parse date [${text}]`)
      const word = format.render(run)
      const write = writers.get(word) ?? dateWriter(word, 'en')
      if (writers.size < 16) writers.set(word, write)
      const ms = rounded(moment.ms, moment.zone.offsetAt(moment.ms), rounding.render(run))
      run.write(index, prefix.render(run) + write({ ...moment, ms, nanos: 0 }))
      return undefined
    }
  },
}

function rounded(ms: number, offset: number, unit: string): number {
  const local = new Date(ms + offset)
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  if (!(roundings as readonly string[]).includes(unit)) {
    throw new ProcessorFailure(`date_rounding [${unit}] must be one of [${roundings.join(', ')}]`)
  }
  switch (unit) {
    case 'y':
      return Date.UTC(year, 0, 1) - offset
    case 'M':
      return Date.UTC(year, month, 1) - offset
    case 'w':
      return Date.UTC(year, month, day - ((local.getUTCDay() + 6) % 7)) - offset
    case 'd':
      return Date.UTC(year, month, day) - offset
    default: {
      const step = unit === 'h' ? 3_600_000 : unit === 'm' ? 60_000 : 1000
      return Math.floor(local.getTime() / step) * step - offset
    }
  }
}
