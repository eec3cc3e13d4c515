/**
 * The only way to make SQL: a tag whose holes become literals through one escaper. Bound parameters
 * are not used, because the embedded engine serialises them process-wide. Knows no tables.
 */

/** SQL text that came from the tag, never from a string that somebody concatenated. */
class SqlText {
  readonly #made = true
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  static is(value: unknown): value is SqlText {
    return typeof value === 'object' && value !== null && #made in value
  }
}

export type Sql = SqlText
export type Hole = string | number | bigint | boolean | null | Sql | readonly Hole[]

/**
 * Holes: string, number, bigint, boolean, null become a literal; an array becomes `(a, b)`; Sql is
 * spliced as it is.
 */
export function sql(strings: TemplateStringsArray, ...holes: Hole[]): Sql {
  let text = strings[0]!
  for (let i = 0; i < holes.length; i++) text += literal(holes[i]!) + strings[i + 1]!
  return new SqlText(text)
}

/** A table's or column's name, in backquotes. */
sql.identifier = (name: string): Sql => {
  if (name === '') throw new TypeError('An identifier cannot be empty')
  return new SqlText(`\`${name.toWellFormed().replace(/[\\`\0\n\r\t\b\f]/g, escapeOf)}\``)
}

sql.join = (parts: readonly Sql[], separator: Sql | string = ', '): Sql => {
  const between = typeof separator === 'string' ? separator : separator.text
  if (typeof separator === 'string' && !/^[ ,\n]*(AND|OR|UNION ALL)?[ ,\n]*$/.test(separator)) {
    throw new TypeError(`Not a separator: ${separator}`)
  }
  return new SqlText(parts.map((part) => part.text).join(between))
}

/** Conditions that must all hold; none holds always. */
sql.all = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0
    ? new SqlText('true')
    : new SqlText(conditions.map((condition) => `(${condition.text})`).join(' AND '))

/** A trace or span id, written in hex as people see it, as the FixedString that tables hold. */
sql.hexId = (hex: string, bytes: 8 | 16): Sql => {
  if (hex.length !== bytes * 2 || !/^[0-9a-fA-F]+$/.test(hex)) {
    throw new TypeError(`Expected ${bytes * 2} hex digits`)
  }
  return new SqlText(`toFixedString(unhex('${hex}'), ${bytes})`)
}

/** For text that is part of the program, as DDL files are. Only for use inside the store. */
sql.raw = (text: string): Sql => new SqlText(text)

function literal(hole: Hole): string {
  if (SqlText.is(hole)) return hole.text
  switch (typeof hole) {
    case 'string':
      return quoted(hole)
    case 'number':
      return numeral(hole)
    case 'bigint':
      return wholeNumeral(hole)
    case 'boolean':
      return hole ? 'true' : 'false'
  }
  if (hole === null) return 'NULL'
  if (Array.isArray(hole)) return list(hole)
  throw new TypeError(`A ${typeof hole} cannot be put into SQL`)
}

/** Lone surrogates have no UTF-8 form: they become U+FFFD, as every encoder would make them. */
function quoted(text: string): string {
  return `'${text.toWellFormed().replace(/[\\'\0\n\r\t\b\f]/g, escapeOf)}'`
}

const escapes: Record<string, string> = {
  '\\': '\\\\',
  "'": "\\'",
  '`': '\\`',
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}

function escapeOf(character: string): string {
  return escapes[character]!
}

/** Negative numbers stand in parentheses: `a-${-1}` would otherwise begin a comment. */
function numeral(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be put into SQL`)
  const text = Number.isInteger(value) && !Number.isSafeInteger(value) ? `${value}.` : `${value}`
  const plain = text.includes('e') ? text.replace(/\.$/, '') : text
  return value < 0 || Object.is(value, -0) ? `(${plain})` : plain
}

const int64Min = -(2n ** 63n)
const uint64Max = 2n ** 64n - 1n

function wholeNumeral(value: bigint): string {
  if (value < int64Min || value > uint64Max) throw new TypeError(`${value} is not a 64-bit integer`)
  return value < 0n ? `(${value})` : `${value}`
}

/** An empty list matches nothing: no value equals NULL. */
function list(values: readonly Hole[]): string {
  return values.length === 0 ? '(NULL)' : `(${values.map(literal).join(', ')})`
}
