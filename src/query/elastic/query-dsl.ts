/**
 * The query DSL's JSON into conditions. Scoring is left out: what only scores is its inner query.
 */
import {
  all,
  and,
  type Bounds,
  Clauses,
  type Condition,
  none,
  not,
  some,
  type Wild,
  wildOf,
} from './condition.ts'
import {
  isObject,
  type Json,
  type JsonObject,
  listOf,
  member,
  objectAt,
  onlyEntry,
  optionalText,
  scalarAt,
  textAt,
  textsAt,
  truthAt,
} from './json-parts.ts'
import { luceneRegex } from './lucene-regex.ts'
import { parseQueryString } from './query-string.ts'
import { ElasticRefusal, misparsed, shown } from './refusal.ts'
import { parseSimpleQueryString } from './simple-query-string.ts'

const terms_max = 65_536
const fields_max = 64

export function parseQuery(query: Json, clauses = new Clauses()): Condition {
  return clauses.within(() => {
    const [name, body] = onlyEntry(query, 'query')
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (read !== undefined) return read(body, clauses)
    throw misparsed(`unknown query [${shown(name)}]`)
  })
}

type Read = (body: Json, clauses: Clauses) => Condition

/** Clauses of a bool: one or a list. */
function each(body: JsonObject, name: string, clauses: Clauses): Condition[] {
  return listOf(member(body, name)).map((one) => parseQuery(one, clauses))
}

const boolParts = new Set([
  ...['must', 'filter', 'should', 'must_not', 'minimum_should_match', 'boost', '_name'],
  ...['adjust_pure_negative', 'disable_coord', 'mustNot'],
])

function bool(body: Json, clauses: Clauses): Condition {
  const parts = objectAt(body, 'bool')
  for (const name of Object.keys(parts)) {
    if (!boolParts.has(name)) throw misparsed(`[bool] query does not support [${shown(name)}]`)
  }
  const needed = [...each(parts, 'must', clauses), ...each(parts, 'filter', clauses)]
  const shoulds = each(parts, 'should', clauses)
  const nots = [...each(parts, 'must_not', clauses), ...each(parts, 'mustNot', clauses)].map(not)
  const asked = member(parts, 'minimum_should_match')
  const least = asked === undefined ? (needed.length === 0 ? 1 : 0) : leastOf(asked, shoulds.length)
  const optional = shoulds.length === 0 ? all : some(shoulds, least)
  return and([...needed, optional, ...nots])
}

/** `2`, `-1`, `75%`; combinations of them mean their first here. */
export function leastOf(asked: Json, count: number): number {
  const text = textAt(asked, 'minimum_should_match').trim()
  const found = /^(?:\d+<)?(-?\d{1,9})(%?)/.exec(text)
  if (found === null) throw misparsed(`[minimum_should_match] is no number: [${shown(text)}]`)
  const value = Number(found[1])
  if (found[2] === '') return value < 0 ? Math.max(0, count + value) : value
  const share = Math.floor((Math.abs(value) * count) / 100)
  return value < 0 ? count - share : share
}

/** `{"field": value}` or `{"field": {"value": …}}`. */
function fieldAndBody(body: Json, where: string, key: string): [string, Json, JsonObject] {
  const entries = Object.entries(objectAt(body, where)).filter(
    ([name]) => name !== 'boost' && name !== '_name',
  )
  if (entries.length !== 1) throw misparsed(`[${where}] query expects one field`)
  const [field, value] = entries[0]!
  if (!isObject(value)) return [field, value, {}]
  return [field, member(value, key) ?? member(value, 'value'), value]
}

const isFolded = (options: JsonObject) =>
  member(options, 'case_insensitive') !== undefined &&
  truthAt(member(options, 'case_insensitive'), 'case_insensitive')

const term: Read = (body) => {
  const [field, value, options] = fieldAndBody(body, 'term', 'value')
  const values = [scalarAt(value, 'term')]
  return { tag: 'terms', field, values, isFolded: isFolded(options) }
}

const terms: Read = (body) => {
  const entries = Object.entries(objectAt(body, 'terms')).filter(([name]) => name !== 'boost')
  if (entries.length !== 1) throw misparsed('[terms] query expects one field')
  const [field, list] = entries[0]!
  if (!Array.isArray(list)) throw misparsed('[terms] query requires an array of values')
  if (list.length > terms_max) {
    const reason =
      `The number of terms [${list.length}] used in the Terms Query request has ` +
      `exceeded the allowed maximum of [${terms_max}].`
    throw new ElasticRefusal('illegal_argument_exception', reason)
  }
  const values = list.map((one) => scalarAt(one, 'terms'))
  return values.length === 0 ? none : { tag: 'terms', field, values, isFolded: false }
}

const boundNames = ['gt', 'gte', 'lt', 'lte'] as const

const range: Read = (body) => {
  const [field, , options] = fieldAndBody(body, 'range', 'gte')
  const bounds: Bounds = {}
  const put = (name: keyof Bounds, value: Json) => {
    if (value !== undefined && value !== null) bounds[name] = scalarAt(value, 'range')
  }
  for (const name of boundNames) put(name, member(options, name))
  // What range took before it had these four.
  const from = member(options, 'from')
  const to = member(options, 'to')
  put(member(options, 'include_lower') === false ? 'gt' : 'gte', from)
  put(member(options, 'include_upper') === false ? 'lt' : 'lte', to)
  const format = optionalText(options, 'format')
  const time_zone = optionalText(options, 'time_zone')
  return {
    ...{ tag: 'range', field, bounds },
    ...(format === undefined ? {} : { format }),
    ...(time_zone === undefined ? {} : { time_zone }),
  }
}

const prefix: Read = (body) => {
  const [field, value, options] = fieldAndBody(body, 'prefix', 'value')
  const pattern: Wild = [{ text: textAt(value, 'prefix') }, { any: true }]
  return { tag: 'wild', field, pattern, isFolded: isFolded(options) }
}

const wildcard: Read = (body) => {
  const [field, value, options] = fieldAndBody(body, 'wildcard', 'wildcard')
  const pattern = wildOf(textAt(value, 'wildcard'))
  return { tag: 'wild', field, pattern, isFolded: isFolded(options) }
}

const regexp: Read = (body) => {
  const [field, value, options] = fieldAndBody(body, 'regexp', 'value')
  const pattern = luceneRegex(textAt(value, 'regexp'))
  return { tag: 'regex', field, pattern, isFolded: isFolded(options) }
}

const match: Read = (body) => {
  const [field, value, options] = fieldAndBody(body, 'match', 'query')
  const text = textAt(scalarAt(value, 'match'), 'match')
  return { tag: 'words', field, text, least: leastWords(options) }
}

function leastWords(options: JsonObject): number | 'all' {
  return optionalText(options, 'operator')?.toLowerCase() === 'and' ? 'all' : 1
}

const phrase =
  (isPrefix: boolean): Read =>
  (body) => {
    const [field, value] = fieldAndBody(body, 'match_phrase', 'query')
    return { tag: 'phrase', field, text: textAt(value, 'match_phrase'), isPrefix }
  }

const multiMatch: Read = (body) => {
  const options = objectAt(body, 'multi_match')
  const text = textAt(member(options, 'query'), 'multi_match')
  const fields = fieldsOf(options)
  const type = optionalText(options, 'type') ?? 'best_fields'
  if (/^phrase/.test(type)) {
    const isPrefix = type === 'phrase_prefix'
    return some(fields.map((field) => ({ tag: 'phrase', field, text, isPrefix })))
  }
  const least = leastWords(options)
  return some(fields.map((field) => ({ tag: 'words', field, text, least })))
}

/** `fields` with their boosts left out; all of them where none is named. */
function fieldsOf(options: JsonObject): string[] {
  const named = [...textsAt(member(options, 'fields'), 'fields')]
  const one = optionalText(options, 'default_field')
  if (named.length === 0 && one !== undefined) named.push(one)
  if (named.length > fields_max) throw misparsed(`more than ${fields_max} fields`)
  const fields = named.map((field) => field.replace(/\^[\d.]+$/, ''))
  return fields.length === 0 ? ['*'] : fields
}

const queryString: Read = (body, clauses) => {
  const options = objectAt(body, 'query_string')
  const text = textAt(member(options, 'query'), 'query_string')
  const isAnd = optionalText(options, 'default_operator')?.toLowerCase() === 'and'
  return parseQueryString(text, { fields: fieldsOf(options), isAnd }, clauses)
}

const simpleQueryString: Read = (body, clauses) => {
  const options = objectAt(body, 'simple_query_string')
  const text = textAt(member(options, 'query'), 'simple_query_string')
  const isAnd = optionalText(options, 'default_operator')?.toLowerCase() === 'and'
  return parseSimpleQueryString(text, { fields: fieldsOf(options), isAnd }, clauses)
}

/** What is inside, wherever it is kept. */
const inner =
  (where: string, key: string): Read =>
  (body, clauses) => {
    const found = member(objectAt(body, where), key)
    return found === undefined ? all : parseQuery(found, clauses)
  }

const disMax: Read = (body, clauses) => {
  const queries = listOf(member(objectAt(body, 'dis_max'), 'queries'))
  return some(queries.map((one) => parseQuery(one, clauses)))
}

const readers: Readonly<Record<string, Read>> = {
  match_all: () => all,
  match_none: () => none,
  bool,
  term,
  terms,
  range,
  prefix,
  wildcard,
  regexp,
  match,
  match_phrase: phrase(false),
  match_phrase_prefix: phrase(true),
  match_bool_prefix: phrase(true),
  multi_match: multiMatch,
  query_string: queryString,
  simple_query_string: simpleQueryString,
  exists: (body) => ({
    tag: 'exists',
    field: textAt(member(objectAt(body, 'exists'), 'field'), 'exists'),
  }),
  ids: (body) => {
    const values = textsAt(member(objectAt(body, 'ids'), 'values'), 'ids').slice(0, 10_000)
    return values.length === 0 ? none : { tag: 'terms', field: '_id', values, isFolded: false }
  },
  constant_score: inner('constant_score', 'filter'),
  nested: inner('nested', 'query'),
  has_child: inner('has_child', 'query'),
  boosting: inner('boosting', 'positive'),
  function_score: inner('function_score', 'query'),
  script_score: inner('script_score', 'query'),
  dis_max: disMax,
}
