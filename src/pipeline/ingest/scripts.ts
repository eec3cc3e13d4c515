/** Conditions and scripts of pipelines: compiled as Painless, told in the words of ingest. */
import type { DocumentMap } from '../document.ts'
import {
  compileCondition,
  compileScript,
  PainlessError,
  PainlessFailure,
} from '../painless/compile.ts'
import type { IngestRun } from './ingest-run.ts'
import type { ProcessorOptions } from './options.ts'
import { ProcessorFailure } from './pipeline-refused.ts'

type Clock = { now: () => number }

export function compileIf(source: string, options: ProcessorOptions): (run: IngestRun) => boolean {
  const clock: Clock = { now: Date.now }
  const holds = compiled('if', source, options, clock, compileCondition)
  return withRun(source, clock, (run) => holds({ ctx: run.ctx }))
}

export function compileBody(
  property: string,
  source: string,
  params: DocumentMap,
  options: ProcessorOptions,
): (run: IngestRun) => unknown {
  const clock: Clock = { now: Date.now }
  const body = compiled(property, source, options, clock, compileScript)
  return withRun(source, clock, (run) => body({ ctx: run.ctx, params }))
}

function compiled<T>(
  property: string,
  source: string,
  options: ProcessorOptions,
  clock: Clock,
  compile: (source: string, clocks: Clock) => T,
): T {
  try {
    return compile(source, { now: () => clock.now() })
  } catch (error) {
    if (!(error instanceof PainlessError)) throw error
    const { message, line, column } = error.problem
    const place = { type: 'script_exception', position: { line, column } } as const
    return options.refuse(property, `compile error: ${message}`, place)
  }
}

/** A script that speaks of `ctx._ingest` finds it there while it runs. */
function withRun<T>(
  source: string,
  clock: Clock,
  act: (run: IngestRun) => T,
): (run: IngestRun) => T {
  const guarded = (run: IngestRun) => {
    clock.now = () => run.environment.now_ms()
    try {
      return act(run)
    } catch (error) {
      if (!(error instanceof PainlessFailure)) throw error
      const { type, message: reason } = error
      throw new ProcessorFailure('runtime error', 'script_exception', { type, reason })
    }
  }
  if (!source.includes('_ingest')) return guarded
  return (run) => {
    run.timestamp()
    run.ctx.set('_ingest', run.ingest)
    try {
      return guarded(run)
    } finally {
      run.ctx.delete('_ingest')
    }
  }
}
