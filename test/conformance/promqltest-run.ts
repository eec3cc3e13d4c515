/**
 * Runs a promqltest file against a store: every instant query also as a range query and with the
 * time pinned by @, as Prometheus's own runner does.
 */
import { queryLimits } from '../../src/query/context.ts'
import { childrenOf, type Expression } from '../../src/query/promql/ast.ts'
import { keyOf } from '../../src/query/promql/labels.ts'
import { parse } from '../../src/query/promql/parse.ts'
import { print } from '../../src/query/promql/print.ts'
import { type QueryResult, queryInstant, queryRange } from '../../src/query/promql/query.ts'
import { markStale } from '../../src/query/promql/stale.ts'
import { timeDependent } from '../../src/query/promql/syntax/signatures.ts'
import type { RawSeries, SeriesSource } from '../../src/query/series.ts'
import {
  compareFailure,
  compareMatrix,
  compareNotes,
  compareScalar,
  compareVector,
} from './promqltest-compare.ts'
import { type Evaluation, type Load, parseFile } from './promqltest-file.ts'
import { nativeFromClassic } from './promqltest-nhcb.ts'
import type { SeriesLine } from './promqltest-series.ts'

/** Where the samples of a file are put, and read from. */
export type TestStore = {
  readonly source: SeriesSource
  clear(): Promise<void>
  load(series: RawSeries[]): Promise<void>
}

export type Failure = { line: number; says: string }
export type FileResult = { passed: number; failures: Failure[]; skipped: Skipped[] }
export type Skipped = { what: string; why: string }

/** Parts of Prometheus's suite that are about things this does not have, by name. */
const skippedFiles: Readonly<Record<string, string>> = {
  'start_timestamps.test': 'an experiment: its notation of start timestamps is not read',
  'type_and_unit.test': 'labels __type__ and __unit__ are an experiment that is not taken part in',
}

export async function runFile(name: string, text: string, store: TestStore): Promise<FileResult> {
  const result: FileResult = { passed: 0, failures: [], skipped: [] }
  const why = skippedFiles[name.split('/').at(-1) ?? '']
  if (why !== undefined) {
    result.skipped.push({ what: name, why })
    return result
  }
  await store.clear()
  for (const command of parseFile(text)) {
    try {
      if (command.kind === 'bad') result.failures.push({ line: command.line, says: command.says })
      else if (command.kind === 'clear') await store.clear()
      else if (command.kind === 'load') await store.load(rawSeries(command))
      else {
        const says = await check(command, store.source)
        if (says === undefined) result.passed += 1
        else result.failures.push({ line: command.line, says })
      }
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
      const says = stack.split('\n').slice(0, 3).join(' ')
      result.failures.push({ line: command.line, says })
    }
  }
  return result
}

/** Of lines with equal labels the last one counts. */
function rawSeries({ series, step_ms, nhcb }: Load): RawSeries[] {
  const lines = new Map<string, SeriesLine>()
  for (const line of [...series, ...(nhcb ? nativeFromClassic(series) : [])]) {
    lines.set(keyOf(line.labels), line)
  }
  return [...lines.values()].map((line) => rawOf(line, step_ms))
}

function rawOf({ labels, points }: SeriesLine, step_ms: number): RawSeries {
  const at = points.flatMap((point, index) => (point === undefined ? [] : [index]))
  const values = new Float64Array(at.length)
  const histograms = at.map((index, i) => {
    const point = points[index]
    if (point?.kind === 'float') values[i] = point.value
    if (point?.kind === 'stale') markStale(values, i)
    return point?.kind === 'histogram' ? point.histogram : undefined
  })
  const times_ms = Float64Array.from(at, (index) => index * step_ms)
  const hasHistogram = histograms.some((histogram) => histogram !== undefined)
  return { labels, times_ms, values, ...(hasHistogram ? { histograms } : {}) }
}

const context = { limits: { ...queryLimits, timeout_ms: 100_000 } }

async function check(test: Evaluation, source: SeriesSource): Promise<string | undefined> {
  const { times, query } = test
  if ('at_ms' in times) {
    for (const [text, at_ms] of pinned(query, times.at_ms)) {
      const flaw = await checkInstant(test, text, at_ms, source)
      if (flaw !== undefined) return text === query ? flaw : `${flaw} (as ${text} @ ${at_ms})`
    }
    return undefined
  }
  const result = await attempt(test, () => queryRange({ query, ...times }, source, context))
  if (typeof result === 'string') return result
  if (result === undefined) return undefined
  if (result.type !== 'matrix') return `expected a matrix, got a ${result.type}`
  return compareNotes(test, result) ?? compareMatrix(test, result.series, times)
}

/** The result; or what is wrong; or undefined when it failed as it should. */
async function attempt(
  test: Evaluation,
  ask: () => Promise<QueryResult>,
): Promise<QueryResult | string | undefined> {
  try {
    const result = await ask()
    const isFailure = test.expectations.some(({ kind }) => kind === 'fail')
    return isFailure ? 'expected a failure, got a result' : result
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'QueryError') throw error
    return compareFailure(test, error.message)
  }
}

async function checkInstant(
  test: Evaluation,
  query: string,
  time_ms: number,
  source: SeriesSource,
): Promise<string | undefined> {
  const result = await attempt(test, () => queryInstant({ query, time_ms }, source, context))
  if (typeof result !== 'object') return result
  const flaw = compareNotes(test, result) ?? compareInstant(test, result)
  const dependsOnRange = /\b(?:range|step|start|end)\(\)/.test(query)
  if (flaw !== undefined || dependsOnRange || test.isOrdered) return flaw
  if (test.text !== undefined || test.range !== undefined || result.type === 'matrix') return flaw
  const step_ms = 60_000
  const ask = { query, start_ms: time_ms - step_ms, end_ms: time_ms + step_ms, step_ms }
  const range = await queryRange(ask, source, context)
  if (range.type !== 'matrix') return `a ${range.type} in range mode`
  const samples = range.series.flatMap(({ labels, times_ms, values, histograms }) => {
    const at = times_ms.indexOf(time_ms)
    if (at === -1) return []
    const histogram = histograms?.[at]
    return [{ labels, value: values[at] ?? 0, ...(histogram === undefined ? {} : { histogram }) }]
  })
  const middle =
    result.type === 'scalar'
      ? compareScalar(test, samples[0]?.value ?? Number.NaN)
      : compareVector(test, samples)
  return middle === undefined ? undefined : `in range mode: ${middle}`
}

function compareInstant(test: Evaluation, result: QueryResult): string | undefined {
  switch (result.type) {
    case 'vector':
      return compareVector(test, result.samples)
    case 'scalar':
      return compareScalar(test, result.value)
    case 'string':
      return result.value === test.text ? undefined : `expected ${test.text}, got ${result.value}`
    case 'matrix': {
      if (test.range === undefined) return 'a matrix was not expected'
      return compareMatrix(test, result.series, test.range)
    }
  }
}

/** The query as it is, and with every selector pinned to its time, asked at other times. */
function pinned(query: string, at_ms: number): [string, number][] {
  const asked: [string, number][] = [[query, at_ms]]
  let expression: Expression
  try {
    expression = parse(query)
  } catch {
    return asked
  }
  if (dependsOnTime(expression)) return asked
  const text = print(pin(expression, at_ms))
  const others = at_ms === 0 ? [-1000, 0, 1000] : [-10, 0, 0.2, 1, 10].map((part) => part * at_ms)
  return [...asked, ...others.map((time): [string, number] => [text, Math.round(time)])]
}

function dependsOnTime(node: Expression): boolean {
  const ofQuery = ['start', 'end', 'step', 'range']
  const isCall = node.kind === 'call'
  if (isCall && (timeDependent.has(node.name) || ofQuery.includes(node.name))) return true
  return childrenOf(node).some(dependsOnTime)
}

function pin(node: Expression, ms: number): Expression {
  const at = { kind: 'time', ms } as const
  switch (node.kind) {
    case 'selector':
      return { ...node, at: node.at ?? at }
    case 'range':
      return { ...node, selector: { ...node.selector, at: node.selector.at ?? at } }
    case 'subquery':
      // What is inside of a subquery with a time keeps to the subquery's times.
      return { ...node, at: node.at ?? at }
    case 'call':
      return { ...node, args: node.args.map((arg) => pin(arg, ms)) }
    case 'aggregate': {
      const parameter = node.parameter === undefined ? undefined : pin(node.parameter, ms)
      return { ...node, parameter, expression: pin(node.expression, ms) }
    }
    case 'binary':
      return { ...node, left: pin(node.left, ms), right: pin(node.right, ms) }
    case 'unary':
    case 'parentheses':
      return { ...node, expression: pin(node.expression, ms) }
    default:
      return node
  }
}
