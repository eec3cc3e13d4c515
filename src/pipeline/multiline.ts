/**
 * Tells which lines belong together: stack traces of Java (and .NET, JavaScript), Python, Go and
 * Ruby by the state machines of Fluent Bit, and people's own patterns as Filebeat reads them.
 */
import { RE2JS } from 're2js'

export type MultilineKind =
  | 'none'
  | 'auto'
  | keyof typeof machines
  | 'pattern'
  | 'count'
  | 'while_pattern'
export type MultilineSettings = {
  kind: MultilineKind
  pattern?: string | undefined
  negate: boolean
  match: 'after' | 'before'
  lines_max: number
  /** Of kind pattern: a line that ends its group. */
  flush_pattern?: string | undefined
  /** Of kind count: so many lines make a record. */
  count_lines?: number | undefined
}
/** A program's own rule: whether a line belongs to the record of the line before it. */
export type ContinuesRecord = (line: string, before: string) => boolean

type Rule = { from: readonly string[]; match: RegExp; to: string }
type Machine = { start: readonly { match: RegExp; to: string }[]; rules: readonly Rule[] }

/** A program writes a stack trace at once; what people's patterns join may come slowly. */
const wait_ms = 1000
const pattern_wait_ms = 5000
/** A state that ends the group with the line that led to it. */
const end = 'end'

const java: Machine = {
  start: [
    { match: /.(?:Exception|Error|Throwable|V8 errors stack trace)(?:[:\r]|$)/, to: 'after' },
  ],
  rules: [
    { from: ['after'], match: /^[\t ]*nested exception is:[\t ]*/, to: 'start' },
    { from: ['start'], match: /.(?:Exception|Error|Throwable)(?:[:\r]|$)/, to: 'after' },
    { from: ['after'], match: /^\r*$/, to: 'after' },
    { from: ['after', 'java'], match: /^[\t ]+(?:eval )?at /, to: 'java' },
    {
      from: ['after', 'java'],
      match: /^[\t ]+--- End of inner exception stack trace ---\r?$/,
      to: 'java',
    },
    {
      from: ['after', 'java'],
      match: /^--- End of stack trace from previous location where exception was thrown ---\r?$/,
      to: 'java',
    },
    { from: ['after', 'java'], match: /^[\t ]*(?:Caused by|Suppressed):/, to: 'after' },
    {
      from: ['after', 'java'],
      match: /^[\t ]*\.\.\. \d+ (?:more|common frames omitted)/,
      to: 'java',
    },
  ],
}

const python: Machine = {
  start: [{ match: /^Traceback \(most recent call last\):\r?$/, to: 'python' }],
  rules: [
    { from: ['python'], match: /^[\t ]+File /, to: 'code' },
    { from: ['code'], match: /[^\t ]/, to: 'python' },
    // Since 3.11 a line of ^^^^ or ~~~~ marks the place in the code line before it.
    { from: ['python'], match: /^[\t ]+\S/, to: 'python' },
    { from: ['python'], match: /^(?:[^\s.():]+\.)*[^\s.():]+(?::|\r?$)/, to: end },
  ],
}

const go: Machine = {
  start: [
    { match: /\bpanic: /, to: 'after_panic' },
    { match: /http: panic serving/, to: 'goroutine' },
  ],
  rules: [
    { from: ['after_panic', 'after_signal', 'frame_1'], match: /^\r?$/, to: 'goroutine' },
    { from: ['after_panic'], match: /^\[signal /, to: 'after_signal' },
    { from: ['after_panic'], match: /^\tpanic: /, to: 'after_panic' },
    { from: ['goroutine'], match: /^goroutine \d+ \[[^\]]+\]:\r?$/, to: 'frame_1' },
    {
      from: ['frame_1'],
      match: /^(?:(?:[^\s.:]+\.)*[^\s.():]+\(|created by |\S+\.\(?\*?[\w)]+[.\w]*\()/,
      to: 'frame_2',
    },
    { from: ['frame_2'], match: /^\s/, to: 'frame_1' },
  ],
}

const ruby: Machine = {
  start: [{ match: /^.+:\d+:in\s/, to: 'after' }],
  rules: [{ from: ['after'], match: /^\s+from\s.*:\d+:in\s/, to: 'after' }],
}

const machines = { java, python, go, ruby } as const

/** A line that starts a group holds one of these: others need no closer look. */
const needles: Record<keyof typeof machines, readonly string[]> = {
  java: ['Exception', 'Error', 'Throwable', 'V8 errors'],
  python: ['Traceback ('],
  go: ['panic'],
  ruby: [':in '],
}

/** How lines of one source are grouped. Shared by its streams; a Grouping is one stream's state. */
export class Multiline {
  readonly lines_max: number
  /** Undefined: any line may start a group. Empty: none does. */
  readonly needles: readonly string[] | undefined
  readonly #machines: readonly Machine[]
  readonly #settings: MultilineSettings
  readonly #pattern: RE2JS | undefined
  readonly #flush: RE2JS | undefined
  readonly #own: ContinuesRecord | undefined
  /** So long a group waits for its next line. */
  readonly wait_ms: number

  /** Throws when the pattern is none. With a rule of the program's own the kind does not count. */
  constructor(settings: MultilineSettings, own?: ContinuesRecord) {
    const kind = own === undefined ? settings.kind : 'none'
    this.#settings = settings
    this.#own = own
    this.lines_max = settings.lines_max
    const named = Object.keys(machines) as (keyof typeof machines)[]
    const chosen = kind === 'auto' ? named : named.filter((name) => name === kind)
    this.#machines = chosen.map((name) => machines[name])
    const isPattern = kind === 'pattern' || kind === 'while_pattern'
    this.#pattern = isPattern ? RE2JS.compile(settings.pattern ?? '') : undefined
    this.#flush = settings.flush_pattern ? RE2JS.compile(settings.flush_pattern) : undefined
    const isAny = isPattern || kind === 'count' || own !== undefined
    this.needles = isAny ? undefined : chosen.flatMap((name) => needles[name])
    this.wait_ms = isPattern || kind === 'count' ? pattern_wait_ms : wait_ms
  }

  /** Starts a group with this line, or answers undefined: the line stands alone. */
  start(text: string): Grouping | undefined {
    if (this.#own !== undefined) return { ...single, before: text }
    if (this.#pattern !== undefined) {
      const wasMatch = this.#isMatch(text)
      if (this.#settings.kind === 'while_pattern' && !wasMatch) return undefined
      return { ...single, wasMatch }
    }
    if (this.#settings.kind === 'count') return this.#counted()
    for (const machine of this.#machines) {
      for (const rule of machine.start) {
        if (rule.match.test(text)) return { ...single, machine, state: rule.to }
      }
    }
    return undefined
  }

  /** Whether the line belongs to the group; the group then waits for the next. */
  continues(group: Grouping, text: string): boolean {
    group.lines++
    if (this.#own !== undefined) {
      const isJoined = this.#own(text, group.before)
      group.before = text
      return isJoined
    }
    if (group.machine === undefined) return this.#continues(group, text)
    for (const rule of group.machine.rules) {
      if (!rule.from.includes(group.state) || !rule.match.test(text)) continue
      group.state = rule.to
      return true
    }
    return false
  }

  #continues(group: Grouping, text: string): boolean {
    if (this.#pattern === undefined) {
      if (group.lines >= (this.#settings.count_lines ?? 1)) group.state = end
      return true
    }
    const isMatch = this.#isMatch(text)
    const { kind, match } = this.#settings
    const isJoined = kind === 'while_pattern' || match === 'after' ? isMatch : group.wasMatch
    group.wasMatch = isMatch
    if (isJoined && this.#flush?.matcher(text).find() === true) group.state = end
    return isJoined
  }

  #counted(): Grouping | undefined {
    if ((this.#settings.count_lines ?? 1) < 2) return undefined
    return { ...single }
  }

  #isMatch(text: string): boolean {
    return this.#pattern!.matcher(text).find() !== this.#settings.negate
  }
}

export type Grouping = {
  machine: Machine | undefined
  state: string
  wasMatch: boolean
  lines: number
  /** The last line, for a program's own rule. */
  before: string
}

const single: Grouping = { machine: undefined, state: '', wasMatch: false, lines: 1, before: '' }

/** Whether the group's last line was its end: nothing can follow. */
export function isComplete(group: Grouping): boolean {
  return group.state === end
}

/** Longer beginnings of a line decide nothing. */
export const multiline_head_bytes = 2048
/** People's patterns may also look at a line's end. */
export const pattern_text_bytes = 64 * 1024
