/** Stores of the fuzz on real engines; what an engine refuses of a question is kept beside it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Fault } from '../../src/model/faults.ts'
import { everything, type Scope } from '../../src/model/question.ts'
import { type QueryContext, type QueryLimits, queryLimits } from '../../src/query/context.ts'
import { sampledSignals, sampleValues } from '../../src/store/field-values.ts'
import { edgesOfMinute } from '../../src/store/service-edges.ts'
import type { Store } from '../../src/store/store.ts'
import { openFixtureStore } from '../store/fixture-store.ts'
import { arrived_ms, exitMinutes, now_ms, rowsFor } from './rows.ts'

/** What the engine said of statements that were made of a question. */
const refusals = new AsyncLocalStorage<string[]>()

export type Rig = {
  context(scope: Scope, limits: QueryLimits): QueryContext
  close(): Promise<void>
}

export const usualLimits: QueryLimits = {
  ...queryLimits,
  timeout_ms: 5_000,
  series_max: 5_000,
  samples_max: 2_000_000,
}
export const tinyLimits: QueryLimits = {
  timeout_ms: 5_000,
  series_max: 4,
  samples_max: 300,
  points_max: 12,
  rows_max: 3,
}

/** A store with all that the caller may see, and nothing else. */
export async function openRig(scope: Scope = everything): Promise<Rig> {
  const fixture = await openFixtureStore()
  for (const { table, rows } of rowsFor(scope)) await fixture.add(table, rows)
  await summarise(fixture.store)
  const store = watched(fixture.store)
  return {
    context: (seen, limits) => ({ store, scope: seen, now_ms, limits }),
    close: () => fixture.close(),
  }
}

/** What the store's own jobs would have written by and by, in as few statements as can be. */
async function summarise(store: Store): Promise<void> {
  const [from_ms, to_ms] = [arrived_ms, arrived_ms + 1_000]
  for (const signal of sampledSignals) {
    await store.command(sampleValues(signal, from_ms, to_ms, 1))
  }
  for (const minute of exitMinutes) await store.command(edgesOfMinute(minute, now_ms))
}

/** Runs the question and tells what the engine refused meanwhile. */
export async function watching<Answer>(ask: () => Promise<Answer>) {
  const refused: string[] = []
  const answer = await refusals.run(refused, ask)
  return { answer, refused }
}

function watched(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const result = value.apply(target, args)
        if (result instanceof Promise) result.catch(note)
        return result
      }
    },
  })
}

function note(error: unknown): void {
  if (!(error instanceof Fault) || error.code !== 'query_failed') return
  const { cause } = error as Error
  refusals.getStore()?.push(String((cause as Error | undefined)?.message ?? error.message))
}
