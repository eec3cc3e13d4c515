/**
 * How a container's log is read, as its pod's annotations say: Elastic's `co.elastic.logs/*` and
 * `co.elastic.hints/*`, Fluent Bit's `fluentbit.io/*`. Only reads; obeying is the reader's work.
 */
import type { ContainerInfo, PodInfo } from '../kubernetes/cluster.ts'
import { type HintGroup, hintGroups, listOf, truth, under } from './hint-keys.ts'
import { type Processor, processorsOf } from './hint-processors.ts'
import { fillVariables } from './hint-variables.ts'

export type HintProblem = { hint: string; reason: string }

export type MultilineHint = {
  kind: 'pattern' | 'count' | 'while_pattern'
  pattern: string
  negate: boolean
  match: 'after' | 'before'
  flush_pattern: string
  count_lines: number
  lines_max: number
}

/** One reading of the container's lines; several groups of hints read them several times. */
export type LogInput = {
  multiline: MultilineHint | undefined
  /** As Beats name them: message_key, target, keys_under_root … */
  json: Readonly<Record<string, string>> | undefined
  /** Asked before exclude_lines. */
  include_lines: readonly string[]
  exclude_lines: readonly string[]
  processors: readonly Processor[]
  pipeline: string
  /** A content/integrations name such as redis. */
  module: string
  /** Which of the module's filesets reads which stream; empty is all of them. */
  filesets: { stdout: readonly string[]; stderr: readonly string[] }
  streams: { stdout: boolean; stderr: boolean }
}

export type LogHints = {
  /** Undefined when nobody said. */
  enabled: boolean | undefined
  /** fluentbit.io/exclude, a stream each. */
  exclude: { stdout: boolean; stderr: boolean }
  /** fluentbit.io/parser, a stream each; empty when there is none. */
  parser: { stdout: string; stderr: string }
  /** At least one. */
  inputs: readonly LogInput[]
  problems: readonly HintProblem[]
}

const lines_max = 500
const variableStart = '$' + '{'

export function logHints(
  pod: PodInfo,
  container: Pick<ContainerInfo, 'name'>,
  node_name?: string,
): LogHints {
  const problems: HintProblem[] = []
  const annotations = filled(pod, container.name, node_name, problems)
  const logs = hintGroups(annotations, 'logs', container.name)
  const agent = hintGroups(annotations, 'hints', container.name)
  const groups = logs.some((group) => group.size > 0) ? logs : agent
  const enabled = [logs, agent]
    .flatMap((all) => all.map((group) => truth(group.get('enabled'))))
    .find((said) => said !== undefined)
  // `enabled` without a number is said of all groups.
  const plain = truth(plainEnabled(annotations, container.name))
  return {
    enabled: plain ?? enabled,
    exclude: {
      stdout: truth(fluentBit(annotations, 'exclude', 'stdout', container.name)) ?? false,
      stderr: truth(fluentBit(annotations, 'exclude', 'stderr', container.name)) ?? false,
    },
    parser: {
      stdout: fluentBit(annotations, 'parser', 'stdout', container.name) ?? '',
      stderr: fluentBit(annotations, 'parser', 'stderr', container.name) ?? '',
    },
    inputs: groups.map((group) => logInput(group, problems)),
    problems,
  }
}

/** Variables have their values; a hint with one that has none is as if it were not there. */
function filled(
  pod: PodInfo,
  name: string,
  node_name: string | undefined,
  problems: HintProblem[],
): PodInfo['annotations'] {
  const isHint = ([key, value]: [string, string]) =>
    /^co\.elastic\.(?:logs|hints)[./]/.test(key) && value.includes(variableStart)
  const hints = Object.entries(pod.annotations).filter(isHint)
  if (hints.length === 0) return pod.annotations
  const annotations = { ...pod.annotations }
  // Of several starts of the container the newest is the one that lives.
  const container = pod.containers.filter((one) => one.name === name).at(-1)
  const port = container?.ports[0]?.port
  for (const [key, value] of hints) {
    const known = fillVariables(value, { pod, container, port, node_name })
    if ('text' in known) annotations[key] = known.text
    else {
      delete annotations[key]
      problems.push({ hint: key, reason: `\${${known.unresolved}} has no value` })
    }
  }
  return annotations
}

function plainEnabled(annotations: PodInfo['annotations'], container: string): string | undefined {
  return (
    annotations[`co.elastic.logs.${container}/enabled`] ?? annotations['co.elastic.logs/enabled']
  )
}

/** `fluentbit.io/exclude[_stderr][-container]`, the most exact first. */
function fluentBit(
  annotations: PodInfo['annotations'],
  word: 'exclude' | 'parser',
  stream: 'stdout' | 'stderr',
  container: string,
): string | undefined {
  const key = `fluentbit.io/${word}`
  return [
    annotations[`${key}_${stream}-${container}`],
    annotations[`${key}-${container}`],
    annotations[`${key}_${stream}`],
    annotations[key],
  ].find((value) => value !== undefined)
}

function logInput(group: HintGroup, problems: HintProblem[]): LogInput {
  if (group.has('raw')) {
    problems.push({ hint: 'raw', reason: 'whole configurations are not taken from annotations' })
  }
  const named = group.get('package') ?? group.get('module') ?? ''
  const module = named.replace(/[^A-Za-z0-9_-]/g, '')
  const json = under(group, 'json')
  const stream = group.get('stream') ?? 'all'
  return {
    multiline: multilineOf(under(group, 'multiline'), problems),
    json: Object.keys(json).length === 0 ? undefined : json,
    include_lines: listOf(group.get('include_lines')),
    exclude_lines: listOf(group.get('exclude_lines')),
    processors: processorsOf(group, problems),
    pipeline: group.get('pipeline') ?? '',
    module: module === 'container_logs' ? '' : module,
    filesets: filesetsOf(group),
    streams: { stdout: stream !== 'stderr', stderr: stream !== 'stdout' },
  }
}

function filesetsOf(group: HintGroup): LogInput['filesets'] {
  const all = [...listOf(group.get('fileset')), ...listOf(group.get('fileset.all'))]
  return {
    stdout: [...all, ...listOf(group.get('fileset.stdout'))],
    stderr: [...all, ...listOf(group.get('fileset.stderr'))],
  }
}

function multilineOf(hints: Record<string, string>, problems: HintProblem[]) {
  if (Object.keys(hints).length === 0) return undefined
  const kind = hints.type ?? 'pattern'
  const count_lines = Number(hints.count_lines ?? 0)
  const refuse = (hint: string, reason: string) => {
    problems.push({ hint: `multiline.${hint}`, reason })
    return undefined
  }
  if (kind !== 'pattern' && kind !== 'count' && kind !== 'while_pattern') {
    return refuse('type', `expected pattern, count or while_pattern, got ${kind}`)
  }
  if (kind === 'count' && !(count_lines >= 1)) return refuse('count_lines', 'expected a number')
  if (kind !== 'count' && !hints.pattern) return refuse('pattern', 'it is missing')
  if (hints.match !== undefined && hints.match !== 'after' && hints.match !== 'before') {
    return refuse('match', `expected after or before, got ${hints.match}`)
  }
  const multiline: MultilineHint = {
    kind,
    pattern: hints.pattern ?? '',
    negate: truth(hints.negate) ?? false,
    match: hints.match ?? 'after',
    flush_pattern: hints.flush_pattern ?? '',
    count_lines,
    lines_max: Number(hints.max_lines) || lines_max,
  }
  return multiline
}
