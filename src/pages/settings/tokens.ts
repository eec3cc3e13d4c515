/** Ingest tokens as the server knows them: reading, creating, revoking. */
import { useQuery } from '@tanstack/react-query'
import { type Asked, answers, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'

export type Token = {
  id: string
  name: string
  cluster: string
  created_ms: number
  last_used_ms: number | null
  revoked_ms: number | null
}
export type NewToken = { id: string; token: string }

const key = ['tokens']

/** In the form that panels draw. */
export function useTokens(): Asked<Token[]> {
  const result = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const { tokens } = await send<{ tokens: Token[] }>('GET', '/api/tokens', undefined, signal)
      return tokens
    },
    refetchInterval: 15_000,
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

export async function createToken(name: string, cluster: string): Promise<NewToken> {
  const made = await send<NewToken>('POST', '/api/tokens', { name, cluster })
  answers.invalidateQueries({ queryKey: key })
  return made
}

/** Shown as revoked at once, sent when the time to undo has passed. */
export function revokeToken(token: Token): void {
  const show = (revoked_ms: number | null) =>
    answers.setQueryData(key, (tokens: Token[] | undefined) =>
      tokens?.map((one) => (one.id === token.id ? { ...one, revoked_ms } : one)),
    )
  show(Date.now())
  toast({
    text: t('settings.tokens.revoking', { name: token.name }),
    undo: () => show(null),
    done: async () => {
      try {
        await send('DELETE', `/api/tokens/${encodeURIComponent(token.id)}`)
      } catch (error) {
        const says = error instanceof Refused ? error.fault.says : String(error)
        toast({ text: t('settings.tokens.revoke_failed', { name: token.name, says }), tone: 'bad' })
      }
      answers.invalidateQueries({ queryKey: key })
    },
  })
}

/** The variables of the OpenTelemetry specification for a sender with this token. */
export function environmentFor(token: string, cluster: string, origin: string): string {
  const { protocol, hostname } = new URL(origin)
  return [
    `OTEL_EXPORTER_OTLP_ENDPOINT=${protocol}//${hostname}:4318`,
    'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    `OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20${token}`,
    `OTEL_RESOURCE_ATTRIBUTES=k8s.cluster.name=${cluster}`,
    'OTEL_SERVICE_NAME=my-service',
  ].join('\n')
}
