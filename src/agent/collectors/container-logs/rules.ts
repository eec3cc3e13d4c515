/**
 * How one container's lines are read: the integration's settings, and what its pod's annotations
 * ask where the settings let them.
 */
import { RE2JS } from 're2js'
import type { IntegrationSettings } from '../../../model/policy.ts'
import { Multiline } from '../../../pipeline/multiline.ts'
import type { JsonRules } from '../../../pipeline/record-draft.ts'
import { recordSteps } from '../../../pipeline/record-steps.ts'
import { type LogHints, type LogInput, logHints } from '../../discover/log-hints.ts'
import type { ReadRules } from '../../files/assembler.ts'
import type { RecordRules } from '../../files/record-writer.ts'
import type { PodInfo } from '../../kubernetes/cluster.ts'
import type { LineParser } from '../../modules/logs/parsed-line.ts'
import { continuesOf, parserOf } from '../../modules/parsers.ts'
import { sourceFields } from './source-fields.ts'

export type ContainerLogsSettings = IntegrationSettings<'container_logs'>
export type ContainerRules = {
  /** Undefined: its pod wants its lines left alone. */
  rules: ReadRules | undefined
  /** What was asked and could not be done. */
  problems: readonly string[]
}
type Stream = 'stdout' | 'stderr'
type Wish = { hints: LogHints; input: LogInput; pod: PodInfo; container: string }

/** Throws when a pattern of the settings is none. */
export function settingsRules(settings: ContainerLogsSettings): ReadRules {
  const multiline = new Multiline(settings.multiline)
  return {
    multilines: [multiline, multiline],
    parse_json: settings.parse_json,
    include_lines: [],
    exclude_lines: settings.exclude_lines.map((pattern) => RE2JS.compile(pattern)),
    parsers: [undefined, undefined],
    parser_time: false,
    streams: [true, true],
  }
}

/** What of a pod the rules are made of: while it is the same, so are they. */
export function hintWords(pod: PodInfo | undefined): string {
  if (pod === undefined) return ''
  const { annotations, labels, ip, containers } = pod
  const hints = Object.entries(annotations).filter(([key]) =>
    /^(?:co\.elastic|fluentbit)\./.test(key),
  )
  // Few pods have hints; what those may name in a variable or a condition counts with them.
  if (hints.length === 0) return ''
  return JSON.stringify([annotations, labels, ip, containers.map(({ id }) => id)])
}

export function containerRules(
  plain: ReadRules,
  settings: ContainerLogsSettings,
  pod: PodInfo | undefined,
  container: string,
): ContainerRules {
  if (pod === undefined || !settings.hints) return { rules: plain, problems: [] }
  const hints = logHints(pod, { name: container }, pod.node)
  const problems = hints.problems.map(({ hint, reason }) => `${hint}: ${reason}`)
  if (hints.enabled === false) return { rules: undefined, problems }
  const streams = streamsOf(hints)
  if (!streams[0] && !streams[1]) return { rules: undefined, problems }
  let records: RecordRules | undefined
  for (const input of hints.inputs.toReversed()) {
    const wish = { hints, input, pod, container }
    records = { ...recordRules(plain, wish, problems), or: records }
  }
  const multilines = multilinesOf(hints, plain, problems)
  return { rules: { ...plain, ...records, multilines, streams }, problems }
}

function recordRules(plain: ReadRules, wish: Wish, problems: string[]): RecordRules {
  const { input, pod, container } = wish
  const compiled = (patterns: readonly string[]) =>
    patterns.flatMap((pattern) => {
      try {
        return [RE2JS.compile(pattern)]
      } catch (error) {
        problems.push(`${pattern}: ${(error as Error).message}`)
        return []
      }
    })
  const isParser = (name: string) =>
    [wish.hints.parser.stdout, wish.hints.parser.stderr].includes(name)
  const tell = (problem: string) => problems.push(problem)
  return {
    ...plain,
    parse_json: plain.parse_json || input.json !== undefined || isParser('json'),
    json: jsonRules(input.json),
    include_lines: compiled(input.include_lines),
    exclude_lines: [...plain.exclude_lines, ...compiled(input.exclude_lines)],
    parsers: [parserOfStream(wish, 'stdout', tell), parserOfStream(wish, 'stderr', tell)],
    steps: recordSteps(input.processors, sourceFields(pod, container), tell),
  }
}

/** Undefined where the usual reading of JSON does it: members side by side, known messages. */
function jsonRules(hints: LogInput['json']): JsonRules | undefined {
  if (hints === undefined) return undefined
  const { message_key = '', target = '', keys_under_root, add_error_key } = hints
  const below = target === '' && keys_under_root === 'false' ? 'json' : target
  if (message_key === '' && below === '' && add_error_key !== 'true') return undefined
  return { message_key, target: below, add_error_key: add_error_key === 'true' }
}

/** A stream is read when any of the inputs wants it. */
function streamsOf({ exclude, inputs }: LogHints): [boolean, boolean] {
  const isWanted = (stream: Stream) => inputs.some(({ streams }) => streams[stream])
  return [isWanted('stdout') && !exclude.stdout, isWanted('stderr') && !exclude.stderr]
}

/** Lines are grouped before it is asked which input takes them: the first that says how, wins. */
function multilinesOf(
  { inputs }: LogHints,
  plain: ReadRules,
  problems: string[],
): ReadRules['multilines'] {
  const hint = inputs.find(({ multiline }) => multiline !== undefined)?.multiline
  if (hint !== undefined) {
    try {
      const multiline = new Multiline(hint)
      return [multiline, multiline]
    } catch (error) {
      problems.push(`multiline.pattern: ${(error as Error).message}`)
    }
  }
  const [stdout, stderr] = plain.multilines
  return [ownMultiline(inputs, 'stdout') ?? stdout, ownMultiline(inputs, 'stderr') ?? stderr]
}

/** As the program whose module reads the stream writes its records. */
function ownMultiline(inputs: readonly LogInput[], stream: Stream): Multiline | undefined {
  for (const input of inputs) {
    if (input.module === '' || !isModules(input, stream)) continue
    const continues = continuesOf(input.module, input.filesets[stream][0])
    if (continues !== undefined) return new Multiline(ungrouped, continues)
  }
  return undefined
}

const ungrouped = { kind: 'none', negate: false, match: 'after', lines_max: 500 } as const

/** A stream that no fileset was meant for, when others were named, is read plainly. */
function isModules({ filesets }: LogInput, stream: Stream): boolean {
  const others = filesets.stdout.length + filesets.stderr.length
  return filesets[stream].length > 0 || others === 0
}

/** The module's filesets for the stream, or a parser of Fluent Bit's that is known by name. */
function parserOfStream(
  { hints, input }: Wish,
  stream: Stream,
  tell: (problem: string) => void,
): LineParser | undefined {
  if (input.module === '') {
    const name = hints.parser[stream]
    const parser = parserOf(name)
    const isKnown = parser !== undefined || ['', 'json', 'cri', 'docker'].includes(name)
    if (!isKnown) tell(`fluentbit.io/parser: there is no parser ${name} here`)
    return parser
  }
  if (!isModules(input, stream)) return undefined
  const wanted = input.filesets[stream].length === 0 ? [undefined] : input.filesets[stream]
  const parsers = wanted.flatMap((fileset) => {
    const parser = parserOf(input.module, fileset)
    if (parser === undefined) tell(`module ${input.module} ${fileset ?? ''} has no parser here`)
    return parser ?? []
  })
  return parsers.length < 2 ? parsers[0] : (line) => firstOf(parsers, line)
}

function firstOf(parsers: readonly LineParser[], line: Parameters<LineParser>[0]) {
  for (const parse of parsers) {
    const parsed = parse(line)
    if (parsed !== undefined) return parsed
  }
  return undefined
}
