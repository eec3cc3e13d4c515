/**
 * Expressions of TraceQL as SQL over spans: what value.ts computes in memory, computed in the
 * engine. Throws NotInEngine for what one row of spans cannot tell.
 */
import { type Sql, sql } from '../../store/sql.ts'
import {
  any,
  attributeTerms,
  type Compiling,
  holds,
  intrinsicTerms,
  members,
  NotInEngine,
  no,
  notOnSpan,
  onResource,
  spanTerms,
  type Term,
  type Terms,
  type Test,
} from './compile-names.ts'
import { wholePattern } from './pattern.ts'
import type { Attribute, Field, FieldOperator, Intrinsic, Static } from './tree.ts'
import { compare } from './value.ts'

/** Whether the expression is true; what is nil is not. */
export function condition(field: Field, compiling: Compiling): Sql {
  switch (field.tag) {
    case 'static':
      return field.value === true ? sql`true` : no
    case 'unary':
      return field.operator === '!' ? negation(field.operand, compiling) : no
    case 'binary': {
      const { operator } = field
      if (operator === '&&' || operator === '||') {
        const parts = chain(field, operator).map((part) => condition(part, compiling))
        return operator === '&&' ? sql.all(parts) : any(parts)
      }
      return comparison(operator, field.left, field.right, compiling)
    }
    default:
      return holds(field, ({ boolean }) => (boolean === undefined ? no : when(boolean)), compiling)
  }
}

function negation(operand: Field, compiling: Compiling): Sql {
  if (operand.tag === 'attribute' || operand.tag === 'intrinsic') {
    const isFalse: Test = ({ boolean }) =>
      boolean === undefined ? no : when({ ...boolean, value: sql`NOT (${boolean.value})` })
    return holds(operand, isFalse, compiling)
  }
  // !(!x) of a value that is nil is nil, so negations are counted down to what can be nil.
  if (operand.tag === 'unary' && operand.operator === '!') {
    const inner = operand.operand
    if (inner.tag === 'attribute' || inner.tag === 'intrinsic') return condition(inner, compiling)
    if (inner.tag === 'unary') return negation(inner.operand, compiling)
    return condition(inner, compiling)
  }
  return sql`NOT (${condition(operand, compiling)})`
}

/** `a && b && c` as one list: the engine refuses deep nesting. */
function chain(field: Field, operator: '&&' | '||'): Field[] {
  if (field.tag !== 'binary' || field.operator !== operator) return [field]
  return [...chain(field.left, operator), ...chain(field.right, operator)]
}

function when({ value, present }: Term): Sql {
  return present === undefined ? value : sql`(${present}) AND (${value})`
}

const flipped: Partial<Record<FieldOperator, FieldOperator>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '=': '=',
  '!=': '!=',
}

function comparison(operator: FieldOperator, left: Field, right: Field, compiling: Compiling): Sql {
  const isNil = (field: Field) => field.tag === 'static' && field.type === 'nil'
  if (isNil(left) || isNil(right)) {
    const there = exists(isNil(left) ? right : left, compiling)
    return operator === '=' ? sql`NOT (${there})` : there
  }
  const isName = (field: Field) => field.tag === 'attribute' || field.tag === 'intrinsic'
  if (isName(left) && right.tag === 'static') {
    return plain(left as Attribute | Intrinsic, operator, right, compiling)
  }
  const turned = flipped[operator]
  if (isName(right) && left.tag === 'static' && turned !== undefined) {
    return plain(right as Attribute | Intrinsic, turned, left, compiling)
  }
  const isPattern = operator === '=~' || operator === '!~'
  const wanted = right.tag === 'static' ? staticTerms(right, isPattern) : terms(right, compiling)
  return fits(operator, terms(left, compiling), wanted)
}

/** A name beside a value as it is written: the common case, which indexes can answer. */
function plain(
  field: Attribute | Intrinsic,
  operator: FieldOperator,
  value: Static,
  compiling: Compiling,
): Sql {
  if (field.tag === 'intrinsic' && field.name === 'nestedSetParent' && !field.ofParent) {
    return ofRoot(operator, Number(value.value))
  }
  const wanted = staticTerms(value, operator === '=~' || operator === '!~')
  const test: Test = (found) => fits(operator, found, wanted)
  if (operator === '=' && value.type === 'string' && field.tag === 'attribute' && !field.ofParent) {
    const { name, scope } = field
    const item = sql`has(attribute_items, ${`${name}=${value.value}`})`
    if (scope === 'span') return sql`${item} AND (${test(spanTerms(name))})`
    if (scope === 'none') {
      const onSpan = sql`${item} AND (${test(spanTerms(name))})`
      return sql`(${onSpan}) OR (${notOnSpan(name)} AND ${onResource(name, test, compiling)})`
    }
  }
  return holds(field, test, compiling)
}

/**
 * Roots have the parent -1 and all others one of 0 or more: `nestedSetParent < 0` asks for roots
 * and needs no tree, as the answer is one for all others.
 */
function ofRoot(operator: FieldOperator, wanted: number): Sql {
  const forOthers = compare(operator, 0, wanted)
  const isOne = [1, 2, 1e6, 1e12].every((place) => compare(operator, place, wanted) === forOthers)
  if (!isOne || (wanted > 0 && wanted < 1e12)) throw new NotInEngine('nestedSetParent')
  const isRoot = sql`parent_span_id = toFixedString('', 8)`
  return sql`if(${isRoot}, ${compare(operator, -1, wanted)}, ${forOthers})`
}

export function exists(field: Field, compiling: Compiling): Sql {
  const test: Test = (found) =>
    any(members.flatMap((member) => (found[member] ? [found[member].present ?? sql`true`] : [])))
  if (field.tag === 'attribute' || field.tag === 'intrinsic') return holds(field, test, compiling)
  return test(terms(field, compiling))
}

function fits(operator: FieldOperator, a: Terms, b: Terms): Sql {
  if (operator === '=~' || operator === '!~') {
    if (a.text === undefined || b.text === undefined) return no
    const matched = sql`match(${a.text.value}, ${b.text.value})`
    const value = operator === '=~' ? matched : sql`NOT ${matched}`
    return when({ ...a.text, value })
  }
  const sign = signs[operator]
  if (sign === undefined) return no
  const conditions: Sql[] = []
  for (const member of members) {
    const left = a[member]
    const right = b[member]
    if (left === undefined || right === undefined) continue
    const present = [left.present, right.present].filter((part) => part !== undefined)
    conditions.push(sql.all([...present, sql`${left.value} ${sign} ${right.value}`]))
  }
  return any(conditions)
}

const signs: Partial<Record<FieldOperator, Sql>> = {
  '=': sql`=`,
  '!=': sql`!=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

function staticTerms({ type, value }: Static, isPattern = false): Terms {
  switch (type) {
    case 'string':
      return { text: { value: sql`${isPattern ? wholePattern(String(value)) : String(value)}` } }
    case 'boolean':
      return { boolean: { value: value === true ? sql`true` : no } }
    case 'status':
      return { status: { value: sql`${String(value)}` } }
    case 'kind':
      return { kind: { value: sql`${String(value)}` } }
    case 'nil':
      return {}
    default:
      return { number: { value: sql`${Number(value)}` } }
  }
}

/** What the expression is, for every row. */
export function terms(field: Field, compiling: Compiling): Terms {
  switch (field.tag) {
    case 'static':
      return staticTerms(field)
    case 'attribute':
      return attributeTerms(field, compiling)
    case 'intrinsic':
      return intrinsicTerms(field)
    case 'unary': {
      const { boolean, number } = terms(field.operand, compiling)
      if (field.operator === '!') {
        return boolean ? { boolean: { ...boolean, value: sql`(NOT (${boolean.value}))` } } : {}
      }
      return number === undefined ? {} : { number: { ...number, value: sql`-(${number.value})` } }
    }
    case 'binary':
      if (!'+-*/%^'.includes(field.operator)) {
        return { boolean: { value: sql`(${condition(field, compiling)})` } }
      }
      return arithmetic(field.operator, terms(field.left, compiling), terms(field.right, compiling))
  }
}

function arithmetic(operator: FieldOperator, a: Terms, b: Terms): Terms {
  if (a.number === undefined || b.number === undefined) return {}
  const present = [a.number.present, b.number.present].filter((part) => part !== undefined)
  const value = calculated(operator, a.number.value, b.number.value)
  return { number: { value, ...(present.length > 0 ? { present: sql.all(present) } : {}) } }
}

export function calculated(operator: string, a: Sql, b: Sql): Sql {
  const left = sql`toFloat64(${a})`
  const right = sql`toFloat64(${b})`
  switch (operator) {
    case '+':
      return sql`(${left} + ${right})`
    case '-':
      return sql`(${left} - ${right})`
    case '*':
      return sql`(${left} * ${right})`
    case '/':
      return sql`(${left} / ${right})`
    case '%':
      return sql`(${left} % ${right})`
    default:
      return sql`pow(${left}, ${right})`
  }
}
