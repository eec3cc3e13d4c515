/**
 * Conditions on attributes: under any of their names, on the record (text and numbers) or on the
 * resource that it came from. Which names mean the same is decided in model/fields.ts.
 */
import type { FieldMatch, SearchTable } from '../model/fields.ts'
import { parseQuantity } from '../model/quantity.ts'
import { type Compare, type Pieces, plain } from '../model/search/tree.ts'
import { isSecurityTable, securityMaps } from '../model/security-fields.ts'
import { tables } from '../model/tables.ts'
import { type Sql, sql } from './sql.ts'
import { signOf } from './where-column.ts'
import { like } from './where-like.ts'
import { keywordMatches } from './where-text.ts'

type Attribute = Extract<FieldMatch, { tag: 'attribute' }>

/** A condition on one value, given how to write the value. */
type Test = (value: Sql) => Sql

export function attributeHas(table: SearchTable, attribute: Attribute): Sql {
  if (isOfObject(table)) return labelHas(table, attribute.names)
  const inMap = (map: Sql) => any(attribute.names.map((name) => sql`mapContains(${map}, ${name})`))
  const conditions: Sql[] = []
  if (attribute.inRecord) {
    conditions.push(...textMaps(table).map(inMap))
    if (hasNumbers(table)) conditions.push(inMap(sql`numbers`))
  }
  return any([...conditions, ...elsewhere(table, attribute, inMap)])
}

/** The maps of a row that keep text. */
function textMaps(table: SearchTable): readonly Sql[] {
  return isSecurityTable(table) ? securityMaps[table].texts.map(sql.identifier) : [sql`attributes`]
}

export function attributeMatches(table: SearchTable, attribute: Attribute, term: Compare): Sql {
  if (isOfObject(table)) return labelMatches(table, attribute.names, term)
  const { names } = attribute
  const { text, number } = testsOf(term)
  const inMap = (map: Sql) => any(names.map((name) => atKey(map, name, term, text)))
  const conditions: Sql[] = []
  if (attribute.inRecord) {
    const isWhole = term.operator === ':' && !isSecurityTable(table)
    const whole = isWhole ? plain(term.value) : undefined
    if (whole === undefined) conditions.push(...textMaps(table).map(inMap))
    else conditions.push(any(names.map((name) => hasItem(name, whole))))
    if (hasNumbers(table) && number !== undefined) {
      for (const name of names) {
        const value = sql`numbers[${name}]`
        conditions.push(sql`mapContains(numbers, ${name}) AND ${number(value)}`)
      }
    }
  }
  return any([...conditions, ...elsewhere(table, attribute, inMap)])
}

/** Any attribute whose name fits the pattern; with a term its value must match too. */
export function attributePattern(table: SearchTable, name: Pieces, term: Compare | undefined): Sql {
  const tests = term === undefined ? undefined : testsOf(term)
  const fits = like(sql`key`, name)
  const inMap = (map: Sql, test: Test | undefined) =>
    sql`arrayExists((key, value) -> ${fits} AND ${test?.(sql`value`) ?? sql`true`},
      mapKeys(${map}), mapValues(${map}))`
  if (table === 'kubernetes_events') return sql`false`
  const maps = isOfObject(table) ? [sql`labels`] : textMaps(table)
  const conditions = maps.map((map) => inMap(map, tests?.text))
  if (hasNumbers(table) && (term === undefined || tests?.number !== undefined)) {
    conditions.push(inMap(sql`numbers`, tests?.number))
  }
  if (isOfObject(table) || isSecurityTable(table)) return any(conditions)
  return any([...conditions, ofResource(inMap(sql`attributes`, tests?.text))])
}

/** Objects have labels and figures where records have attributes; events have neither. */
function isOfObject(table: SearchTable): boolean {
  return table.startsWith('kubernetes_')
}

function labelHas(table: SearchTable, names: readonly string[]): Sql {
  if (!hasNumbers(table)) return sql`false`
  const maps = [sql`labels`, sql`numbers`]
  return any(
    names.map(labelOf).flatMap((key) => maps.map((map) => sql`mapContains(${map}, ${key})`)),
  )
}

function labelMatches(table: SearchTable, names: readonly string[], term: Compare): Sql {
  if (!hasNumbers(table)) return sql`false`
  const { text, number } = testsOf(term)
  const conditions = names.map(labelOf).flatMap((key) => {
    const inNumbers = number?.(sql`numbers[${key}]`)
    return [
      atKey(sql`labels`, key, term, text),
      ...(inNumbers === undefined ? [] : [sql`mapContains(numbers, ${key}) AND ${inNumbers}`]),
    ]
  })
  return any(conditions)
}

const labelPrefix = /^(?:kubernetes\.labels|k8s\.\w+\.labels?|metadata\.labels|labels?|numbers)\./

function labelOf(name: string): string {
  return name.replace(labelPrefix, '')
}

/** Places besides the record's own maps. */
function elsewhere(
  table: SearchTable,
  attribute: Attribute,
  inMap: (map: Sql) => Sql,
): readonly Sql[] {
  const conditions: Sql[] = []
  const isOfException = attribute.names.some((name) => name.startsWith('exception.'))
  if (table === 'spans' && attribute.inRecord && isOfException) {
    // Exceptions are events of spans: their attributes are where people look for them.
    conditions.push(
      sql`arrayExists(event -> ${inMap(sql`event`)}, ${sql.identifier('events.attributes')})`,
    )
  }
  if (attribute.inResource) conditions.push(ofResource(inMap(sql`attributes`)))
  return conditions
}

function ofResource(condition: Sql): Sql {
  return sql`resource_id IN (SELECT resource_id FROM resources WHERE ${condition})`
}

/**
 * `key=value` is looked up in the text index over attribute_items, which is exact unless an equals
 * sign could belong to either side; then the map decides.
 */
function hasItem(name: string, value: string): Sql {
  const item = sql`has(attribute_items, ${`${name}=${value}`})`
  if (!name.includes('=') && !value.includes('=')) return item
  return sql`${item} AND mapContains(attributes, ${name}) AND attributes[${name}] = ${value}`
}

/** A missing key reads as '', which must not match anything. */
function atKey(map: Sql, name: string, term: Compare, test: Test): Sql {
  const condition = test(sql`${map}[${name}]`)
  const couldMatchEmpty = term.operator !== ':' || plain(term.value) === ''
  return couldMatchEmpty ? sql`mapContains(${map}, ${name}) AND ${condition}` : condition
}

/** Plain decimals: what both the engine and people read as one number. */
const decimal = '^-?[0-9]{1,15}([.][0-9]{1,15})?$'

/**
 * How a value kept as text and one kept as a number are compared. A number in a range is compared
 * as a number, even with text that is one; anything else by the order of its bytes.
 */
function testsOf(term: Compare): { text: Test; number: Test | undefined } {
  const text = plain(term.value)
  if (text === undefined) {
    return {
      text: (value) => keywordMatches(value, term.value),
      number: (value) => like(sql`toString(${value})`, term.value),
    }
  }
  const number = parseQuantity(text)
  const sign = signOf(term.operator)
  const numberTest =
    number === undefined ? undefined : (value: Sql) => sql`${value} ${sign} ${number}`
  if (term.operator === ':' || numberTest === undefined) {
    return { text: (value) => sql`${value} ${sign} ${text}`, number: numberTest }
  }
  return {
    text: (value) =>
      sql`(match(${value}, ${decimal}) AND ${numberTest(sql`toFloat64OrZero(${value})`)})`,
    number: numberTest,
  }
}

function hasNumbers(table: SearchTable): boolean {
  return 'numbers' in tables[table].columns
}

function any(conditions: readonly Sql[]): Sql {
  return conditions.length === 0
    ? sql`false`
    : sql.join(
        conditions.map((condition) => sql`(${condition})`),
        sql` OR `,
      )
}
