/**
 * Fields of JSON lines as SQL: one pass over a body gives all fields that the query names. Only
 * plain names are read there; a body in which a name may come about in another way is unsure.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import { columnOf, isStreamAttribute, streamAttributes } from '../store/label-model.ts'
import { type LabelSources, labelValue } from '../store/label-sql.ts'
import { recordKeys } from '../store/names.ts'

/** What of a field matters: its digits, or whether it is a number at all. */
export type JsonUse = { isText: boolean; isCompared: boolean }

export type JsonFields = {
  uses: Map<string, JsonUse>
  sources: LabelSources
}

/** Names that only one member of an object makes, but for those that unsure tells. */
export function canBeJsonField(name: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9]*(?:_[a-zA-Z0-9]+)*$/.test(name) && !isStreamAttribute(name)
}

const blanks = '[ \\t\\r\\n]*'
const isObject = sql`(startsWith(body, '{') OR
  (substring(body, 1, 1) IN (' ', '\\t', '\\r', '\\n') AND match(body, ${`^${blanks}[{]`})))`

/** Keys of attributes that stand for fields which a line does not have. */
export function ownKeysOf({ uses, sources }: JsonFields): string[] {
  return [...new Set([...uses.keys()].flatMap((name) => recordKeys(name, sources.names)))]
}

/** Whether the label has a value only where its field was found. */
export function isFieldAlone(name: string, { sources }: JsonFields): boolean {
  return labelValue(name, sources).text === sql`''`.text
}

/** All columns, and `fields`: what bodies say under the names. */
export function jsonColumns({ uses }: JsonFields): Sql {
  const members = [...uses.keys()].map((name) => `\`${name}\` Nullable(String)`)
  const fields =
    members.length === 0
      ? sql`tuple()`
      : sql`JSONExtract(if(isObject, body, ''), ${`Tuple(${members.join(', ')})`})`
  return sql`*, ${isObject} AS isObject, ${fields} AS fields`
}

function memberOf(name: string): Sql {
  return sql`fields.${sql.identifier(name)}`
}

/** A body in which a field was found is valid: that spares reading it twice. */
function isInvalid({ uses }: JsonFields): Sql {
  const absent = [...uses.keys()].map((name) => sql`isNull(${memberOf(name)})`)
  return sql.all([sql`isObject`, ...absent, sql`NOT isValidJSON(body)`])
}

/** A line that is no JSON, of a record without fields of its own. */
export function jsonErrorOf(json: JsonFields): Sql {
  const isTakenApart = sql`arrayExists(
    key -> NOT (startsWith(key, 'log.') OR key IN ${streamAttributes}),
    arrayConcat(mapKeys(attributes), mapKeys(numbers)))`
  return sql`(${isInvalid(json)} OR (NOT isObject AND NOT ${isTakenApart}))`
}

/**
 * Numbers beyond 64 bits and halves of surrogates, which only JavaScript reads. Unless lines that
 * are no JSON are left out, it also reads what stands before the place where they break.
 */
export function jsonUnsureOf(json: JsonFields, areErrorsLeftOut: boolean): Sql {
  const odd = '[0-9]{19}|[eE][+-]?[0-9]{3}|\\\\\\\\ud[89a-fA-F]'.replaceAll('\\\\', '\\')
  const checks = [sql`match(body, ${odd})`]
  if (!areErrorsLeftOut) {
    // Names may be written with escapes.
    const starts = new Set(['\\', ...[...json.uses.keys()].map((name) => name.split('_')[0]!)])
    for (const start of starts) checks.push(sql`position(body, ${start}) > 0`)
  }
  return sql`(${isInvalid(json)} AND (${sql.join(checks, sql` OR `)}))`
}

export function jsonValueOf(name: string, { sources }: JsonFields): Sql {
  const base = labelValue(name, sources)
  const parsed = sql`ifNull(${memberOf(name)}, ${base})`
  const column = columnOf.get(name)
  return column === undefined
    ? parsed
    : sql`if(${sql.identifier(column)} != '', ${base}, ${parsed})`
}

/** Rows in which the label may be another than the field says. */
export function jsonFieldUnsure(name: string, { isText, isCompared }: JsonUse): Sql {
  const member = sql`ifNull(${memberOf(name)}, '')`
  const checks = [
    // Objects and arrays are no labels, but texts that look like them are.
    sql`(startsWith(${member}, '{') OR startsWith(${member}, '['))`,
    sql`position(${member}, '\ufffd') > 0`,
  ]
  if (isText) {
    // Digits are written anew by the engine: 1.50 becomes 1.5.
    const digits = `"${name}"${blanks}:${blanks}(?:-?[0-9]+[.eE]|-0)`
    // Comparing first letters is ten times as fast as the pattern.
    const mayBeNumber = sql`((${member} >= '0' AND ${member} < ':') OR startsWith(${member}, '-'))`
    checks.push(
      sql`(${mayBeNumber} AND match(${member}, '^-?[0-9.]+$') AND match(body, ${digits}))`,
    )
  }
  // Empty text is no number, which is an error; what is not there is none.
  if (isCompared) checks.push(sql`ifNull(${memberOf(name)} = '', false)`)
  const segments = name.split('_')
  if (segments.length > 1) {
    const prefixes = segments.slice(0, -1).map((_one, i) => segments.slice(0, i + 1).join('_'))
    const other = `"(?:${prefixes.join('|')})(?:[^a-zA-Z0-9_"]|"${blanks}:${blanks}[{])`
    // Two searches for plain text decide nearly always, and are ten times as fast as the pattern.
    checks.push(
      sql`(countSubstrings(body, ${`"${segments[0]}`}) != countSubstrings(body, ${`"${name}"`})
        AND match(body, ${other}))`,
    )
  }
  return sql`(isObject AND (${sql.join(checks, sql` OR `)}))`
}
