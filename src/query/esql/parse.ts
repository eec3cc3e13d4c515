/** ES|QL text to its tree. Whether it makes sense is the compiler's business. */
import { parseExpression } from './parse-expression.ts'
import { Reader } from './reader.ts'
import { quotedName, stringOf } from './tokens.ts'
import type { Command, EsqlQuery, Expression, Named, SortKey } from './tree.ts'

const commands_max = 500

/** Throws EsqlError with line and column. */
export function parseEsql(text: string): EsqlQuery {
  const reader = new Reader(text)
  const commands: Command[] = [source(reader)]
  while (reader.sign('|')) {
    commands.push(command(reader))
    if (commands.length > commands_max) throw reader.refusal(`more than ${commands_max} commands`)
  }
  if (reader.peek().kind !== 'end') throw reader.unexpected("{<EOF>, '|'}")
  return { commands }
}

const later = new Map<string, (reader: Reader, from: number) => Command>([
  [
    'where',
    (reader, from) => ({ tag: 'where', condition: parseExpression(reader), ...span(reader, from) }),
  ],
  [
    'eval',
    (reader, from) => ({
      tag: 'eval',
      fields: reader.list(() => named(reader)),
      ...span(reader, from),
    }),
  ],
  ['stats', stats],
  [
    'sort',
    (reader, from) => ({
      tag: 'sort',
      keys: reader.list(() => sortKey(reader)),
      ...span(reader, from),
    }),
  ],
  ['limit', limit],
  [
    'keep',
    (reader, from) => ({
      tag: 'keep',
      patterns: reader.list(() => reader.name(true)),
      ...span(reader, from),
    }),
  ],
  [
    'drop',
    (reader, from) => ({
      tag: 'drop',
      patterns: reader.list(() => reader.name(true)),
      ...span(reader, from),
    }),
  ],
  ['rename', rename],
  ['dissect', dissect],
  ['grok', grok],
  [
    'mv_expand',
    (reader, from) => ({ tag: 'mv_expand', column: reader.name(), ...span(reader, from) }),
  ],
])

const span = (reader: Reader, from: number) => ({ from, to: reader.end })

function source(reader: Reader): Command {
  const { from } = reader.peek()
  if (reader.word('from')) {
    const indices = reader.list(() => indexName(reader)).join(',')
    const metadata: string[] = []
    const isBracketed = reader.isSign('[') && reader.isWord('metadata', 1)
    if (isBracketed) reader.next()
    if (reader.word('metadata')) metadata.push(...reader.list(() => reader.name().name))
    if (isBracketed) reader.need(']')
    return { tag: 'from', indices, metadata, ...span(reader, from) }
  }
  if (reader.word('row')) {
    return { tag: 'row', fields: reader.list(() => named(reader)), ...span(reader, from) }
  }
  throw reader.unexpected("{'from', 'row'}")
}

/** Index names hold signs that are operators elsewhere: all that is not a comma, a bar or space. */
function indexName(reader: Reader): string {
  const first = reader.peek()
  if (first.kind === 'string') {
    reader.next()
    return stringOf(first.text)
  }
  let name = ''
  let end = first.from
  for (;;) {
    const { kind, text, from, to } = reader.peek()
    if (kind === 'end' || (name !== '' && from !== end)) break
    if (kind === 'string' || (kind === 'sign' && /^[|,[\]()=]/.test(text))) break
    name += kind === 'quoted' ? quotedName(text) : text
    end = to
    reader.next()
  }
  if (name === '') throw reader.unexpected('an index pattern')
  return name
}

function command(reader: Reader): Command {
  const { kind, text, from } = reader.peek()
  const read = kind === 'word' ? later.get(text.toLowerCase()) : undefined
  if (read === undefined) {
    const words = [...later.keys()].map((one) => `'${one}'`).join(', ')
    throw reader.unexpected(`{${words}}`)
  }
  reader.next()
  return read(reader, from)
}

/** `name = expression`, or an expression by its own text. */
function named(reader: Reader, hasFilter = false): Named {
  const mark = reader.mark
  const { kind, from } = reader.peek()
  if (kind === 'word' || kind === 'quoted') {
    const isCall = reader.isSign('(', 1)
    const name = isCall ? undefined : reader.name().name
    if (name !== undefined && reader.sign('=')) {
      return { name, value: parseExpression(reader), isNamed: true, ...filterOf(reader, hasFilter) }
    }
    reader.back(mark)
  }
  const value = parseExpression(reader)
  const name = value.tag === 'column' ? value.name : reader.text.slice(from, reader.end)
  return { name, value, isNamed: false, ...filterOf(reader, hasFilter) }
}

function filterOf(reader: Reader, isAllowed: boolean): { filter?: Expression } {
  return isAllowed && reader.word('where') ? { filter: parseExpression(reader) } : {}
}

function stats(reader: Reader, from: number): Command {
  const results = reader.isWord('by') ? [] : reader.list(() => named(reader, true))
  const by = reader.word('by') ? reader.list(() => named(reader)) : []
  return { tag: 'stats', results, by, ...span(reader, from) }
}

function sortKey(reader: Reader): SortKey {
  const value = parseExpression(reader)
  const isDescending = !reader.word('asc') && reader.word('desc')
  if (!reader.word('nulls')) return { value, isDescending, nulls: undefined }
  if (reader.word('first')) return { value, isDescending, nulls: 'first' }
  reader.needWord('last')
  return { value, isDescending, nulls: 'last' }
}

function limit(reader: Reader, from: number): Command {
  const { kind, text } = reader.peek()
  if (kind !== 'number' || !/^\d{1,9}$/.test(text)) throw reader.unexpected('INTEGER_LITERAL')
  reader.next()
  return { tag: 'limit', count: Number(text), ...span(reader, from) }
}

function rename(reader: Reader, from: number): Command {
  const pairs = reader.list(() => {
    const first = reader.name()
    if (reader.sign('=')) return { from: reader.name(), to: first.name }
    reader.needWord('as')
    return { from: first, to: reader.name().name }
  })
  return { tag: 'rename', pairs, ...span(reader, from) }
}

function string(reader: Reader): string {
  const { kind, text } = reader.peek()
  if (kind !== 'string') throw reader.unexpected('QUOTED_STRING')
  reader.next()
  return stringOf(text)
}

function dissect(reader: Reader, from: number): Command {
  const input = parseExpression(reader)
  const pattern = string(reader)
  let separator = ''
  if (reader.isWord('append_separator')) {
    reader.next()
    reader.need('=')
    separator = string(reader)
  }
  return { tag: 'dissect', input, pattern, separator, ...span(reader, from) }
}

function grok(reader: Reader, from: number): Command {
  const input = parseExpression(reader)
  return { tag: 'grok', input, pattern: string(reader), ...span(reader, from) }
}
