/**
 * Evaluates a tree at the steps of a query: what does not depend on the step once, what occurs
 * twice once, everything else in columns of all steps.
 */
import { type GridSeries, QueryError } from '../series.ts'
import { chosen, countValues, type Pieces, reduced } from './aggregate.ts'
import {
  type Aggregate,
  type Binary,
  bare,
  childrenOf,
  type Expression,
  setOperators,
} from './ast.ts'
import { scalars, sets, withScalar } from './binary.ts'
import { instantFunctions } from './functions-instant.ts'
import { rangeFunctions } from './functions-range.ts'
import { quote } from './go-text.ts'
import { multiply } from './histograms/arithmetic.ts'
import { textOf } from './label-functions.ts'
import { isLabelName } from './labels.ts'
import { vectors } from './matching.ts'
import { pushedAggregate } from './plan.ts'
import { print } from './print.ts'
import { rangeCall } from './range-call.ts'
import { type Run, type Scope, scalarOf, type Value, vectorOf } from './run.ts'
import { readInstant, spread } from './selectors.ts'
import { readSmoothed } from './smoothed.ts'
import { timeDependent } from './syntax/signatures.ts'

const invariants = new WeakMap<Expression, boolean>()

/** Whether an expression has one value whatever the step. */
export function isInvariant(node: Expression): boolean {
  let known = invariants.get(node)
  if (known === undefined) {
    known = invariance(node)
    invariants.set(node, known)
  }
  return known
}

function invariance(node: Expression): boolean {
  switch (node.kind) {
    case 'number':
    case 'string':
      return true
    case 'grid':
      return false
    case 'selector':
    case 'subquery':
      return node.at !== undefined
    case 'range':
      return node.selector.at !== undefined
    case 'call':
      return !timeDependent.has(node.name) && node.args.every(isInvariant)
    default:
      return childrenOf(node).every(isInvariant)
  }
}

function sizeOf(value: Value): number {
  if (value.kind === 'scalar') return value.values.length
  if (value.kind === 'string') return 1
  return value.series.reduce((sum, { has }) => sum + has.length, 0)
}

const stats_max = 500

export async function evaluate(node: Expression, scope: Scope): Promise<Value> {
  const { run, steps } = scope
  if (node.kind === 'parentheses') return evaluate(node.expression, scope)
  if (steps.count > 1 && isInvariant(node)) {
    const value = await evaluate(node, { run, steps: { ...steps, count: 1 } })
    return repeated(value, steps.count)
  }
  await run.budget.breathe()
  const key = run.repeated.size === 0 ? undefined : memoKey(node, scope)
  const known = key === undefined ? undefined : run.memo.get(key)
  if (known !== undefined) return known
  const before = run.budget.held
  const notes = run.notes.size
  const from_ms = run.budget.now()
  const value = await compute(node, scope)
  const size = sizeOf(value)
  run.budget.release(run.budget.held - before)
  run.budget.hold(size)
  if (run.stats.length < stats_max && node.kind !== 'number' && node.kind !== 'string') {
    const series = value.kind === 'vector' ? value.series.length : 1
    const took_ms = run.budget.now() - from_ms
    const { from, to } = node
    run.stats.push({ name: nodeName(node), from, to, took_ms, series, samples: size })
  }
  // A note tells its place, so an expression with notes is computed for each of its places.
  if (key !== undefined && run.notes.size === notes) run.memo.set(key, value)
  return value
}

function memoKey(node: Expression, { run, steps }: Scope): string | undefined {
  const text = print(node)
  if (!run.repeated.has(text)) return undefined
  return `${steps.start_ms} ${steps.step_ms} ${steps.count} ${text}`
}

const nodes_max = 400

/** The texts of expressions that occur more than once. */
export function repeatedIn(root: Expression): ReadonlySet<string> {
  const seen = new Set<string>()
  const twice = new Set<string>()
  let nodes = 0
  const visit = (node: Expression): void => {
    nodes += 1
    // A grid has no text that would tell it from another.
    if (node.kind === 'grid') nodes = nodes_max + 1
    if (nodes > nodes_max) return
    const isWorthIt = !['number', 'string', 'parentheses', 'range'].includes(node.kind)
    const text = isWorthIt ? print(node) : ''
    if (isWorthIt && seen.has(text)) twice.add(text)
    seen.add(text)
    for (const child of childrenOf(node)) visit(child)
  }
  visit(root)
  return nodes > nodes_max ? new Set() : twice
}

function nodeName(node: Expression): string {
  switch (node.kind) {
    case 'call':
      return node.name
    case 'aggregate':
    case 'binary':
    case 'unary':
      return node.operator
    case 'selector':
      return node.name === '' ? print(node) : node.name
    default:
      return node.kind
  }
}

function repeated(value: Value, count: number): Value {
  if (value.kind === 'string') return value
  if (value.kind === 'scalar') {
    return { kind: 'scalar', values: new Float64Array(count).fill(value.values[0] ?? Number.NaN) }
  }
  return { kind: 'vector', series: spread(value.series, count) }
}

async function compute(node: Expression, scope: Scope): Promise<Value> {
  const vector = (series: GridSeries[]): Value => ({ kind: 'vector', series })
  switch (node.kind) {
    case 'number': {
      return { kind: 'scalar', values: new Float64Array(scope.steps.count).fill(node.value) }
    }
    case 'string':
      return { kind: 'string', value: node.value }
    case 'grid':
      return vector([...node.series])
    case 'selector': {
      if (node.extension !== undefined) return vector(await readSmoothed(node, scope))
      return vector(await readInstant(node, scope))
    }
    case 'aggregate':
      return vector(await aggregate(node, scope))
    case 'binary':
      return binary(node, scope)
    case 'unary':
      return negated(await evaluate(node.expression, scope), node.operator)
    case 'call': {
      if (rangeFunctions.has(node.name)) return vector(await rangeCall(node, scope))
      const special = instantFunctions.get(node.name)
      if (special !== undefined) return special(node, scope)
      throw new QueryError('execution', `function ${quote(node.name)} is not implemented`)
    }
    default:
      throw new QueryError('execution', `a ${node.kind} is not a value`)
  }
}

function negated(value: Value, operator: string): Value {
  if (operator === '+' || value.kind === 'string') return value
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map((one) => -one) }
  const series = value.series.map((one): GridSeries => {
    const made: GridSeries = { ...one, values: one.values.map((each) => -each), dropName: true }
    if (one.histograms === undefined) return made
    return { ...made, histograms: one.histograms.map((each) => each && multiply(each, -1)) }
  })
  return { kind: 'vector', series }
}

async function aggregate(node: Aggregate, scope: Scope): Promise<GridSeries[]> {
  const { run } = scope
  const { operator, isWithout, grouping: labels } = node
  const grouping = { isWithout, labels }
  const parameter = node.parameter === undefined ? undefined : bare(node.parameter)
  if (operator === 'count_values') {
    const label = textOf(parameter)
    if (!isLabelName(label)) {
      throw new QueryError('execution', `invalid label name ${quote(label)}`)
    }
    return countValues(await vectorOf(node.expression, scope), label, grouping)
  }
  const pushed = await pushedAggregate(node, scope)
  if (pushed !== undefined) return pushed
  const values = parameter === undefined ? undefined : await scalarOf(parameter, scope)
  const series = await vectorOf(node.expression, scope)
  await run.budget.breathe()
  const aggregation = {
    operator,
    grouping,
    notes: run.notes,
    places: {
      operator: node.from,
      operand: node.expression.from,
      parameter: parameter?.from ?? node.from,
    },
    ...(values === undefined ? {} : { parameter: values }),
  }
  const isChoice = ['topk', 'bottomk', 'limitk', 'limit_ratio'].includes(operator)
  return paced(isChoice ? chosen(series, aggregation) : reduced(series, aggregation), run)
}

async function paced(pieces: Pieces, run: Run): Promise<GridSeries[]> {
  for (;;) {
    const { done, value } = pieces.next()
    if (done === true) return value
    await run.budget.breathe()
  }
}

async function binary(node: Binary, scope: Scope): Promise<Value> {
  const { operator, isBool, matching } = node
  const told = { notes: scope.run.notes, place: node.from }
  const left = await evaluate(node.left, scope)
  const right = await evaluate(node.right, scope)
  await scope.run.budget.breathe()
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    return { kind: 'scalar', values: scalars(operator, left.values, right.values) }
  }
  const made = (series: GridSeries[]): Value => ({ kind: 'vector', series })
  if (left.kind === 'vector' && right.kind === 'scalar') {
    const options = { isSwapped: false, isBool, told }
    return made(withScalar(operator, left.series, right.values, options))
  }
  if (left.kind === 'scalar' && right.kind === 'vector') {
    const options = { isSwapped: true, isBool, told }
    return made(withScalar(operator, right.series, left.values, options))
  }
  if (left.kind !== 'vector' || right.kind !== 'vector' || matching === undefined) {
    throw new QueryError('execution', `operator ${quote(operator)} is not for these operands`)
  }
  if (setOperators.has(operator)) {
    return made(sets(operator, left.series, right.series, matching))
  }
  return made(vectors(left.series, right.series, { operator, isBool, matching, told }))
}
