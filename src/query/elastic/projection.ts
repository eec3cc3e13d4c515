/**
 * The fields that a question asks of, as columns of one type each over all its tables: what
 * aggregations and ES|QL compute on. Rows carry time range, scope and the index expression.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import type { Condition } from './condition.ts'
import { all_time, conditionSql } from './condition-sql.ts'
import type { FieldType } from './field-names.ts'
import { ElasticRefusal } from './refusal.ts'
import { bounded } from './sql-parts.ts'
import type { Target } from './targets.ts'
import type { TimeRange } from './time-range.ts'
import { nothing, resourceMap, valueSql } from './value-sql.ts'

export type Rows = {
  targets: readonly Target[]
  condition: Condition
  range: TimeRange
}

const columns_max = 400

export class Projection {
  readonly #fields = new Map<string, string>()
  readonly #conditions: Condition[] = []
  readonly #types: ReadonlyMap<string, FieldType>

  constructor(types: ReadonlyMap<string, FieldType>) {
    this.#types = types
  }

  typeOf(name: string): FieldType | undefined {
    return this.#types.get(name)
  }

  /** The column of a field; of one that nothing has it is always NULL. */
  field(name: string): Sql {
    let alias = this.#fields.get(name)
    if (alias === undefined) {
      this.#count()
      alias = `f${this.#fields.size}`
      this.#fields.set(name, alias)
    }
    return sql.identifier(alias)
  }

  /** A column that is 1 where the condition holds. */
  condition(condition: Condition): Sql {
    this.#count()
    this.#conditions.push(condition)
    return sql.identifier(`c${this.#conditions.length - 1}`)
  }

  #count(): void {
    if (this.#fields.size + this.#conditions.length < columns_max) return
    throw new ElasticRefusal('illegal_argument_exception', `more than ${columns_max} fields`)
  }

  /** All rows with the columns that were asked for until now, and `row_time_ms`. */
  rows({ targets, condition, range }: Rows, context: QueryContext): Sql {
    const each = targets.map((target) => this.#ofTable(target, condition, range, context))
    if (each.length === 0) return this.#noRows()
    return bounded(each.length === 1 ? each[0]! : sql`(${sql.join(each, sql` UNION ALL `)})`)
  }

  #noRows(): Sql {
    const fields = [...this.#fields].map(
      ([name, alias]) => sql`${nothing(this.#typeFor(name))} AS ${sql.identifier(alias)}`,
    )
    const conditions = this.#conditions.map((_one, at) => sql`0 AS ${sql.identifier(`c${at}`)}`)
    return sql`(SELECT ${sql.join([...fields, ...conditions, sql`0 AS row_time_ms`])} WHERE 0)`
  }

  #typeFor(name: string): FieldType {
    return this.#types.get(name) ?? 'keyword'
  }

  #ofTable(
    { table, rows }: Target,
    condition: Condition,
    range: TimeRange,
    context: QueryContext,
  ): Sql {
    const { scope, now_ms } = context
    const own = { table, scope, clock: { now_ms } }
    let needsResource = false
    const fields = [...this.#fields].map(([name, alias]) => {
      const found = valueSql(table, name, this.#typeFor(name))
      needsResource ||= found.needsResource
      return sql`${found.value} AS ${sql.identifier(alias)}`
    })
    const conditions = this.#conditions.map(
      (one, at) => sql`toUInt8(${conditionSql(one, own)}) AS ${sql.identifier(`c${at}`)}`,
    )
    const time = sql`toUnixTimestamp64Milli(toDateTime64(time, 3)) AS row_time_ms`
    const where = sql`${within(table, range, scope)} AND ${rows}
      AND (${conditionSql(condition, own)})`
    const name = sql.identifier(table)
    if (!needsResource) {
      const all = sql.join([...fields, ...conditions, time])
      return sql`(SELECT ${all} FROM ${name} WHERE ${where})`
    }
    const computed = table === 'logs' ? sql`, severity, attribute_items` : sql`, attribute_items`
    const inner = conditions.length === 0 ? sql`` : sql`, ${sql.join(conditions)}`
    const passed = this.#conditions.map((_one, at) => sql.identifier(`c${at}`))
    return sql`(SELECT ${sql.join([...fields, ...passed, time])}
      FROM (SELECT *${computed}${inner} FROM ${name} WHERE ${where}) AS one
      LEFT ANY JOIN (${resourcesOf(context)}) AS other USING (resource_id))`
  }
}

function resourcesOf({ scope }: QueryContext): Sql {
  return sql`SELECT resource_id, argMax(attributes, time) AS ${sql.identifier(resourceMap)}
    FROM ${sql.identifier('resources')} WHERE ${within('resources', all_time, scope)}
    GROUP BY resource_id`
}
