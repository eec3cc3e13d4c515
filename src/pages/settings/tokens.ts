/** Ingest and read tokens as the server knows them: reading, creating, revoking. */
import { useQuery } from '@tanstack/react-query'
import { type Asked, answers, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'

export type AnyToken = {
  id: string
  name: string
  created_ms: number
  last_used_ms: number | null
  revoked_ms: number | null
}
export type Token = AnyToken & { cluster: string }
export type NewToken = { id: string; token: string }

/** What a tool that reads may see, as the server's Scope. */
export type ReadScope = Record<'clusters' | 'namespaces' | 'classes', 'all' | string[]>
export type ReadToken = AnyToken & { scope: ReadScope }

export type TokenPath = '/api/tokens' | '/api/read-tokens'

export const useTokens = () => useTokensAt<Token>('/api/tokens')
export const useReadTokens = () => useTokensAt<ReadToken>('/api/read-tokens')

/** In the form that panels draw. */
function useTokensAt<One extends AnyToken>(path: TokenPath): Asked<One[]> {
  const key = [path]
  const result = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const { tokens } = await send<{ tokens: One[] }>('GET', path, undefined, signal)
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

export function createToken(name: string, cluster: string): Promise<NewToken> {
  return create('/api/tokens', { name, cluster })
}

export function createReadToken(name: string, scope: ReadScope): Promise<NewToken> {
  return create('/api/read-tokens', { name, scope })
}

async function create(path: TokenPath, body: object): Promise<NewToken> {
  const made = await send<NewToken>('POST', path, body)
  answers.invalidateQueries({ queryKey: [path] })
  return made
}

/** Shown as revoked at once, sent when the time to undo has passed. */
export function revokeToken(token: AnyToken, path: TokenPath): void {
  const key = [path]
  const show = (revoked_ms: number | null) =>
    answers.setQueryData(key, (tokens: AnyToken[] | undefined) =>
      tokens?.map((one) => (one.id === token.id ? { ...one, revoked_ms } : one)),
    )
  show(Date.now())
  toast({
    text: t('settings.tokens.revoking', { name: token.name }),
    undo: () => show(null),
    done: async () => {
      try {
        await send('DELETE', `${path}/${encodeURIComponent(token.id)}`)
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

/** What the form says, as a scope: nothing written means everywhere. */
export function readScopeOf(
  clusters: string,
  namespaces: string,
  classes: readonly string[],
  classes_count: number,
): ReadScope {
  const listed = (text: string) => {
    const words = text.split(/[\s,]+/).filter((word) => word !== '')
    return words.length === 0 ? 'all' : words
  }
  return {
    clusters: listed(clusters),
    namespaces: listed(namespaces),
    classes: classes.length === classes_count ? 'all' : [...classes],
  }
}

/** Addresses for data sources of other tools; the token is the password of Basic authentication. */
export function dataSourcesAt(origin: string): string {
  return [
    `Prometheus     ${origin}/prometheus`,
    `Loki           ${origin}`,
    `Tempo          ${origin}/tempo`,
    `Jaeger         ${origin}/jaeger`,
    `Elasticsearch  ${origin}/elastic`,
  ].join('\n')
}
