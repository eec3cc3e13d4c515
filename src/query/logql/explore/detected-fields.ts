/** Fields of lines: structured metadata, and what json and logfmt find in the newest ones. */
import type { QueryContext } from '../../context.ts'
import type { LogExpr } from '../ast.ts'
import { sanitized } from '../names.ts'
import { JsonLine, JsonLineError, labelOfPath } from '../pipeline/json-lines.ts'
import { eachPair } from '../pipeline/logfmt-lines.ts'
import { parseBytes, parseGoDuration, parseGoFloat } from '../quantities.ts'
import { type LogLine, runLog } from '../run-log.ts'
import type { TimeSpan } from '../store/read-lines.ts'

export type FieldType = 'string' | 'int' | 'float' | 'boolean' | 'duration' | 'bytes'
export type DetectedField = {
  label: string
  type: FieldType
  cardinality: number
  parsers: string[] | null
  jsonPath?: string[]
}

type Found = {
  values: Map<string, number>
  parsers: Set<string>
  path: readonly string[] | undefined
}

const values_of_field_max = 1_000
const fields_max = 5_000

class Fields {
  readonly found = new Map<string, Found>()

  add(label: string, value: string, parser?: string, path?: readonly string[]): void {
    if (label === '' || value === '') return
    let field = this.found.get(label)
    if (field === undefined) {
      if (this.found.size >= fields_max) return
      field = { values: new Map(), parsers: new Set(), path: undefined }
      this.found.set(label, field)
    }
    if (parser !== undefined) field.parsers.add(parser)
    field.path ??= path
    const count = field.values.get(value)
    if (count !== undefined || field.values.size < values_of_field_max) {
      field.values.set(value, (count ?? 0) + 1)
    }
  }
}

async function fieldsOf(
  log: LogExpr,
  span: TimeSpan,
  lines_max: number,
  context: QueryContext,
): Promise<Fields> {
  const ask = { span, isNewestFirst: true, limit: lines_max }
  const { lines } = await runLog(log, ask, context)
  const fields = new Fields()
  for (const line of lines) addLine(fields, line)
  return fields
}

function addLine(fields: Fields, { text, stream, metadata, parsed }: LogLine): void {
  for (const [label, value] of metadata) fields.add(label, value)
  const parser = text.trimStart().startsWith('{') ? 'json' : 'logfmt'
  for (const [label, value] of parsed) {
    if (!label.startsWith('__')) fields.add(label, value, parser)
  }
  const nameOf = (label: string) => (stream.has(label) ? `${label}_extracted` : label)
  if (parser === 'json') {
    addJson(fields, text, nameOf)
    return
  }
  if (!text.includes('=')) return
  eachPair(text, false, (key, value) => fields.add(nameOf(sanitized(key)), value, 'logfmt'))
}

function addJson(fields: Fields, text: string, nameOf: (label: string) => string): void {
  const json = new JsonLine(text)
  try {
    json.eachMember((path, value) => {
      if (value.kind === 'array' || value.kind === 'null') return
      fields.add(nameOf(labelOfPath(path)), json.textAt(value), 'json', path)
    })
  } catch (error) {
    if (!(error instanceof JsonLineError)) throw error
  }
}

export async function detectedFields(
  log: LogExpr,
  span: TimeSpan,
  lines_max: number,
  limit: number,
  context: QueryContext,
): Promise<DetectedField[]> {
  const { found } = await fieldsOf(log, span, lines_max, context)
  return [...found]
    .map(([label, { values, parsers, path }]) => ({
      label,
      type: typeOf([...values.keys()]),
      cardinality: values.size,
      parsers: parsers.size === 0 ? null : [...parsers],
      ...(path === undefined ? {} : { jsonPath: [...path] }),
    }))
    .sort((a, b) => b.cardinality - a.cardinality || (a.label < b.label ? -1 : 1))
    .slice(0, limit)
}

export async function detectedFieldValues(
  label: string,
  log: LogExpr,
  span: TimeSpan,
  lines_max: number,
  limit: number,
  context: QueryContext,
): Promise<string[]> {
  const { found } = await fieldsOf(log, span, lines_max, context)
  const values = found.get(label)?.values ?? new Map<string, number>()
  return [...values]
    .sort((a, b) => b[1] - a[1])
    .slice(0, limit)
    .map(([value]) => value)
}

/** The narrowest type that all values have. */
export function typeOf(values: readonly string[]): FieldType {
  const every = (test: (value: string) => boolean) => values.slice(0, 100).every(test)
  if (every((value) => /^[+-]?\d{1,18}$/.test(value))) return 'int'
  if (every((value) => parseGoFloat(value) !== undefined)) return 'float'
  if (every((value) => /^(?:true|false)$/i.test(value))) return 'boolean'
  if (every((value) => parseGoDuration(value) !== undefined)) return 'duration'
  if (every((value) => /[bB]$/.test(value) && parseBytes(value) !== undefined)) return 'bytes'
  return 'string'
}
