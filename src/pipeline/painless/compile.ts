/**
 * Painless, the subset that pipelines are written in: a text becomes a function, or is refused with
 * the place. What differs: integers of `def` are as long as a long (declared ints wrap); a whole
 * double read from a document is an integer; HashMap and HashSet keep the order of insertion; a
 * list in a set is itself, not its items; functions see `ctx`; formatters of dates, BigInteger and
 * sorted collections are refused; regular expressions are RE2's. Nothing of JavaScript is reached:
 * methods come from tables, keys live in Maps.
 */
import type { DocumentMap, DocumentValue } from '../document.ts'
import { truth } from './arguments.ts'
import { type Program, scriptOf } from './emit-statement.ts'
import { Meter } from './meter.ts'
import { parseScript } from './parse-statement.ts'
import { PainlessError, PainlessFailure } from './problem.ts'
import { Frame } from './scope.ts'
import { settle, settled } from './settle.ts'
import type { Value, ValueMap } from './values.ts'

export { PainlessError, PainlessFailure, type PainlessProblem } from './problem.ts'

export type Variables = { ctx: DocumentMap; params?: DocumentMap | undefined }
/** `now` is what System.currentTimeMillis() says; `clock` times the matching. Both in ms. */
export type Clocks = { now?: () => number; clock?: () => number }

export function compileCondition(
  source: string,
  clocks: Clocks = {},
): (variables: Variables) => boolean {
  const run = runner(source, clocks, 'def')
  return (variables) => {
    // A path without a return answers false, as in Painless.
    const { ended, result } = run(variables)
    return ended ? truth(result) : false
  }
}

export function compileScript(
  source: string,
  clocks: Clocks = {},
): (variables: Variables) => DocumentValue | undefined {
  const run = runner(source, clocks, 'def')
  return (variables) => {
    const { ended, result } = run(variables)
    if (!ended) return undefined
    return settled(result, paramsOf(variables)) as DocumentValue | undefined
  }
}

const noParams: ValueMap = new Map()

function paramsOf(variables: Variables): ValueMap {
  return (variables.params as ValueMap | undefined) ?? noParams
}

function runner(source: string, { now = Date.now, clock = timer }: Clocks, type: string) {
  const program = compiled(source, type)
  const slots = program.slots()
  return (variables: Variables): { ended: boolean; result: Value } => {
    const meter = new Meter(now, clock)
    const params = paramsOf(variables)
    const empty = slots === 0 ? [] : new Array<Value>(slots).fill(null)
    const frame = new Frame(empty, meter, variables.ctx as ValueMap, params)
    let failed = true
    try {
      const ended = program.act(frame) === 3
      failed = false
      return { ended, result: frame.result }
    } catch (error) {
      throw failureOf(error)
    } finally {
      if (meter.untidy) tidied(frame, failed)
    }
  }
}

/** The failure of the run itself goes before one of what it left behind. */
function tidied(frame: Frame, failed: boolean): void {
  const failure = settle(frame.ctx, frame.params)
  if (failure !== undefined && !failed) throw failure
}

function timer(): number {
  return performance.now()
}

function failureOf(error: unknown): PainlessFailure {
  if (error instanceof PainlessFailure) return error
  if (error instanceof RangeError) {
    return new PainlessFailure('script_exception', 'the script exceeded the stack or a size', true)
  }
  // A fault of ours must not cost the records beside this one.
  return new PainlessFailure('script_exception', `internal: ${String(error)}`, true)
}

function compiled(source: string, type: string): Program {
  try {
    return scriptOf(parseScript(source), source, type)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new PainlessError(source, 0, 'the script is nested too deeply')
  }
}
