/** ES|QL over HTTP: JSON by rows or columns, CSV, TSV, text and YAML, parameters and a filter. */
import {
  isObject,
  type Json,
  type JsonObject,
  member,
  optionalText,
} from '../../query/elastic/json-parts.ts'
import { ElasticRefusal, illegal, shown } from '../../query/elastic/refusal.ts'
import { optionalQuery } from '../../query/elastic/search-request.ts'
import { type EsqlAnswer, runEsql } from '../../query/esql/run.ts'
import { type ElasticAnswer, ok } from './answers.ts'
import { bodyOf, type ElasticCall } from './request.ts'
import type { Route } from './route-table.ts'

const known = new Set([
  ...[
    'query',
    'columnar',
    'params',
    'filter',
    'locale',
    'time_zone',
    'profile',
    'pragma',
    'version',
  ],
  ...['include_ccs_metadata', 'accept_pragma_risks', 'drop_null_columns', 'keep_on_completion'],
  ...['keep_alive', 'wait_for_completion_timeout', 'tables', 'allow_partial_results'],
])

async function query(call: ElasticCall): Promise<ElasticAnswer> {
  const started_ms = performance.now()
  const body = await bodyOf(call)
  for (const name of Object.keys(body)) {
    if (!known.has(name))
      throw new ElasticRefusal('parsing_exception', `unknown field [${shown(name)}]`)
  }
  const text = optionalText(body, 'query')
  if (text === undefined || text.trim() === '') {
    const reason = 'Validation Failed: 1: [query] is required;'
    throw new ElasticRefusal('action_request_validation_exception', reason)
  }
  const answer = await runEsql(text, undefined, call.context, {
    parameters: parametersOf(member(body, 'params')),
    filter: optionalQuery(member(body, 'filter')),
  })
  return told(answer, body, call, Math.round(performance.now() - started_ms))
}

type Value = string | number | boolean | null

/** Given by place or by name. */
function parametersOf(params: Json): Map<string, Value> {
  const found = new Map<string, Value>()
  if (params === undefined || params === null) return found
  if (!Array.isArray(params)) throw illegal('[params] must be an array')
  params.forEach((one, at) => {
    const entries = isObject(one) ? Object.entries(one) : []
    const [name, value] = entries[0] ?? [undefined, one]
    const plain = isObject(value) ? member(value, 'value') : value
    if (plain !== null && !['string', 'number', 'boolean'].includes(typeof plain)) {
      throw illegal(`[params] holds what is no value: [${shown(plain)}]`)
    }
    found.set(String(at + 1), plain as Value)
    if (name !== undefined) found.set(name, plain as Value)
  })
  return found
}

function told(
  answer: EsqlAnswer,
  body: JsonObject,
  call: ElasticCall,
  took: number,
): ElasticAnswer {
  const format = formatOf(call)
  const isDropped =
    call.query.get('drop_null_columns') === 'true' || call.query.get('drop_null_columns') === ''
  const shownAnswer = isDropped ? withoutNulls(answer) : answer
  const { columns, values } = shownAnswer
  switch (format) {
    case 'csv':
    case 'tsv':
    case 'txt':
    case 'yaml':
      return asText(format, shownAnswer, call)
    case 'json': {
      const isColumnar = member(body, 'columnar') === true
      const lists = isColumnar ? columns.map((_one, at) => values.map((row) => row[at])) : values
      const all = isDropped ? { all_columns: answer.columns } : {}
      return ok({ took, is_partial: false, ...all, columns, values: lists })
    }
    default:
      throw illegal(`Unknown format type [${shown(format)}]`)
  }
}

function formatOf({ query: parameters, call }: ElasticCall): string {
  const asked = parameters.get('format')
  if (asked !== null) return asked
  const accept = String(call.headers.accept ?? '')
  if (accept.includes('text/csv')) return 'csv'
  if (accept.includes('tab-separated-values')) return 'tsv'
  return accept.includes('text/plain') ? 'txt' : accept.includes('yaml') ? 'yaml' : 'json'
}

function withoutNulls({ columns, values, isCapped }: EsqlAnswer): EsqlAnswer {
  const kept = columns.flatMap((_one, at) => (values.some((row) => row[at] !== null) ? [at] : []))
  return {
    columns: kept.map((at) => columns[at]!),
    values: values.map((row) => kept.map((at) => row[at])),
    isCapped,
  }
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? `[${value.map(plain).join(',')}]` : String(value)
}

function asText(format: string, { columns, values }: EsqlAnswer, call: ElasticCall): ElasticAnswer {
  const hasHead = !/header\s*=\s*absent/.test(String(call.call.headers.accept ?? ''))
  const names = columns.map(({ name }) => name)
  if (format === 'txt')
    return { status: 200, text: table(names, values), media_type: 'text/plain; charset=UTF-8' }
  if (format === 'yaml') {
    // JSON is YAML.
    const text = `${JSON.stringify({ columns, values })}\n`
    return { status: 200, text, media_type: 'application/yaml' }
  }
  const isTabbed = format === 'tsv'
  const delimiter = isTabbed ? '\t' : delimiterOf(call.query.get('delimiter'))
  const cell = (value: unknown) =>
    isTabbed ? tabbed(plain(value)) : quoted(plain(value), delimiter)
  const lines = [...(hasHead ? [names] : []), ...values].map((row) => row.map(cell).join(delimiter))
  const end = isTabbed ? '\n' : '\r\n'
  const media_type =
    `text/${isTabbed ? 'tab-separated-values' : 'csv'}; charset=utf-8; ` +
    `header=${hasHead ? 'present' : 'absent'}`
  return { status: 200, text: lines.map((line) => line + end).join(''), media_type }
}

function delimiterOf(asked: string | null): string {
  if (asked === null || asked === '') return ','
  const one = decodeURIComponent(asked)
  if (one.length !== 1)
    throw illegal(`invalid delimiter [${shown(asked)}]: it must be one character`)
  if (/["\n\r\t]/.test(one)) throw illegal('illegal reserved character specified as delimiter')
  return one
}

function quoted(text: string, delimiter: string): string {
  const needs = text.includes(delimiter) || /["\n\r]/.test(text)
  return needs ? `"${text.replaceAll('"', '""')}"` : text
}

const tabbed = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')

/** As a terminal shows it: cells in their middle, columns parted by bars. */
function table(names: readonly string[], values: readonly (readonly unknown[])[]): string {
  const rows = values.map((row) => row.map((value) => (value === null ? 'null' : plain(value))))
  const widths = names.map((name, at) =>
    rows.reduce((most, row) => Math.max(most, row[at]!.length), Math.max(15, name.length)),
  )
  const centred = (text: string, width: number) => {
    const left = Math.floor((width - text.length) / 2)
    return ' '.repeat(left) + text + ' '.repeat(width - text.length - left)
  }
  const head = names.map((name, at) => centred(name, widths[at]!)).join('|')
  const line = widths.map((width) => '-'.repeat(width)).join('+')
  const body = rows.map((row) => row.map((text, at) => text.padEnd(widths[at]!)).join('|'))
  return `${[head, line, ...body].join('\n')}\n`
}

/** Answered whole at once: it is complete before a client could ask again. */
async function asyncQuery(call: ElasticCall): Promise<ElasticAnswer> {
  const answer = await query(call)
  return answer.json === undefined ? answer : ok({ ...(answer.json as object), is_running: false })
}

export const esqlRoutes: readonly Route[] = [
  ['POST', '/_query', query],
  ['POST', '/_query/async', asyncQuery],
]
