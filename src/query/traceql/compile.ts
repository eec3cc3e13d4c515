/**
 * What of a TraceQL pipeline the engine computes: whole single-spanset queries, and for all others
 * the condition that a trace must fulfil to be worth reading.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { any, type Compiling, NotInEngine } from './compile-names.ts'
import { calculated, condition, terms } from './compile-value.ts'
import type { Scalar, Spanset, Stage } from './tree.ts'

/** `having` is of a trace's matching spans; undefined where every trace with one will do. */
export type EnginePlan = { where: Sql; having: Sql | undefined }

/** Undefined when the pipeline needs whole traces in memory. */
export function enginePlan(stages: readonly Stage[], compiling: Compiling): EnginePlan | undefined {
  const where: Sql[] = []
  const having: Sql[] = []
  try {
    for (const stage of stages) {
      if (stage.tag === 'select') continue
      if (stage.tag === 'spanset' && stage.spanset.tag === 'filter' && having.length === 0) {
        where.push(condition(stage.spanset.condition, compiling))
      } else if (stage.tag === 'scalar') {
        const left = scalar(stage.left, compiling)
        having.push(sql`${left} ${sign[stage.operator]} ${scalar(stage.right, compiling)}`)
      } else return undefined
    }
  } catch (error) {
    if (error instanceof NotInEngine) return undefined
    throw error
  }
  return { where: sql.all(where), having: having.length === 0 ? undefined : sql.all(having) }
}

const sign = {
  '=': sql`=`,
  '!=': sql`!=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

/** Over the spans of a group; not a number where no span has a value. */
function scalar(part: Scalar, compiling: Compiling): Sql {
  switch (part.tag) {
    case 'static':
      return sql`${Number(part.value)}`
    case 'arithmetic':
      return calculated(part.operator, scalar(part.left, compiling), scalar(part.right, compiling))
    case 'aggregate': {
      if (part.field === undefined) return sql`count()`
      const { number } = terms(part.field, compiling)
      if (number === undefined) return sql`nan`
      const present = number.present ?? sql`true`
      return sql`if(countIf(${present}) = 0, nan,
        ${ifFunctions[part.function]}(toFloat64(${number.value}), ${present}))`
    }
  }
}

const ifFunctions = {
  count: sql`countIf`,
  avg: sql`avgIf`,
  min: sql`minIf`,
  max: sql`maxIf`,
  sum: sql`sumIf`,
}

/** What at least must hold: `where` for a span to matter, `having` for its trace. */
export function candidatePlan(
  stages: readonly Stage[],
  compiling: Compiling,
): { where: Sql; having: Sql } {
  const filters: Sql[] = []
  const having = necessary(stages, compiling, filters)
  return { where: any(filters), having }
}

/** Collects each filter's condition; one that the engine cannot decide lets all spans through. */
function necessary(stages: readonly Stage[], compiling: Compiling, filters: Sql[]): Sql {
  const [first] = stages
  if (first?.tag === 'spanset') return ofSpanset(first.spanset, compiling, filters)
  filters.push(sql`true`)
  return sql`true`
}

function ofSpanset(spanset: Spanset, compiling: Compiling, filters: Sql[]): Sql {
  switch (spanset.tag) {
    case 'pipeline':
      return necessary(spanset.stages, compiling, filters)
    case 'filter': {
      const matched = filterOf(spanset.condition, compiling)
      filters.push(matched)
      return sql`countIf(${matched}) > 0`
    }
    case 'operation': {
      const left = ofSpanset(spanset.left, compiling, filters)
      const right = ofSpanset(spanset.right, compiling, filters)
      if (spanset.operator === '||') return any([left, right])
      if (spanset.operator.startsWith('!')) return right
      return sql.all([left, right])
    }
  }
}

function filterOf(field: Parameters<typeof condition>[0], compiling: Compiling): Sql {
  try {
    return condition(field, compiling)
  } catch (error) {
    if (error instanceof NotInEngine) return sql`true`
    throw error
  }
}
