/**
 * Names of TraceQL as SQL over spans: attributes of each scope, intrinsics, and what whole traces
 * amount to. Expressions of them are compile-value.ts's work.
 */
import type { RangeAsk } from '../../model/question.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { columnOf } from './span.ts'
import type { Attribute, Intrinsic } from './tree.ts'
import { decimalPattern } from './value.ts'

/** Needs the whole trace in memory. */
export class NotInEngine extends Error {
  override name = 'NotInEngine'
}

/** A value and when it is there; without `present` it always is. */
export type Term = { value: Sql; present?: Sql }
export type Terms = { text?: Term; number?: Term; boolean?: Term; status?: Term; kind?: Term }
export const members = ['text', 'number', 'boolean', 'status', 'kind'] as const
export type Test = (terms: Terms) => Sql

/** What a condition is compiled for; `joinsResources` tells the caller to join them. */
export type Compiling = { range: RangeAsk; context: QueryContext; joinsResources: boolean }

/** The name under which the joined resources' attributes are known. */
export const resourceAttributes = 'resource_attributes'

export const no = sql`false`

export function any(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return no
  return sql.join(
    conditions.map((condition) => sql`(${condition})`),
    sql` OR `,
  )
}

/** Whether the test holds for the name's value, or for any where it has several. */
export function holds(field: Attribute | Intrinsic, test: Test, compiling: Compiling): Sql {
  if (field.ofParent) throw new NotInEngine('parent')
  if (field.tag === 'intrinsic') return holdsIntrinsic(field, test, compiling)
  const { name } = field
  switch (field.scope) {
    case 'span':
      return test(spanTerms(name))
    case 'resource':
      return onResource(name, test, compiling)
    case 'none': {
      const onSpan = test(spanTerms(name))
      return sql`(${onSpan}) OR (${notOnSpan(name)} AND ${onResource(name, test, compiling)})`
    }
    case 'event':
      return inAny('events.attributes', name, test)
    case 'link':
      return inAny('links.attributes', name, test)
    case 'instrumentation':
      return no
  }
}

function inAny(column: string, name: string, test: Test): Sql {
  return sql`arrayExists(item -> ${test(wordsTerms(sql`item`, name))}, ${sql.identifier(column)})`
}

export function onResource(name: string, test: Test, { range, context }: Compiling): Sql {
  const column = columnOf(name)
  if (column !== undefined) return test(columnTerms(sql.identifier(column)))
  return sql`resource_id IN (SELECT resource_id FROM resources
    WHERE ${within('resources', range, context.scope)}
      AND (${test(wordsTerms(sql`attributes`, name))}))`
}

export function notOnSpan(name: string): Sql {
  return sql`NOT mapContains(attributes, ${name}) AND NOT mapContains(numbers, ${name})`
}

function columnTerms(column: Sql): Terms {
  return ofText(column, sql`${column} != ''`)
}

function wordsTerms(map: Sql, name: string): Terms {
  return ofText(sql`${map}[${name}]`, sql`mapContains(${map}, ${name})`)
}

/** Text that may stand for a number or a boolean. */
function ofText(value: Sql, present: Sql): Terms {
  return {
    text: { value, present },
    number: {
      value: sql`toFloat64OrZero(${value})`,
      present: sql`match(${value}, ${decimalPattern})`,
    },
    boolean: booleanOf(value),
  }
}

function booleanOf(value: Sql): Term {
  return { value: sql`(${value} = 'true')`, present: sql`${value} IN ('true', 'false')` }
}

export function spanTerms(name: string): Terms {
  const text = sql`attributes[${name}]`
  return {
    text: { value: text, present: sql`mapContains(attributes, ${name})` },
    number: { value: sql`numbers[${name}]`, present: sql`mapContains(numbers, ${name})` },
    boolean: booleanOf(text),
  }
}

export function attributeTerms(field: Attribute, compiling: Compiling): Terms {
  const { scope, name } = field
  if (field.ofParent || scope === 'event' || scope === 'link') throw new NotInEngine(scope)
  if (scope === 'instrumentation') return {}
  if (scope === 'span') return spanTerms(name)
  const column = columnOf(name)
  if (column === undefined) compiling.joinsResources = true
  const resource =
    column === undefined
      ? wordsTerms(sql.identifier(resourceAttributes), name)
      : columnTerms(sql.identifier(column))
  return scope === 'resource' ? resource : either(spanTerms(name), notOnSpan(name), resource)
}

/** The span's terms, or the resource's where the span has none at all. */
function either(span: Terms, notThere: Sql, resource: Terms): Terms {
  const found: Terms = {}
  for (const member of ['text', 'number', 'boolean'] as const) {
    const a = span[member]!
    const b = resource[member]!
    found[member] = {
      value: sql`if(${a.present!}, ${a.value}, ${b.value})`,
      present: sql`(${a.present!}) OR (${notThere} AND ${b.present!})`,
    }
  }
  return found
}

function holdsIntrinsic(field: Intrinsic, test: Test, compiling: Compiling): Sql {
  const events = (lambda: Sql, column: string) =>
    sql`arrayExists(item -> ${lambda}, ${sql.identifier(column)})`
  switch (field.name) {
    case 'event:name':
      return events(test({ text: { value: sql`item` } }), 'events.name')
    case 'event:timeSinceStart': {
      const value = sql`toUnixTimestamp64Nano(item) - toUnixTimestamp64Nano(time)`
      return events(test({ number: { value } }), 'events.time')
    }
    case 'link:traceID':
      return events(test({ text: { value: sql`lower(hex(item))` } }), 'links.trace_id')
    case 'link:spanID':
      return events(test({ text: { value: sql`lower(hex(item))` } }), 'links.span_id')
    case 'traceDuration':
    case 'rootName':
    case 'rootServiceName':
      return ofTrace(field.name, test, compiling)
    default:
      return test(intrinsicTerms(field))
  }
}

export function intrinsicTerms(field: Intrinsic): Terms {
  if (field.ofParent) throw new NotInEngine('parent')
  const hasParent = sql`parent_span_id != toFixedString('', 8)`
  const parent: Terms = { text: { value: sql`lower(hex(parent_span_id))`, present: hasParent } }
  switch (field.name) {
    case 'name':
      return { text: { value: sql`name` } }
    case 'status':
      return { status: { value: sql`status` } }
    case 'statusMessage':
      return { text: { value: sql`status_message` } }
    case 'kind':
      return { kind: { value: sql`kind` } }
    case 'duration':
      return { number: { value: sql`duration_ns` } }
    case 'trace:id':
      return { text: { value: sql`lower(hex(trace_id))` } }
    case 'span:id':
      return { text: { value: sql`lower(hex(span_id))` } }
    case 'span:parentID':
    case 'parent':
      return parent
    case 'instrumentation:name':
      return { text: { value: sql`scope`, present: sql`scope != ''` } }
    case 'instrumentation:version':
      return {}
    default:
      throw new NotInEngine(field.name)
  }
}

/** Traces begin before and end after the range that is asked for by at most this. */
export const trace_margin_ms = 3_600_000

/**
 * What a trace amounts to. The index counts the spans of all places: for a caller who sees only
 * some, the spans themselves are counted.
 */
function ofTrace(
  name: 'traceDuration' | 'rootName' | 'rootServiceName',
  test: Test,
  { range, context }: Compiling,
): Sql {
  const wide = {
    ...range,
    from_ms: Math.max(0, range.from_ms - trace_margin_ms),
    to_ms: range.to_ms + trace_margin_ms,
  }
  const sums = traceSums(context)
  const tested = test(
    name === 'traceDuration'
      ? { number: { value: sums.duration_ns } }
      : { text: { value: sums[name] } },
  )
  return sql`trace_id IN (SELECT trace_id FROM ${sql.identifier(sums.table)}
    WHERE ${within(sums.table, wide, context.scope)} GROUP BY trace_id HAVING ${tested})`
}

export function traceSums({ scope }: QueryContext): {
  table: 'spans' | 'trace_index'
  duration_ns: Sql
  rootName: Sql
  rootServiceName: Sql
} {
  const isAll = scope.clusters === 'all' && scope.namespaces === 'all' && scope.classes === 'all'
  const root = sql`parent_span_id = toFixedString('', 8)`
  const table = isAll ? 'trace_index' : 'spans'
  const end = isAll ? sql`end_time` : sql`time + toIntervalNanosecond(duration_ns)`
  const duration_ns = sql`(toUnixTimestamp64Nano(max(${end})) - toUnixTimestamp64Nano(min(time)))`
  return {
    table,
    duration_ns,
    rootName: isAll ? sql`max(root_name)` : sql`max(if(${root}, toString(name), ''))`,
    rootServiceName: isAll ? sql`max(root_service)` : sql`max(if(${root}, toString(service), ''))`,
  }
}
