/**
 * Functions over ranges from lines that went through the stages one by one: what every query can
 * be answered by, and what the engine's faster ways are compared with.
 */
import type { QueryContext } from '../../context.ts'
import { type GridSeries, type Labels, QueryError } from '../../series.ts'
import type { Conversion } from '../ast.ts'
import {
  bytesProblem,
  compileLabelFilter,
  durationProblem,
  floatProblem,
} from '../pipeline/label-filters.ts'
import type { LineLabels } from '../pipeline/line-labels.ts'
import type { Line } from '../pipeline/stages.ts'
import { parseBytes, parseGoDuration, parseGoFloat } from '../quantities.ts'
import { LineReader, tooManyResources } from '../run-log.ts'
import {
  type Cursor,
  chosenBy,
  cursorOf,
  labelsToFind,
  readPage,
  sourcesOf,
} from '../store/read-lines.ts'
import { namesInFilter, namesInLog } from '../store/referenced.ts'
import type { RangePlan } from './range-plan.ts'
import { labelsOf, printLabels, SeriesSet } from './series-set.ts'
import { overWindows, type Samples } from './windows.ts'

export type RangeStats = { lines: number; bytes: number }

const page_rows = 20_000
/** Lines that one range may read here: about ten seconds of work. */
export const read_lines_max = 2_000_000

export async function rangeFromLines(
  plan: RangePlan,
  context: QueryContext,
  stats: RangeStats,
): Promise<GridSeries[]> {
  const { expr, span, origin_ns } = plan
  const { log } = expr
  const filters = expr.unwrap?.filters ?? []
  const others = [...filters.flatMap(namesInFilter), ...(plan.group?.labels ?? [])]
  const sources = await sourcesOf(labelsToFind(log, others), span, context)
  if (sources === undefined) throw tooManyResources()
  const { condition } = chosenBy(log, sources)
  const reader = new LineReader(log, span, context)
  const sampleOf = sampler(plan)
  const series = new SeriesSet<Samples>(() => ({ times: [], values: [] }))
  const began_ms = performance.now()
  let read = 0
  let after: Cursor | undefined
  for (;;) {
    const page = { span, isNewestFirst: false, rows_max: page_rows, after }
    const rows = await readPage(condition, page, context)
    await reader.each(rows, (line) => {
      const sample = sampleOf(line)
      if (sample === undefined) return
      const { times, values } = series.get(sample.labels)
      times.push(Number(line.time_ns - origin_ns))
      values.push(sample.value)
    })
    read += rows.length
    stats.lines += rows.length
    for (const { body } of rows) stats.bytes += body.length
    if (rows.length < page_rows) break
    context.signal?.throwIfAborted()
    if (read >= read_lines_max || performance.now() - began_ms > context.limits.timeout_ms) {
      throw new QueryError(
        'timeout',
        `the query reads more than ${read} lines one by one: narrow the time range, add line ` +
          'filters before the parser, or aggregate with by (…)',
      )
    }
    after = cursorOf(rows.at(-1)!)
  }
  return series.all().map(({ labels, value }) => {
    return { labels, ...overWindows(expr, value, plan.windows) }
  })
}

type Sample = { labels: Labels; value: number }

function sampler(plan: RangePlan): (line: Line) => Sample | undefined {
  const { expr } = plan
  const group = grouper(plan)
  const { unwrap, operation } = expr
  if (unwrap === undefined) {
    const isBytes = operation === 'bytes_rate' || operation === 'bytes_over_time'
    return ({ labels, text }) => {
      expectNoError(labels)
      return { labels: group(labels), value: isBytes ? Buffer.byteLength(text) : 1 }
    }
  }
  const { read, problem } = conversions[unwrap.conversion]
  const filters = unwrap.filters.map(compileLabelFilter)
  return ({ labels }) => {
    const text = labels.get(unwrap.label) ?? ''
    if (text === '') return undefined
    const value = read(text)
    if (value === undefined) labels.fail('SampleExtractionErr', problem(text))
    if (!filters.every((filter) => filter(labels))) return undefined
    expectNoError(labels)
    return { labels: group(labels), value: value ?? 0 }
  }
}

type Reader = { read: (text: string) => number | undefined; problem: (text: string) => string }

const seconds: Reader = {
  read(text) {
    const ns = parseGoDuration(text)
    return ns === undefined ? undefined : ns / 1e9
  },
  problem: durationProblem,
}
const conversions: Record<Conversion, Reader> = {
  '': { read: parseGoFloat, problem: floatProblem },
  duration: seconds,
  duration_seconds: seconds,
  bytes: { read: parseBytes, problem: bytesProblem },
}

/** In a metric an error is not a label that people would see: the query fails, as in Loki. */
function expectNoError(labels: LineLabels): void {
  if (labels.error !== '') throw pipelineError(labels.error, labelsOf(labels.all()))
}

export function pipelineError(error: string, labels: Labels): QueryError {
  return new QueryError(
    'bad_data',
    `pipeline error: '${error}' for series: '${printLabels(labels)}'.\n` +
      `Use a label filter to intentionally skip this error. (e.g | __error__!="${error}").\n` +
      'To skip all potential errors you can match empty errors.(e.g __error__="")\n' +
      'The label filter can also be specified after unwrap. ' +
      '(e.g | unwrap latency | __error__="" )\n',
  )
}

/** The labels of a line's series. */
function grouper({ expr, group }: RangePlan): (labels: LineLabels) => Labels {
  if (group !== undefined && !group.isWithout) {
    const names = [...new Set(group.labels)]
    return (labels) => labelsOf(names.map((name) => [name, labels.textOf(name)] as const))
  }
  const left = new Set(group?.labels ?? [])
  if (expr.unwrap !== undefined) left.add(expr.unwrap.label)
  const named = new Set([...namesInLog(expr.log), 'detected_level'])
  return (labels) => {
    const kept = [...labels.streamLabels(), ...labels.parsed()]
    // Metadata that nothing names would make a series of nearly every line.
    for (const pair of labels.metadata()) if (named.has(pair[0])) kept.push(pair)
    return labelsOf(kept.filter(([name]) => !left.has(name)))
  }
}
