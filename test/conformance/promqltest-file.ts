/** Reads a promqltest file into commands. Runs nothing. */
import { parseDuration, parseNumber, unquote } from '../../src/query/promql/go-text.ts'
import { BadLine, parseSeriesLine, type SeriesLine } from './promqltest-series.ts'

export type Expectation = {
  kind: 'fail' | 'warn' | 'info' | 'no_warn' | 'no_info'
  message?: string
  pattern?: string
}
export type Steps = { start_ms: number; end_ms: number; step_ms: number }
export type Evaluation = {
  kind: 'eval'
  line: number
  query: string
  /** An instant has one time. */
  times: { at_ms: number } | Steps
  expectations: Expectation[]
  isOrdered: boolean
  scalar: number | undefined
  text: string | undefined
  /** The times of an expected range vector. */
  range: Steps | undefined
  series: SeriesLine[]
}
export type Load = {
  kind: 'load'
  line: number
  step_ms: number
  nhcb: boolean
  series: SeriesLine[]
}
export type Command = Evaluation | Load | { kind: 'clear'; line: number }

/** A duration or seconds, either of them negative too. */
function timeOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const plain = text.replace(/^[+-]/, '')
  const duration = parseDuration(plain)
  const seconds = duration === undefined ? parseNumber(plain) : undefined
  if (duration === undefined && seconds === undefined) throw new BadLine(`a time: ${text}`)
  return sign * (duration ?? Math.round((seconds ?? 0) * 1000))
}

const instantPattern = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(\S+)\s+)?(.+)$/i
const rangePattern =
  /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/i
const expectPattern =
  /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg)\s*:\s*(.*))?$/
const rangeVectorPattern = /^expect\s+range\s+vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/

/** Lines that cannot be read are commands that fail, so that the others still run. */
export function parseFile(text: string): (Command | { kind: 'bad'; line: number; says: string })[] {
  const lines = text.split('\n').map((line) => {
    const trimmed = line.trim()
    return trimmed.startsWith('#') ? '' : trimmed
  })
  const out: ReturnType<typeof parseFile> = []
  for (let at = 0; at < lines.length; at++) {
    const head = lines[at] ?? ''
    if (head === '') continue
    const line = at + 1
    const body: string[] = []
    if (!/^clear\b/i.test(head)) {
      while (at + 1 < lines.length && lines[at + 1] !== '') body.push(lines[++at] ?? '')
    }
    try {
      out.push(parseCommand(head, body, line))
    } catch (error) {
      out.push({ kind: 'bad', line, says: error instanceof Error ? error.message : String(error) })
    }
  }
  return out
}

function parseCommand(head: string, body: readonly string[], line: number): Command {
  if (/^clear\b/i.test(head)) return { kind: 'clear', line }
  const load = /^load(_with_nhcb)?\s+(\S+)(?:\s.*)?$/i.exec(head)
  if (load !== null) {
    const series = body.map(parseSeriesLine)
    return {
      kind: 'load',
      line,
      step_ms: timeOf(load[2] ?? ''),
      nhcb: load[1] !== undefined,
      series,
    }
  }
  const range = rangePattern.exec(head)
  const instant = range === null ? instantPattern.exec(head) : null
  if (range !== null) {
    const [start, end, step] = range.slice(2, 5).map((text) => timeOf(text ?? ''))
    const times = { start_ms: start ?? 0, end_ms: end ?? 0, step_ms: step ?? 1 }
    return evaluation(line, range[5] ?? '', times, range[1], body)
  }
  if (instant === null) throw new BadLine(`a command expected, got ${head}`)
  const at_ms = instant[2] === undefined ? 0 : timeOf(instant[2])
  return evaluation(line, instant[3] ?? '', { at_ms }, instant[1], body)
}

function evaluation(
  line: number,
  query: string,
  times: Evaluation['times'],
  legacy: string | undefined,
  body: readonly string[],
): Evaluation {
  const made: Evaluation = {
    kind: 'eval',
    line,
    query,
    times,
    expectations: [],
    isOrdered: legacy === 'ordered',
    scalar: undefined,
    text: undefined,
    range: undefined,
    series: [],
  }
  if (legacy === 'fail' || legacy === 'warn' || legacy === 'info') {
    made.expectations.push({ kind: legacy })
  }
  for (const text of body) expectation(made, text)
  return made
}

function expectation(made: Evaluation, text: string): void {
  const failure = /^expected_fail_(message|regexp)\s+(.*)$/.exec(text)
  if (failure !== null) {
    const known = made.expectations.find(({ kind }) => kind === 'fail')
    if (known !== undefined && failure[1] === 'message') known.message = failure[2] ?? ''
    if (known !== undefined && failure[1] === 'regexp') known.pattern = failure[2] ?? ''
    return
  }
  const range = rangeVectorPattern.exec(text)
  if (range !== null) {
    const [start, end, step] = range.slice(1, 4).map((part) => timeOf(part ?? ''))
    made.range = { start_ms: start ?? 0, end_ms: end ?? 0, step_ms: step ?? 1 }
    return
  }
  const string = /^expect\s+string\s+(.*)$/.exec(text)
  if (string !== null) {
    made.text = unquote((string[1] ?? '').trim())
    if (made.text === undefined) throw new BadLine(`a string expected: ${text}`)
    return
  }
  if (/^expect(\s|$)/.test(text)) {
    const match = expectPattern.exec(text)
    if (match === null) throw new BadLine(`an expectation that is not known: ${text}`)
    if (match[1] === 'ordered') {
      made.isOrdered = true
      return
    }
    const kind = match[1] as Expectation['kind']
    const said = (match[3] ?? '').trim()
    if (match[2] === 'msg') made.expectations.push({ kind, message: said })
    else if (match[2] === 'regex') made.expectations.push({ kind, pattern: said })
    else made.expectations.push({ kind })
    return
  }
  const number = parseNumber(text)
  if (number !== undefined) made.scalar = number
  else made.series.push(parseSeriesLine(text))
}
