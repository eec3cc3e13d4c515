/**
 * Asks one language many random questions as random callers, and judges every answer; what a
 * limited caller is told is held against a store that has only what he may see.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type DataClass, dataClasses, everything, type Scope } from '../../src/model/question.ts'
import type { QueryContext, QueryLimits } from '../../src/query/context.ts'
import type { Ask, Asked, Language } from './ask.ts'
import { Dice } from './dice.ts'
import { fixpointFault } from './fixpoint.ts'
import { generators } from './generators.ts'
import { faultsOf, isPatient } from './judge.ts'
import { places, randomScope, seesKind, seesPlace } from './places.ts'
import { openRig, type Rig, tinyLimits, usualLimits, watching } from './rig.ts'
import { difference } from './same.ts'

const at_once = 3
const slow_ms_max = 5_000

export type Figures = {
  language: Language
  queries: number
  answered: number
  /** Answered with nothing: too many of them would prove little. */
  empty: number
  /** How often each refusal was said, by status and its first words. */
  refused: Map<string, number>
  compared: number
  failures: number
  slowest_ms: number
  slowest: string
  heap_peak_mib: number
  /** After garbage was collected, at the end against the first caller's end. */
  heap_grown_mib: number
}
export type Caller = { scope: Scope; oracle: Rig }
export type FuzzOptions = {
  seed: number
  queries: number
  /** Questions between two callers; every caller costs a store of his own. */
  per_caller: number
  compared_share: number
  /** The one caller that there is to be, with his store. */
  only?: Caller
  fail: (text: string) => void
}

type Asking = { rig: Rig; oracle: Rig; scope: Scope; figures: Figures; options: FuzzOptions }

export async function fuzz(language: Language, rig: Rig, options: FuzzOptions): Promise<Figures> {
  const figures: Figures = {
    ...{
      language,
      queries: 0,
      answered: 0,
      empty: 0,
      refused: new Map(),
      compared: 0,
      failures: 0,
    },
    ...{ slowest_ms: 0, slowest: '' },
    ...{ heap_peak_mib: 0, heap_grown_mib: 0 },
  }
  let caller = 0
  let first_mib = 0
  while (figures.queries < options.queries) {
    const seed = options.seed * 100_003 + caller++
    const { scope, oracle } = options.only ?? (await randomCaller(language, seed))
    try {
      const most = Math.min(options.per_caller, options.queries - figures.queries)
      await asCaller(language, most, seed, { rig, oracle, scope, figures, options })
    } finally {
      if (options.only === undefined) await oracle.close()
    }
    const held_mib = heldMib()
    if (first_mib === 0) first_mib = held_mib
    figures.heap_grown_mib = held_mib - first_mib
  }
  return figures
}

/** Some who see nothing of the language's rows, and most who do. */
async function randomCaller(language: Language, seed: number): Promise<Caller> {
  const dice = new Dice(seed)
  const kinds = kindsOf[language] ?? dataClasses
  let scope = randomScope(dice)
  const isUseful = () =>
    kinds.some((kind) => seesKind(scope, kind)) && places.some((place) => seesPlace(scope, place))
  while (!isUseful() && dice.chance(0.9)) scope = randomScope(dice)
  return { scope, oracle: await openRig(scope) }
}

const kindsOf: Partial<Record<Language, readonly DataClass[]>> = {
  promql: ['metrics'],
  logql: ['logs'],
  traceql: ['traces'],
}

const collect: () => void = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
})()

function heldMib(): number {
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

async function asCaller(language: Language, most: number, seed: number, asking: Asking) {
  const dice = new Dice(seed * 7 + language.length)
  let asked = 0
  const work = async () => {
    while (asked < most) {
      asked++
      asking.figures.queries++
      const ask = generators[language](dice)
      const isTiny = dice.chance(0.12)
      const limits = isTiny ? tinyLimits : usualLimits
      const isCompared = !isTiny && dice.chance(asking.options.compared_share)
      const faults = await judged(ask, limits, isCompared, asking)
      const heap_mib = process.memoryUsage().heapUsed / 2 ** 20
      asking.figures.heap_peak_mib = Math.max(asking.figures.heap_peak_mib, heap_mib)
      if (faults.length > 0) report(ask, faults, seed, isTiny, asking)
    }
  }
  await Promise.all(Array.from({ length: at_once }, work))
}

const isEmpty = /"(?:result|data|hits|values|traces|series|rows|tag\w+)":(?:\[\]|\{\})/

function count({ status, text }: Asked, figures: Figures): void {
  if (status === 200) {
    figures.answered++
    if (isEmpty.test(text)) figures.empty++
    return
  }
  const words = /"(?:error|reason|msg|message)":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text
  const plain = words
    .replace(/\\n|Found 1 problem|line \d+:\d+:/g, ' ')
    .replace(/\\?["'`[(].*?["'`\])]/g, '…')
  const reason = `${status} ${plain.trim().slice(0, 60)}`
  figures.refused.set(reason, (figures.refused.get(reason) ?? 0) + 1)
}

function report(
  ask: Ask,
  faults: readonly string[],
  seed: number,
  isTiny: boolean,
  asking: Asking,
): void {
  asking.figures.failures++
  const limits = isTiny ? ', tiny limits' : ''
  const head = `${ask.language} ${ask.kind}, caller ${JSON.stringify(asking.scope)}, seed ${seed}`
  asking.options.fail(
    [`FAIL ${head}${limits}`, ask.query, ask.sent.slice(0, 3_000), ...faults, ''].join('\n    '),
  )
}

async function timed(ask: Ask, context: QueryContext) {
  const began_ms = performance.now()
  const watched = await watching(() => ask.answer(context))
  return { ...watched, took_ms: performance.now() - began_ms }
}

async function judged(
  ask: Ask,
  limits: QueryLimits,
  isCompared: boolean,
  asking: Asking,
): Promise<string[]> {
  const { rig, scope, figures } = asking
  const faults: string[] = []
  const unprinted = ask.language_of && fixpointFault(ask.language_of, ask.query)
  if (unprinted !== undefined) faults.push(`no fixpoint: ${unprinted}`)
  let answer: Asked
  try {
    let watched = await timed(ask, rig.context(scope, limits))
    // Other work on the machine may have been in the way once.
    if (watched.took_ms > slow_ms_max) watched = await timed(ask, rig.context(scope, limits))
    const { took_ms } = watched
    answer = watched.answer
    if (took_ms > figures.slowest_ms) {
      figures.slowest_ms = took_ms
      figures.slowest = `${ask.kind} ${ask.query || ask.sent}`.slice(0, 400)
    }
    if (took_ms > slow_ms_max) faults.push(`took ${Math.round(took_ms)} ms`)
    count(answer, figures)
    faults.push(...faultsOf(ask, answer, { scope, limits, refused: watched.refused }))
  } catch (error) {
    return [...faults, `threw ${(error as Error).stack}`]
  }
  if (isCompared && ask.isComparable) faults.push(...(await compared(ask, answer, limits, asking)))
  return faults
}

/** What he is told who may see everything where there is only what the caller may see. */
async function compared(ask: Ask, answer: Asked, limits: QueryLimits, asking: Asking) {
  const { oracle, figures } = asking
  const expected = await ask.answer(oracle.context(everything, limits)).catch(() => undefined)
  if (expected === undefined) return ['the same of the store without the others threw']
  if (isPatient(answer.status) || isPatient(expected.status)) return []
  figures.compared++
  if (answer.status !== expected.status) {
    const [got, wanted] = [answer, expected].map(({ text }) => text.slice(0, 300))
    return [
      `status ${answer.status} (${got}) and without the others ${expected.status} (${wanted})`,
    ]
  }
  const found = difference(answer.text, expected.text)
  return found === undefined ? [] : [`DIFFERS: ${found}`]
}
