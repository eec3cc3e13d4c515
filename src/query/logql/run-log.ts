/**
 * Runs a query for lines: records that the engine chooses go through the stages, newest or oldest
 * first, until the limit is reached.
 */

import type { QueryContext } from '../context.ts'
import { QueryError } from '../series.ts'
import type { LogExpr } from './ast.ts'
import { LineLabels } from './pipeline/line-labels.ts'
import { compileStages, type Line } from './pipeline/stages.ts'
import { labelOfOther, standIn } from './store/label-model.ts'
import {
  type Cursor,
  chosenBy,
  cursorOf,
  labelsToFind,
  rangeOf,
  readPage,
  sourcesOf,
  type TimeSpan,
} from './store/read-lines.ts'
import { type ResourceAttributes, resourceAttributes } from './store/resources.ts'
import { type LineRow, labelsOfRow } from './store/rows.ts'

export type LogAsk = {
  span: TimeSpan
  isNewestFirst: boolean
  limit: number
}

export type LogLine = {
  time_ns: bigint
  text: string
  stream: Map<string, string>
  metadata: Map<string, string>
  parsed: Map<string, string>
}

export type LogAnswer = {
  lines: LogLine[]
  warnings: string[]
  /** Records and their bytes that went through the stages. */
  read_lines: number
  read_bytes: number
}

/** Records that one query for lines may look at. */
const looked_lines_max = 200_000
const page_rows_max = 5_000

export async function runLog(log: LogExpr, ask: LogAsk, context: QueryContext): Promise<LogAnswer> {
  const answer: LogAnswer = { lines: [], warnings: [], read_lines: 0, read_bytes: 0 }
  const sources = await sourcesOf(labelsToFind(log), ask.span, context)
  if (sources === undefined) throw tooManyResources()
  const { condition, isExact } = chosenBy(log, sources)
  const reader = new LineReader(log, ask.span, context)
  let after: Cursor | undefined
  while (answer.lines.length < ask.limit) {
    const left = ask.limit - answer.lines.length
    const rows_max = isExact ? left : Math.min(page_rows_max, Math.max(500, left * 2))
    const page = { span: ask.span, isNewestFirst: ask.isNewestFirst, rows_max, after }
    const rows = await readPage(condition, page, context)
    answer.read_lines += rows.length
    for (const line of await reader.read(rows)) {
      if (answer.lines.length < ask.limit) answer.lines.push(line)
    }
    for (const { body } of rows) answer.read_bytes += body.length
    if (rows.length < rows_max) break
    if (answer.read_lines >= looked_lines_max) {
      answer.warnings.push(
        `the first ${answer.read_lines} lines were looked at; narrow the range or the selector`,
      )
      break
    }
    after = cursorOf(rows.at(-1)!)
  }
  return answer
}

export function tooManyResources(): QueryError {
  return new QueryError('execution', 'a label of the query has too many values on resources')
}

/** Takes rows through the stages; attributes of resources are read once. */
export class LineReader {
  readonly #context: QueryContext
  readonly #span: TimeSpan
  readonly #step: (line: Line) => boolean
  readonly #named: ReadonlySet<string>
  readonly #labels = new LineLabels(otherName)
  readonly #resources: ResourceAttributes = new Map()

  constructor(log: LogExpr, span: TimeSpan, context: QueryContext) {
    this.#context = context
    this.#span = span
    this.#step = compileStages(log.stages)
    this.#named = new Set(log.matchers.map(({ name }) => name))
  }

  async read(rows: readonly LineRow[]): Promise<LogLine[]> {
    const lines: LogLine[] = []
    await this.each(rows, (line) => {
      const { labels, text, time_ns } = line
      const stream = labels.streamLabels()
      lines.push({ time_ns, text, stream, metadata: labels.metadata(), parsed: labels.parsed() })
    })
    return lines
  }

  /** Calls `take` for every line that is left; it must not keep the line. */
  async each(rows: readonly LineRow[], take: (line: Line) => void): Promise<void> {
    await this.#findResources(rows)
    const line: Line = {
      ...{ text: '', time_ns: 0n, isTakenApart: false },
      now_ms: this.#context.now_ms,
      labels: this.#labels,
    }
    for (const row of rows) {
      const { stream, metadata, isTakenApart } = labelsOfRow(row, this.#resources, this.#named)
      this.#labels.begin(stream, metadata)
      line.text = row.body
      line.time_ns = BigInt(row.time_ns)
      line.isTakenApart = isTakenApart
      if (this.#step(line)) take(line)
    }
  }

  async #findResources(rows: readonly LineRow[]): Promise<void> {
    const missing = new Set<string>()
    for (const { resource } of rows) if (!this.#resources.has(resource)) missing.add(resource)
    if (missing.size === 0) return
    const found = await resourceAttributes([...missing], rangeOf(this.#span), this.#context)
    for (const id of missing) this.#resources.set(id, found.get(id) ?? [])
  }
}

function otherName(name: string, stream: ReadonlyMap<string, string>): string | undefined {
  return labelOfOther.has(name) || name === 'job' ? standIn(name, stream) : undefined
}
