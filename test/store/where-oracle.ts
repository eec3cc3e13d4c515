/**
 * The slow and obvious reading of a search: does this row match? Only for tests, which compare it
 * with what the engine answers. Knows fields and units from model/, nothing of how SQL is made.
 */
import { type Field, resolveField, type SearchTable, searchFields } from '../../src/model/fields.ts'
import { parseDurationNs, parseQuantity } from '../../src/model/quantity.ts'
import type { Compare, Comparison, Pieces, SearchTree } from '../../src/model/search/tree.ts'
import { isSecurityTable } from '../../src/model/security-fields.ts'
import { parseMoment } from '../../src/model/time.ts'

/** Kubernetes' tables keep labels where these keep attributes: they have a test of their own. */
export type RecordTable = Exclude<SearchTable, `kubernetes_${string}`>

export type OracleRow = Record<string, unknown> & {
  attributes?: Record<string, string>
  numbers?: Record<string, number>
  resource: Record<string, string>
}

export const oracleNow_ms = Date.UTC(2026, 10, 21, 10)

export function matches(tree: SearchTree, row: OracleRow, table: RecordTable): boolean {
  switch (tree.tag) {
    case 'all':
      return true
    case 'and':
      return tree.parts.every((part) => matches(part, row, table))
    case 'or':
      return tree.parts.some((part) => matches(part, row, table))
    case 'not':
      return !matches(tree.part, row, table)
    case 'text': {
      const columns = {
        logs: ['body'],
        spans: ['name', 'status_message'],
        metric_series: ['metric'],
        audit_events: ['sentence', 'object_name'],
        security_events: ['sentence', 'process_command'],
        network_flows: ['sentence'],
      }
      return columns[table].some((column) => textMatches(wordOf(row[column]), tree.value))
    }
    case 'exists':
      return (
        fieldsOf(tree.field, table).some((field) => isThere(field, row)) ||
        valuesOf(tree.field, row, table).length > 0
      )
    case 'compare':
      return (
        fieldsOf(tree.field, table).some((field) => columnMatches(field, row, tree)) ||
        valuesOf(tree.field, row, table).some((value) => valueMatches(value, tree))
      )
  }
}

/** The columns a name stands for: one, or with a wildcard every word whose name fits. */
function fieldsOf(name: string, table: RecordTable): Field[] {
  if (name.includes('*')) {
    return searchFields[table].filter(
      (field) =>
        ['keyword', 'text'].includes(field.kind) &&
        [field.name, ...field.aliases].some((known) => likes(known, name.split('*'))),
    )
  }
  const match = resolveField(table, name)
  return match.tag === 'column' ? [match.field] : []
}

/** Rows say `resource` of where they come from; a column of that name is empty here. */
const stored = (column: string, row: OracleRow): unknown =>
  column === 'resource' ? '' : row[column]

/** The attributes a name stands for, from wherever they are. */
function valuesOf(name: string, row: OracleRow, table: RecordTable): (string | number)[] {
  const match = name.includes('*') ? undefined : resolveField(table, name)
  if (match?.tag === 'column') return []
  const places: Record<string, string | number>[] = []
  if (match?.inRecord ?? true) {
    for (const map of ['attributes', 'annotations', 'user_extra', 'fields', 'numbers']) {
      places.push((row[map] ?? {}) as Record<string, string | number>)
    }
  }
  // What security tables tell of is not what their resources tell of.
  if (match?.inResource ?? !isSecurityTable(table)) places.push(row.resource)
  if (table === 'spans' && match?.inRecord && match.names.some((n) => n.startsWith('exception.'))) {
    places.push(...((row['events.attributes'] ?? []) as Record<string, string>[]))
  }
  const isAsked = (key: string) =>
    match === undefined ? likes(key, name.split('*')) : match.names.map(well).includes(key)
  return places.flatMap((place) =>
    Object.entries(place).flatMap(([key, value]) => (isAsked(key) ? [value] : [])),
  )
}

function valueMatches(value: string | number, term: Compare): boolean {
  if (term.value.length > 1) return likes(`${value}`, term.value)
  const text = well(term.value[0]!)
  const number = parseQuantity(text)
  if (term.operator === ':') return typeof value === 'number' ? value === number : value === text
  if (number === undefined)
    return typeof value === 'string' && inOrder(bytes(value, text), term.operator)
  if (typeof value === 'number') return inOrder(value - number, term.operator)
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(value) && inOrder(Number(value) - number, term.operator)
}

function isThere(field: Field, row: OracleRow): boolean {
  const value = stored(field.column, row)
  if (field.many) return ((value ?? []) as unknown[]).length > 0
  if (field.absent === undefined) return true
  if (field.kind === 'id') return !/^0*$/.test(wordOf(value))
  if (field.kind === 'hash') return BigInt((value ?? 0) as number) !== 0n
  return (value ?? (field.absent === 0 ? 0 : '')) !== field.absent
}

function columnMatches(field: Field, row: OracleRow, term: Compare): boolean {
  const value = stored(field.column, row)
  if (!field.many) return itemMatches(field, value, row, term)
  return ((value ?? []) as unknown[]).some((item) => itemMatches(field, item, row, term))
}

function itemMatches(field: Field, value: unknown, row: OracleRow, term: Compare): boolean {
  const text = well(term.value[0]!)
  const isPattern = term.value.length > 1
  const there = field.many ? value !== '' : isThere(field, row)
  switch (field.kind) {
    case 'keyword':
      if (isPattern) return likes(wordOf(value), term.value)
      if (term.operator === ':') return wordOf(value) === text
      return there && inOrder(bytes(wordOf(value), text), term.operator)
    case 'text':
      return term.operator === ':' && textMatches(wordOf(value), term.value)
    case 'number': {
      if (isPattern) return there && likes(`${value ?? 0}`, term.value)
      const difference = Number(value ?? 0) - parseQuantity(text)!
      return (there || term.operator === ':') && inOrder(difference, term.operator)
    }
    case 'duration':
      return inOrder(Number(value ?? 0) - parseDurationNs(text)!, term.operator)
    case 'hash':
      return BigInt((value ?? 0) as number) === BigInt(text)
    case 'id': {
      const id = wordOf(value).padStart(field.bytes! * 2, '0')
      if (isPattern)
        return (
          there &&
          likes(
            id,
            term.value.map((piece) => piece.toLowerCase()),
          )
        )
      return id === text.replaceAll('-', '').toLowerCase()
    }
    case 'enum': {
      const stored = (value ?? Object.keys(field.values!)[0]) as string
      const lower = term.value.map((piece) => piece.toLowerCase())
      const asked = Object.keys(field.values!).filter((word) => likes(word, lower))
      return asked.some((word) => field.values![word]!.includes(stored))
    }
    case 'boolean':
      return `${value ?? false}` === text
    case 'severity':
      return severityMatches(Number(value ?? 0), wordOf(row[field.sent!]), term)
    case 'time': {
      const moment = parseMoment(text, { now_ms: oracleNow_ms })!
      const at = Number(value ?? 0)
      if (term.operator === ':') return at >= moment.from_ms && at < moment.to_ms
      if (term.operator === '<') return at < moment.from_ms
      if (term.operator === '<=') return at < moment.to_ms
      return term.operator === '>' ? at >= moment.to_ms : at >= moment.from_ms
    }
  }
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

function severityMatches(number: number, sent: string, term: Compare): boolean {
  const level = number === 0 ? -1 : Math.floor((number - 1) / 4)
  if (term.value.length > 1)
    return (
      level >= 0 &&
      likes(
        levels[level]!,
        term.value.map((piece) => piece.toLowerCase()),
      )
    )
  const typed = term.value[0]!.toLowerCase()
  const asked = levels.indexOf(typed === 'warning' ? 'warn' : typed)
  if (asked >= 0) return level >= 0 && inOrder(level - asked, term.operator)
  const value = parseQuantity(typed)
  if (value === undefined) return asciiLower(sent) === typed
  return (number !== 0 || term.operator === ':') && inOrder(number - value, term.operator)
}

/** Words are runs between white space and punctuation of ASCII. */
function textMatches(text: string, value: Pieces): boolean {
  const asked = value.map(well)
  const beyond = [...asked.join('')].filter((c) => c > '\x7f').join('')
  const lower =
    beyond === beyond.toLowerCase() && beyond === beyond.toUpperCase()
      ? asciiLower
      : (t: string) => t.toLowerCase()
  const folded = lower(text)
  const words = cut(folded)
  if (value.length > 1) {
    const pieces = asked.map(lower)
    if (asked.some((piece) => /[\t-\r -/:-@[-`{-~]/.test(piece)))
      return likes(folded, ['', ...pieces, ''])
    return words.some((word) => likes(word, pieces))
  }
  const phrase = lower(asked[0]!)
  if (phrase === '') return text === ''
  return cut(phrase).every((word) => words.includes(word)) && folded.includes(phrase)
}

function cut(text: string): string[] {
  const words = ['']
  for (const character of text) {
    if (/[\t\n\v\f\r !-/:-@[-`{-~]/.test(character)) words.push('')
    else words[words.length - 1] += character
  }
  return words.filter((word) => word !== '')
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function likes(text: string, pieces: Pieces): boolean {
  const source = pieces.map((piece) => well(piece).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
  return new RegExp(`^${source.join('[^]*')}$`).test(text)
}

function inOrder(difference: number, operator: Comparison): boolean {
  if (operator === ':') return difference === 0
  if (operator === '<') return difference < 0
  if (operator === '<=') return difference <= 0
  return operator === '>' ? difference > 0 : difference >= 0
}

function bytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function wordOf(value: unknown): string {
  return `${value ?? ''}`
}

function well(text: string): string {
  return text.toWellFormed()
}
