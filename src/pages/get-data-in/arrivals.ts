/** Where senders reach the server and what came in from them, asked every two seconds. */
import { useQuery } from '@tanstack/react-query'
import { type Asked, answers, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import type { DataIn } from './data-in.ts'

const key = ['get-data-in']

export function useDataIn(): Asked<DataIn> {
  const result = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => send<DataIn>('GET', '/api/get-data-in', undefined, signal),
    refetchInterval: 2_000,
  })
  const fault = result.error instanceof Refused ? result.error.fault : undefined
  return {
    status: fault !== undefined ? 'failed' : result.data === undefined ? 'loading' : 'done',
    answer: result.data,
    fault,
    is_fetching: result.isLoading,
    is_earlier: false,
    took_ms: undefined,
    refetch: () => result.refetch(),
    stop: () => answers.cancelQueries({ queryKey: key }),
  }
}

export type NewToken = { id: string; token: string }

export function createToken(name: string, cluster: string): Promise<NewToken> {
  return send<NewToken>('POST', '/api/tokens', { name, cluster })
}
