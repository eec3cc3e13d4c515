/** The variables of the dashboard on screen: asked for in their order, chosen by the address. */
import { type QueryClient, useQueries, useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import type { RangeAsk } from '../../model/question.ts'
import { askOnce } from '../../ui/ask/ask.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { useQuery } from '../../ui/url/location.ts'
import { queryRun, queryWords } from '../explore/contract.ts'
import { chosenIn } from './addresses.ts'
import type { Variable } from './contract.ts'
import { stepFor } from './durations.ts'
import { type Chosen, type Chosens, type Replacing, replaced } from './replace.ts'
import { asSeries } from './series.ts'
import { chosenOf, inOrder, needs, type Option, optionsOf, wordsOfRun } from './variables.ts'

export type VariableNow = {
  variable: Variable
  chosen: Chosen
  options: readonly Option[]
  is_loading: boolean
  has_failed: boolean
}
export type VariablesNow = {
  all: readonly VariableNow[]
  chosens: Chosens
  /** Panels wait for the first answers: an empty variable would ask for nothing. */
  is_ready: boolean
}

type Source = NonNullable<Variable['source']>
type Plan = VariableNow & { key: readonly unknown[]; ask: () => Promise<string[]>; isDue: boolean }

/** Choices change slowly: a refresh of the panels does not ask for them again. */
const coarse_ms = 300_000

export function useVariables(variables: readonly Variable[]): VariablesNow {
  const range = coarse(useRangeAsk())
  const asked = chosenIn(useQuery())
  const client = useQueryClient()
  const last = useRef(new Map<string, readonly string[]>())
  const ordered = useMemo(() => inOrder(variables), [variables])
  const plans = plansOf(ordered, { range, asked, client, last: last.current })
  useQueries({
    queries: plans
      .filter(({ variable }) => variable.kind === 'query')
      .map(({ key, ask, isDue }) => ({
        ...{ queryKey: key, queryFn: ask, enabled: isDue, staleTime: coarse_ms, retry: false },
      })),
  })
  const all = variables.flatMap((one) => plans.find(({ variable }) => variable === one) ?? [])
  const key = JSON.stringify(all.map(({ variable, chosen }) => [variable.name, chosen]))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that counts.
  const chosens = useMemo<Chosens>(
    () => new Map(all.map(({ variable, chosen }) => [variable.name, chosen])),
    [key],
  )
  return { all, chosens, is_ready: all.every(({ is_loading }) => !is_loading) }
}

function coarse(range: RangeAsk): RangeAsk {
  const from_ms = Math.floor(range.from_ms / coarse_ms) * coarse_ms
  return { ...range, from_ms, to_ms: Math.ceil(range.to_ms / coarse_ms) * coarse_ms }
}

type Needs = {
  range: RangeAsk
  asked: ReadonlyMap<string, readonly string[]>
  client: QueryClient
  last: Map<string, readonly string[]>
}

/** Each is asked for when those it needs are known: their answers are in the cache by then. */
function plansOf(ordered: readonly Variable[], { range, asked, client, last }: Needs): Plan[] {
  const known = new Map<string, Chosen>()
  const names = new Set(ordered.map(({ name }) => name))
  return ordered.map((variable) => {
    const { name, source } = variable
    const isQuery = variable.kind === 'query' && source !== undefined
    const isDue = needs(variable).every((one) => known.has(one) || !names.has(one))
    const filled = isQuery ? filledIn(source, known, range) : undefined
    const key = ['dashboards.variable', filled, range]
    const state = isQuery ? client.getQueryState<string[]>(key) : undefined
    const words = state?.data ?? last.get(name)
    if (state?.data !== undefined) last.set(name, state.data)
    const has_failed = state?.status === 'error'
    const options = optionsOf(variable, words ?? [])
    const chosen = chosenOf(variable, options, asked.get(name))
    const is_loading = isQuery && words === undefined && !has_failed
    if (!is_loading) known.set(name, chosen)
    const ask = () => (filled === undefined ? Promise.resolve([]) : wordsOf(filled, range))
    return { variable, chosen, options, is_loading, has_failed, key, ask, isDue }
  })
}

function filledIn(source: Source, variables: Chosens, range: RangeAsk): Source {
  const step_ms = stepFor(range.to_ms - range.from_ms, 100)
  const now: Replacing = { variables, from_ms: range.from_ms, to_ms: range.to_ms, step_ms }
  const fill = (text: string) => replaced(text, now, source.language)
  const { label, selector, query } = source
  return { ...source, label: fill(label), selector: fill(selector), query: fill(query) }
}

async function wordsOf(source: Source, range: RangeAsk): Promise<string[]> {
  const { language, of, label, selector, query, shape } = source
  if (of === 'query') {
    const ask = { ...range, language, query, mode: 'instant' as const, rows_max: 1000 }
    const run = await askOnce(queryRun, shape === undefined ? ask : { ...ask, shape })
    const isSamples = language !== 'search' && language !== 'esql'
    return wordsOfRun(isSamples ? asSeries(run, range.to_ms) : run, label)
  }
  const prefix = ''
  const answer = await askOnce(queryWords, { ...range, language, of, label, selector, prefix })
  return answer.word
}
