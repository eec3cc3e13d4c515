/**
 * Asks the server a question of a page's contract, and tells how the asking goes. One POST a panel;
 * answers are cached by question and ask. Who may ask and how it is answered is the server's.
 */
import { keepPreviousData, QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import type { FaultAnswer } from '../../model/faults.ts'
import type { Question } from '../../model/question.ts'
import { send } from './send.ts'

/** A fault as the screen shows it; `code` may be one of ours alone: unreachable or stopped. */
export type FaultShown = Omit<FaultAnswer, 'code'> & { code: string }

/** Thrown by send(): carries the fault that the server, or the lack of one, gave. */
export class Refused extends Error {
  readonly fault: FaultShown

  constructor(fault: FaultShown) {
    super(fault.says)
    this.fault = fault
  }
}

export const answers = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: (failures) => 500 * 2 ** failures,
      staleTime: 5_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
    },
  },
})

export type Asked<Answer> = {
  status: 'loading' | 'failed' | 'done'
  answer: Answer | undefined
  fault: FaultShown | undefined
  /** Asking now, whether or not an earlier answer is on the screen. */
  is_fetching: boolean
  /** The answer on the screen is to an earlier ask, shown until this one's arrives. */
  is_earlier: boolean
  took_ms: number | undefined
  refetch: () => void
  stop: () => void
}

export type AskOptions = {
  /** Asks again this often, in ms. */
  refresh_ms?: number | undefined
  /** false: do not ask yet. */
  enabled?: boolean | undefined
  /** false: forget the earlier answer when the ask changes (another trace, another service). */
  keep?: boolean | undefined
}

export function useAsk<Ask, Answer>(
  question: Question<Ask, Answer>,
  ask: Partial<Ask>,
  options: AskOptions = {},
): Asked<Answer> {
  const client = useQueryClient()
  const key = [question.name, ask]
  const [stoppedKey, setStoppedKey] = useState<string>()
  const result = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => askServer(question, ask, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.refresh_ms ?? false,
    ...(options.keep === false ? {} : { placeholderData: keepPreviousData }),
  })
  const isStopped = stoppedKey === JSON.stringify(key) && !result.isFetching
  const stop = () => {
    setStoppedKey(JSON.stringify(key))
    client.cancelQueries({ queryKey: key, exact: true })
  }
  const { refetch: askAgain } = result
  const refetch = useCallback(() => {
    setStoppedKey(undefined)
    askAgain()
  }, [askAgain])
  const fault = faultOf(result.error) ?? (isStopped && !result.data ? stoppedFault : undefined)
  return {
    status: fault !== undefined ? 'failed' : result.data === undefined ? 'loading' : 'done',
    answer: result.data?.answer,
    fault,
    is_fetching: result.isFetching,
    is_earlier: result.isPlaceholderData,
    took_ms: result.data?.took_ms,
    refetch,
    stop,
  }
}

/** Asks outside of a component: completion, "load more", a jump. */
export async function askOnce<Ask, Answer>(
  question: Question<Ask, Answer>,
  ask: Partial<Ask>,
  signal?: AbortSignal,
): Promise<Answer> {
  const queryFn = () => askServer(question, ask, signal)
  const result = await answers.fetchQuery({ queryKey: [question.name, ask], queryFn })
  return result.answer
}

async function askServer<Ask, Answer>(
  question: Question<Ask, Answer>,
  ask: Partial<Ask>,
  signal: AbortSignal | undefined,
): Promise<{ answer: Answer; took_ms: number }> {
  const started_ms = performance.now()
  const body = { question: question.name, ask }
  const { answer } = await send<{ answer: Answer }>('POST', '/api/ask', body, signal)
  return { answer, took_ms: performance.now() - started_ms }
}

const stoppedFault: FaultShown = {
  code: 'stopped',
  says: 'ui.stopped.says',
  do: 'ui.stopped.do',
  details: {},
}

function faultOf(error: unknown): FaultShown | undefined {
  if (error === null || error === undefined) return undefined
  if (error instanceof Refused) return error.fault
  return { code: 'client', says: String(error), do: 'ui.client.do', details: {} }
}

/** Worth a silent second try: the store restarts, or too many ask at once. */
function isPassing(error: unknown): boolean {
  return error instanceof Refused && ['store_unavailable', 'query_busy'].includes(error.fault.code)
}
