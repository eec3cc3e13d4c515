/** csv: the values of one line become fields; what the line lacks is left as it is. */
import { toDocument } from '../../document.ts'
import type { ProcessorOptions } from '../options.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

type Shape = { separator: string; quote: string; isTrimming: boolean }

export const csv: ProcessorKind = {
  type: 'csv',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const names = options.strings('target_fields')
    if (names.length === 0) options.refuse('target_fields', "target fields list can't be empty")
    const targets = names.map((one) => options.pathOf('target_fields', one))
    const shape = {
      separator: character(options, 'separator', ','),
      quote: character(options, 'quote', '"'),
      isTrimming: options.boolean('trim', false),
    }
    const ignoreMissing = options.boolean('ignore_missing', false)
    const empty = options.take('empty_value')
    return (run) => {
      const line = run.readText(field, ignoreMissing)
      if (line === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${name}] is null, cannot process it.`)
      }
      valuesOf(line, shape, targets.length).forEach((value, i) => {
        if (value !== '') run.write(targets[i]!, value)
        else if (empty !== undefined) run.write(targets[i]!, toDocument(empty))
      })
      return undefined
    }
  },
}

function character(options: ProcessorOptions, name: string, fallback: string): string {
  const text = options.string(name, fallback)
  if (text.length === 1) return text
  return options.refuse(name, `${name} can only contain a single character`)
}

/** At most as many values as there are fields: what follows in the line is not read. */
function valuesOf(line: string, shape: Shape, most: number): string[] {
  const values: string[] = []
  let at = 0
  while (values.length < most && at <= line.length) {
    const start = blanksFrom(line, at)
    const [value, end] =
      line[start] === shape.quote
        ? quotedAt(line, start, shape)
        : plainAt(line, shape.isTrimming ? start : at, shape)
    values.push(value)
    at = end + 1
  }
  return values
}

function blanksFrom(line: string, from: number): number {
  let at = from
  while (line[at] === ' ' || line[at] === '\t') at++
  return at
}

function plainAt(line: string, start: number, shape: Shape): [value: string, end: number] {
  let end = start
  for (; end < line.length && line[end] !== shape.separator; end++) {
    const c = line[end]
    if (c === '\n' || c === '\r' || c === shape.quote) {
      throw new ProcessorFailure(`Illegal character inside unquoted field at ${end}`)
    }
  }
  const value = line.slice(start, end)
  return [shape.isTrimming ? value.replace(/[ \t]+$/, '') : value, end]
}

function quotedAt(line: string, start: number, shape: Shape): [value: string, end: number] {
  let value = ''
  for (let at = start + 1; ; ) {
    const close = line.indexOf(shape.quote, at)
    if (close < 0) throw new ProcessorFailure('Unmatched quote')
    value += line.slice(at, close)
    if (line[close + 1] === shape.quote) {
      value += shape.quote
      at = close + 2
      continue
    }
    const end = blanksFrom(line, close + 1)
    if (end < line.length && line[end] !== shape.separator) {
      throw new ProcessorFailure(`character '${line[end]}' after quoted field at ${end}`)
    }
    return [value, end]
  }
}
