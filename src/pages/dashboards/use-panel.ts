/** What a panel's queries are answered: with variables filled in, and only while it is seen. */
import { keepPreviousData, useQueries, useQueryClient } from '@tanstack/react-query'
import { type RefObject, useEffect, useMemo, useState } from 'react'
import { type Asked, type FaultShown, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { type QueryRun, queryRun } from '../explore/contract.ts'
import type { PanelModel, PanelQuery } from './contract.ts'
import { durationOf, stepFor } from './durations.ts'
import { type Chosens, type Replacing, replaced } from './replace.ts'
import { asSeries, type Ran } from './series.ts'

export type PanelAnswer = {
  rans: readonly Ran[]
  /** Faults of some queries while others were answered, and what languages warn of. */
  warnings: readonly string[]
  is_capped: boolean
}

export type PanelNow = {
  asked: Asked<PanelAnswer>
  /** For titles, markdown and links. */
  replacing: Replacing
  /** The queries as they were asked. */
  queries: readonly PanelQuery[]
}

const sampleLanguages: readonly PanelQuery['language'][] = ['promql', 'logql', 'traceql']
const points_least = 60
const rows_max_of: Partial<Record<PanelModel['kind'], number>> = { logs: 200, table: 1_000 }

type Needs = { variables: Chosens; is_enabled: boolean; width: number }

export function usePanel(panel: PanelModel, needs: Needs): PanelNow {
  const { variables, is_enabled, width } = needs
  const range = useRangeAsk()
  const client = useQueryClient()
  // Points closer than four pixels tell nothing more.
  const points = Math.max(points_least, Math.min(480, Math.round(width / 4 / 60) * 60))
  const least = panel.queries.map((one) => leastStep(one, variables, range))
  const length_ms = range.to_ms - range.from_ms
  const step_ms = stepFor(length_ms, points, Math.max(0, ...least))
  const replacing = useMemo<Replacing>(
    () => ({ variables, from_ms: range.from_ms, to_ms: range.to_ms, step_ms }),
    [variables, range.from_ms, range.to_ms, step_ms],
  )
  const queries = useMemo(() => filled(panel, replacing), [panel, replacing])
  const asks = queries.map((query) => {
    const { language, query: text, mode, shape } = query
    const rows_max = rows_max_of[panel.kind] ?? 500
    const ask = { ...range, language, query: text, mode, step_ms, points_max: 11_000, rows_max }
    return shape === undefined ? ask : { ...ask, shape }
  })
  const keys = asks.map((ask) => [queryRun.name, ask])
  const results = useQueries({
    queries: asks.map((ask, at) => ({
      queryKey: keys[at] ?? [],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const body = { question: queryRun.name, ask }
        return send<{ answer: QueryRun }>('POST', '/api/ask', body, signal)
      },
      enabled: is_enabled,
      placeholderData: keepPreviousData,
      // What is wrong with a query is not better a second time.
      retry: false,
    })),
  })
  const answer = answerOf(queries, results, range.to_ms)
  const fault = results.length > 0 && answer === undefined ? firstFault(results) : undefined
  const asked: Asked<PanelAnswer> = {
    status: fault !== undefined ? 'failed' : answer === undefined ? 'loading' : 'done',
    answer,
    fault,
    is_fetching: is_enabled && results.some((one) => one.isFetching),
    is_earlier: results.some((one) => one.isPlaceholderData),
    took_ms: undefined,
    refetch: () => {
      for (const one of results) void one.refetch()
    },
    stop: () => {
      for (const queryKey of keys) void client.cancelQueries({ queryKey, exact: true })
    },
  }
  return { asked, replacing, queries }
}

function leastStep(
  query: PanelQuery,
  variables: Chosens,
  range: { from_ms: number; to_ms: number },
) {
  const text = replaced(query.min_step, { variables, ...range, step_ms: 0 })
  return durationOf(text) ?? 0
}

function filled(panel: PanelModel, replacing: Replacing): PanelQuery[] {
  return panel.queries
    .filter(({ is_hidden }) => !is_hidden)
    .map((query) => {
      const sample_ms = durationOf(replaced(query.min_step, replacing))
      const now = sample_ms === undefined ? replacing : { ...replacing, sample_ms }
      return {
        ...query,
        query: replaced(query.query, now, query.language),
        legend: replaced(query.legend, now),
      }
    })
}

type Result = { data: { answer: QueryRun } | undefined; error: Error | null; isPending: boolean }

/** Undefined until all were heard of, or when none was answered. */
function answerOf(
  queries: readonly PanelQuery[],
  results: readonly Result[],
  to_ms: number,
): PanelAnswer | undefined {
  if (results.some((one) => one.data === undefined && one.error === null)) return undefined
  const rans = queries.flatMap((query, at): Ran[] => {
    const run = results[at]?.data?.answer
    if (run === undefined || results[at]?.error != null) return []
    const isSamples = sampleLanguages.includes(query.language)
    return [{ query, run: isSamples ? asSeries(run, to_ms) : run }]
  })
  if (rans.length === 0 && results.length > 0) return undefined
  const faults = results.flatMap((one, at) =>
    one.error === null ? [] : [`${queries[at]?.ref}: ${faultOf(one.error).says}`],
  )
  return {
    rans,
    warnings: [...faults, ...new Set(rans.flatMap(({ run }) => run.warnings))],
    is_capped: rans.some(({ run }) => run.capped),
  }
}

function firstFault(results: readonly Result[]): FaultShown | undefined {
  const failed = results.find((one) => one.error !== null)
  return failed?.error == null ? undefined : faultOf(failed.error)
}

function faultOf(error: Error): FaultShown {
  if (error instanceof Refused) return error.fault
  return { code: 'client', says: String(error), do: 'ui.client.do', details: {} }
}

/** Whether an element is on the screen, or nearly. */
export function useIsSeen(element: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (element.current === null) return
    const options = { rootMargin: '120px' }
    const watch = ([entry]: IntersectionObserverEntry[]) => setSeen(entry?.isIntersecting === true)
    const observer = new IntersectionObserver(watch, options)
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return isSeen
}

export type Size = { width: number; height: number }

export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 })
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {}
      setSize({ width: Math.floor(width), height: Math.floor(height) })
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return size
}
