/**
 * What a trial of a definition amounts to: each record's verdict and changes, and how often each
 * processor ran, from the two answers of `_simulate`. Asking is requests.ts.
 */
import { type Change, differenceOf } from './difference.ts'

export type Sample = { _index: string; _source: unknown }
export type Verdict = 'kept' | 'dropped' | 'failed'
export type RecordOutcome = {
  verdict: Verdict
  /** Why it failed, in the server's words, and at which processor. */
  reason: string
  at: string
  changes: readonly Change[]
}
export type ProcessorCounts = {
  /** As in refusals: processors[0].set */
  path: string
  type: string
  says: string
  ran: number
  skipped: number
  failed: number
  dropped: number
}
export type Trial = { records: readonly RecordOutcome[]; processors: readonly ProcessorCounts[] }

type Config = Record<string, unknown>
type Named = { definition: unknown; processors: ProcessorCounts[] }

/**
 * The definition with the path of each processor as its tag, so that the answer tells which one it
 * means. What a tag is read by may then see another: verdicts are those of the definition itself.
 */
export function tagged(definition: unknown): Named {
  const processors: ProcessorCounts[] = []
  if (!isConfig(definition)) return { definition, processors }
  const list = (items: unknown, path: string): unknown =>
    Array.isArray(items) ? items.map((item, at) => entry(item, `${path}[${at}]`)) : items
  const entry = (item: unknown, path: string): unknown => {
    if (!isConfig(item)) return item
    const members = Object.entries(item).map(([type, config]) => [
      type,
      processor(type, config, `${path}.${type}`),
    ])
    return Object.fromEntries(members)
  }
  const processor = (type: string, config: unknown, path: string): unknown => {
    const given = type === 'script' && typeof config === 'string' ? { source: config } : config
    if (!isConfig(given)) return given
    processors.push({ path, type, says: saysOf(given), ran: 0, skipped: 0, failed: 0, dropped: 0 })
    const handlers = list(given.on_failure, `${path}.on_failure`)
    return { ...given, tag: path, ...(handlers !== undefined && { on_failure: handlers }) }
  }
  const made = { ...definition, processors: list(definition.processors, 'processors') }
  const handlers = list(definition.on_failure, 'on_failure')
  return {
    definition: handlers === undefined ? made : { ...made, on_failure: handlers },
    processors,
  }
}

function isConfig(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a person would call it: its description, its tag, or the field that it is about. */
function saysOf(config: Config): string {
  const words = [config.description, config.tag, config.field, config.name, config.if]
  return words.find((word): word is string => typeof word === 'string' && word !== '') ?? ''
}

type Step = { status?: string; tag?: string; processor_type?: string }
type Simulated = { doc?: { _index?: string; _source?: unknown }; error?: { reason?: string } }

export function trialOf(
  samples: readonly Sample[],
  plain: unknown,
  verbose: unknown,
  processors: readonly ProcessorCounts[],
): Trial {
  const counted = processors.map((one) => ({ ...one }))
  const byPath = new Map(counted.map((one) => [one.path, one]))
  const stepsOfAll = docsOf(verbose).map((doc) => stepsOf(doc))
  for (const { tag, status } of stepsOfAll.flat()) count(byPath.get(tag ?? ''), status)
  const results = docsOf(plain)
  return {
    processors: counted,
    records: samples.map((sample, at) =>
      outcomeOf(sample, results[at] as Simulated | null | undefined, stepsOfAll[at] ?? []),
    ),
  }
}

function docsOf(answer: unknown): unknown[] {
  const docs = isConfig(answer) ? answer.docs : undefined
  return Array.isArray(docs) ? docs : []
}

function stepsOf(doc: unknown): Step[] {
  const steps = isConfig(doc) ? doc.processor_results : undefined
  return Array.isArray(steps) ? (steps as Step[]) : []
}

function count(one: ProcessorCounts | undefined, status: string | undefined): void {
  if (one === undefined) return
  if (status === 'skipped') one.skipped++
  else one.ran++
  if (status === 'error' || status === 'error_ignored') one.failed++
  if (status === 'dropped') one.dropped++
}

function outcomeOf(
  sample: Sample,
  result: Simulated | null | undefined,
  steps: readonly Step[],
): RecordOutcome {
  const none = { reason: '', at: '', changes: [] }
  if (result === null || result === undefined) {
    const at = steps.findLast(({ status }) => status === 'dropped')?.tag ?? ''
    return { ...none, verdict: 'dropped', at }
  }
  if (result.error !== undefined) {
    const step = steps.findLast(({ status }) => status === 'error')
    const at = step?.tag ?? step?.processor_type ?? ''
    return { ...none, verdict: 'failed', reason: result.error.reason ?? '', at }
  }
  const changes = differenceOf(sample._source, result.doc?._source)
  const index = result.doc?._index ?? sample._index
  const moved = differenceOf({ _index: sample._index }, { _index: index })
  return { ...none, verdict: 'kept', changes: [...moved, ...changes] }
}

export function verdictsOf({ records }: Trial): Record<Verdict, number> {
  const sum = { kept: 0, dropped: 0, failed: 0 }
  for (const { verdict } of records) sum[verdict]++
  return sum
}
