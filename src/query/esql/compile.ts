/**
 * A query's commands as one nested question: each turns the rows before it into the next. Columns
 * keep their place in SQL; what they are called is kept here.
 */
import { type Sql, sql } from '../../store/sql.ts'
import type { Condition } from '../elastic/condition.ts'
import { hasShape } from '../elastic/field-names.ts'
import { aggregated, isAggregate } from './aggregates.ts'
import { EsqlError } from './esql-error.ts'
import { type ExpressionContext, fail, type Parameters, truth, typed } from './expressions.ts'
import { hasAggregate } from './needed-fields.ts'
import { dissectPattern, grokExpression, type TextPattern } from './text-patterns.ts'
import type { Command, EsqlQuery, Expression, Named, Pattern, Span } from './tree.ts'
import { type EsqlType, isText, listItems, stored, type Typed } from './value-types.ts'

export type Column = { name: string; type: EsqlType; value: Sql; isList: boolean; isOwn: boolean }

export type CompileContext = {
  text: string
  now_ms: number
  parameters: Parameters
  rows_max: number
  /** The documents' columns, in order. */
  source: readonly Column[]
  condition(condition: Condition): Sql
}

export type Compiled = {
  columns: readonly Column[]
  /** The whole question, given the rows that it begins with. */
  over(rows: Sql): Sql
  limit: number
  /** No limit was asked, or more than may be answered. */
  isDefault: boolean
}

export const limit_default = 1_000
export const limit_max = 10_000
const commands_max = 60

export function compileEsql(query: EsqlQuery, context: CompileContext): Compiled {
  const { commands } = query
  if (commands.length > commands_max) {
    const what = `more than ${commands_max} commands`
    throw new EsqlError('parsing_exception', context.text, commands[commands_max]!, what)
  }
  const pipeline = new Pipeline(context)
  for (const command of commands) pipeline.take(command)
  return pipeline.done()
}

type Step = (rows: Sql) => Sql

class Pipeline {
  readonly #context: CompileContext
  readonly #steps: Step[] = []
  #columns = new Map<string, Column>()
  #order: Sql[] = []
  #limit: number | undefined
  #made = 0
  /** Rows are documents still, which can be searched in. */
  #areDocuments = true

  constructor(context: CompileContext) {
    this.#context = context
  }

  take(command: Command): void {
    switch (command.tag) {
      case 'from':
        for (const column of this.#context.source) this.#columns.set(column.name, column)
        return
      case 'row':
        this.#areDocuments = false
        this.#eval(command.fields)
        return
      case 'where': {
        const condition = truth(command.condition, this.#row(command.condition))
        this.#steps.push((rows) => sql`(SELECT * FROM ${rows} WHERE ifNull(${condition}, 0) = 1)`)
        return
      }
      case 'eval':
        this.#eval(command.fields)
        return
      case 'stats':
        this.#stats(command)
        return
      case 'sort':
        this.#sort(command)
        return
      case 'limit':
        this.#cut(command.count)
        return
      case 'keep':
        this.#keep(command.patterns)
        return
      case 'drop':
        this.#drop(command.patterns)
        return
      case 'rename':
        this.#rename(command.pairs)
        return
      case 'dissect':
      case 'grok':
        this.#taken(command)
        return
      case 'mv_expand':
        this.#expand(command.column)
        return
    }
  }

  done(): Compiled {
    const columns = [...this.#columns.values()]
    const limit = Math.min(this.#limit ?? limit_default, this.#context.rows_max)
    const order = this.#order
    return {
      columns,
      limit,
      isDefault: limit !== this.#limit,
      over: (first) => {
        const rows = this.#steps.reduce((from, step) => step(from), first)
        const selected = columns.map(
          ({ value }, at) => sql`${value} AS ${sql.identifier(`out${at}`)}`,
        )
        const told = selected.length === 0 ? sql`1 AS out0` : sql.join(selected)
        const by = order.length === 0 ? sql`` : sql`ORDER BY ${sql.join(order)}`
        return sql`SELECT ${told} FROM ${rows} ${by} LIMIT ${limit}`
      },
    }
  }

  /** A column of SQL's own that no name of a query can be. */
  #alias(): Sql {
    return sql.identifier(`v${this.#made++}`)
  }

  #row(
    at: Span,
    aggregate?: ExpressionContext['aggregate'],
    only?: ReadonlyMap<string, Column>,
  ): ExpressionContext {
    const columns = only ?? this.#columns
    const { text, now_ms, parameters } = this.#context
    return {
      ...{ text, now_ms, parameters },
      column: (name) => {
        const found = columns.get(name)
        if (found !== undefined) return { type: found.type, sql: found.value, isList: found.isList }
        if (only === undefined || !this.#columns.has(name)) return undefined
        const what =
          `column [${name}] must appear in the STATS BY clause or be used in an ` +
          `aggregate function`
        throw new EsqlError('verification_exception', text, at, what)
      },
      known: () => [...columns.keys()],
      matches: (condition) =>
        this.#areDocuments ? sql`${this.#context.condition(condition)}` : undefined,
      ...(aggregate === undefined ? {} : { aggregate }),
    }
  }

  #put(name: string, { type, isList }: Typed, value: Sql): void {
    // A name that is given anew goes to the end.
    this.#columns.delete(name)
    const given = type === 'date_period' || type === 'time_duration' ? 'keyword' : type
    this.#columns.set(name, { name, type: given, value, isList: isList === true, isOwn: false })
  }

  #eval(fields: readonly Named[]): void {
    const selected: Sql[] = []
    for (const { name, value } of fields) {
      if (hasAggregate(value)) {
        const text = this.#context.text.slice(value.from, value.to)
        throw fail(
          this.#row(value),
          value,
          `aggregate function [${text}] not allowed outside STATS command`,
        )
      }
      const found = typed(value, this.#row(value))
      const alias = this.#alias()
      selected.push(sql`${found.isList ? found.sql : stored(found.type, found.sql)} AS ${alias}`)
      this.#put(name, found, alias)
    }
    this.#steps.push((rows) => sql`(SELECT *, ${sql.join(selected)} FROM ${rows})`)
  }

  #stats({ results, by }: Extract<Command, { tag: 'stats' }>): void {
    const groups = new Map<string, Column>()
    const keys: Sql[] = []
    for (const { name, value } of by) {
      const found = typed(value, this.#row(value))
      const alias = this.#alias()
      const own = value.tag === 'column' ? this.#columns.get(value.name) : undefined
      keys.push(sql`${keyOf(found, own)} AS ${alias}`)
      const { type } = found
      groups.set(name, {
        name,
        type: type === 'text' ? 'keyword' : type,
        value: alias,
        isList: false,
        isOwn: false,
      })
    }
    const inner = keys.length === 0 ? sql`*` : sql`*, ${sql.join(keys)}`
    const told: Sql[] = [...groups.values()].map(({ value }) => value)
    const columns: Column[] = []
    for (const { name, value, filter } of results) {
      if (!hasAggregate(value) && value.tag !== 'column' && value.tag !== 'literal') {
        const text = this.#context.text.slice(value.from, value.to)
        throw fail(this.#row(value), value, `expected an aggregate function but found [${text}]`)
      }
      const condition = filter === undefined ? undefined : truth(filter, this.#row(filter))
      const found = typed(
        value,
        this.#row(value, (call) => this.#aggregate(call, condition), groups),
      )
      const alias = this.#alias()
      told.push(sql`${found.isList ? found.sql : stored(found.type, found.sql)} AS ${alias}`)
      const isList = found.isList === true
      columns.push({ name, type: found.type, value: alias, isList, isOwn: false })
    }
    const group =
      groups.size === 0
        ? sql``
        : sql`GROUP BY ${sql.join([...groups.values()].map(({ value }) => value))}`
    const shown = told.length === 0 ? sql`1 AS nothing` : sql.join(told)
    this.#steps.push((rows) => sql`(SELECT ${shown} FROM (SELECT ${inner} FROM ${rows}) ${group})`)
    this.#columns = new Map()
    for (const column of [...columns, ...groups.values()]) {
      this.#columns.delete(column.name)
      this.#columns.set(column.name, column)
    }
    this.#order = []
    this.#limit = undefined
    this.#areDocuments = false
  }

  #aggregate(
    call: Extract<Expression, { tag: 'call' }>,
    filter: Sql | undefined,
  ): Typed | undefined {
    if (!isAggregate(call.name)) return undefined
    const context = this.#row(call)
    const text = this.#context.text.slice(call.from, call.to)
    const args = call.args.map((one) => {
      if (!hasAggregate(one)) return typed(one, context)
      throw fail(
        context,
        one,
        `nested aggregations [${text}] not allowed inside other aggregations`,
      )
    })
    return aggregated(call.name, text, args, filter, (what) => fail(context, call, what))
  }

  #sort({ keys }: Extract<Command, { tag: 'sort' }>): void {
    const selected: Sql[] = []
    this.#order = keys.map(({ value, isDescending, nulls }) => {
      const found = typed(value, this.#row(value))
      const alias = this.#alias()
      selected.push(sql`${found.sql} AS ${alias}`)
      const last = nulls === undefined ? !isDescending : nulls === 'last'
      return sql`${alias}
        ${isDescending ? sql`DESC` : sql`ASC`} ${last ? sql`NULLS LAST` : sql`NULLS FIRST`}`
    })
    this.#steps.push((rows) => sql`(SELECT *, ${sql.join(selected)} FROM ${rows})`)
  }

  #cut(count: number): void {
    const limit = Math.min(count, limit_max)
    this.#limit = Math.min(this.#limit ?? limit, limit)
    const by = this.#order.length === 0 ? sql`` : sql`ORDER BY ${sql.join(this.#order)}`
    this.#steps.push((rows) => sql`(SELECT * FROM ${rows} ${by} LIMIT ${limit})`)
  }

  #named(pattern: Pattern): Column[] {
    const { name } = pattern
    if (name.includes('*'))
      return [...this.#columns.values()].filter((one) => hasShape(one.name, name))
    const found = this.#columns.get(name)
    if (found !== undefined) return [found]
    typed({ tag: 'column', ...pattern }, this.#row(pattern))
    return []
  }

  #keep(patterns: readonly Pattern[]): void {
    const kept = new Map<string, Column>()
    // A name that is written out keeps its place before what a star finds.
    for (const pattern of patterns) {
      for (const column of this.#named(pattern)) {
        const isPlain = !pattern.name.includes('*')
        if (isPlain) kept.delete(column.name)
        if (!kept.has(column.name)) kept.set(column.name, column)
      }
    }
    this.#columns = kept
  }

  #drop(patterns: readonly Pattern[]): void {
    for (const pattern of patterns) {
      for (const { name } of this.#named(pattern)) this.#columns.delete(name)
    }
  }

  #rename(pairs: readonly { from: Pattern; to: string }[]): void {
    for (const { from, to } of pairs) {
      const [column] = this.#named(from)
      if (column === undefined || from.name === to) continue
      const renamed = [...this.#columns.values()]
        .filter(({ name }) => name !== to)
        .map((one) => (one === column ? { ...one, name: to } : one))
      this.#columns = new Map(renamed.map((one) => [one.name, one]))
    }
  }

  #taken(command: Extract<Command, { tag: 'dissect' | 'grok' }>): void {
    const context = this.#row(command.input)
    const input = typed(command.input, context)
    if (!isText(input.type) && input.type !== 'null') {
      const name = command.tag === 'grok' ? 'Grok' : 'Dissect'
      throw fail(
        context,
        command.input,
        `${name} only supports KEYWORD or TEXT values, found expression ` +
          `[${this.#context.text.slice(command.input.from, command.input.to)}] type ` +
          `[${input.type.toUpperCase()}]`,
      )
    }
    const pattern = this.#pattern(command)
    const all = this.#alias()
    const selected = [sql`extractGroups(ifNull(${input.sql}, ''), ${pattern.regex}) AS ${all}`]
    for (const { name, groups, type } of pattern.columns) {
      const alias = this.#alias()
      const parts = groups.map((group) => sql`${all}[${group}]`)
      const separator = command.tag === 'dissect' ? command.separator : ''
      const joined =
        pattern.isJoined && parts.length > 1
          ? sql`arrayStringConcat([${sql.join(parts)}], ${separator})`
          : sql`coalesce(${sql.join(parts.map((one) => sql`nullIf(${one}, '')`))})`
      const value = pattern.isJoined && parts.length === 1 ? parts[0]! : joined
      selected.push(sql`if(empty(${all}), NULL, ${ofType(type, value)}) AS ${alias}`)
      this.#put(name, { type, sql: alias }, alias)
    }
    this.#steps.push((rows) => sql`(SELECT *, ${sql.join(selected)} FROM ${rows})`)
  }

  #pattern(command: Extract<Command, { tag: 'dissect' | 'grok' }>): TextPattern {
    try {
      return command.tag === 'grok'
        ? grokExpression(command.pattern)
        : dissectPattern(command.pattern)
    } catch (error) {
      const what =
        `Invalid ${command.tag.toUpperCase()} pattern ` +
        `[${command.pattern.slice(0, 100)}]: ${(error as Error).message}`
      throw new EsqlError('parsing_exception', this.#context.text, command, what)
    }
  }

  #expand(pattern: Pattern): void {
    const [column] = this.#named(pattern)
    if (column === undefined) return
    const alias = this.#alias()
    const isListed = isText(column.type) || column.isList
    const text = isListed ? column.value : sql`toString(${column.value})`
    const items = sql`if(isNull(${column.value}), [NULL], arrayMap(one -> toNullable(one),
      ${listItems(text)}))`
    this.#steps.push(
      (rows) =>
        sql`(SELECT *, ${ofText(column.type, sql`arrayJoin(${items})`)} AS ${alias} FROM ${rows})`,
    )
    const expanded = { ...column, value: alias, isList: false, isOwn: false }
    this.#columns = new Map(
      [...this.#columns].map(([name, one]) => [name, one === column ? expanded : one]),
    )
  }
}

/** One of several values of a document is one group. */
function keyOf(found: Typed, own: Column | undefined): Sql {
  const mayBeList = found.isList === true || (own?.isOwn === true && own.type === 'keyword')
  if (!mayBeList) return found.sql
  const items = sql`if(isNull(${found.sql}), [NULL], arrayMap(one -> toNullable(one),
    ${listItems(found.sql)}))`
  return ofText(found.type, sql`arrayJoin(${items})`)
}

function ofText(type: EsqlType, text: Sql): Sql {
  if (type === 'long' || type === 'integer') return sql`toInt64OrNull(${text})`
  if (type === 'double') return sql`toFloat64OrNull(${text})`
  if (type === 'date') return sql`toInt64OrNull(${text})`
  if (type === 'boolean') return sql`if(isNull(${text}), NULL, toUInt8(${text} IN ('true', '1')))`
  return text
}

function ofType(type: EsqlType, text: Sql): Sql {
  return stored(type, isText(type) ? text : ofText(type, text))
}
