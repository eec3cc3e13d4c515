/** Agents, policies and tokens as the server knows them: reading them live, and changing them. */
import { useQuery } from '@tanstack/react-query'
import type { Policy } from '../../model/policy.ts'
import { type Asked, answers, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'
import type {
  AgentShown,
  AgentsAnswer,
  Commands,
  EnrolmentTokenShown,
  PolicyShown,
  PolicyWhole,
  Reach,
} from './contract.ts'

const root = '/api/fleet'

/** In the form that panels draw; asked again every so often. */
function useRead<Answer>(path: string, refresh_ms: number | ((now?: Answer) => number)) {
  const key = ['fleet', path]
  const result = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => send<Answer>('GET', `${root}/${path}`, undefined, signal),
    refetchInterval: (query) =>
      typeof refresh_ms === 'number' ? refresh_ms : refresh_ms(query.state.data),
  })
  const fault = result.error instanceof Refused ? result.error.fault : undefined
  return {
    status: fault !== undefined ? 'failed' : result.data === undefined ? 'loading' : 'done',
    answer: result.data,
    fault,
    is_fetching: result.isLoading,
    is_earlier: false,
    took_ms: undefined,
    refetch: () => void result.refetch(),
    stop: () => void answers.cancelQueries({ queryKey: key }),
  } satisfies Asked<Answer>
}

export const useAgents = (refresh_ms = 5_000) => useRead<AgentsAnswer>('agents', refresh_ms)
export const usePolicies = () =>
  useRead<{ policies: PolicyShown[] }>('policies', (now) =>
    now?.policies.some((one) => one.rollout !== undefined) ? 1_000 : 10_000,
  )
/** Followed closely while it rolls out. */
export const usePolicy = (id: string) =>
  useRead<PolicyWhole>(`policies/${encodeURIComponent(id)}`, (now) =>
    now?.rollout === undefined ? 5_000 : 700,
  )
export const useTokens = () => useRead<{ tokens: EnrolmentTokenShown[] }>('tokens', 10_000)
export const useReach = () => useRead<Reach>('reach', 60_000)

/** Everything that is shown is read again. */
function reread(): void {
  void answers.invalidateQueries({ queryKey: ['fleet'] })
}

async function changed<Answer>(asking: Promise<Answer>): Promise<Answer> {
  const answer = await asking
  reread()
  return answer
}

type About = { name: string; description: string; unenroll_after_s: number }
const policyPath = (id: string) => `${root}/policies/${encodeURIComponent(id)}`

export const createPolicy = (about: About, document: Policy) =>
  changed(send<PolicyWhole>('POST', `${root}/policies`, { ...about, document }))
export const describePolicy = (id: string, about: About) =>
  changed(send<PolicyWhole>('POST', policyPath(id), about))
export const publishPolicy = (id: string, base: number, document: unknown, note: string) =>
  changed(send<PolicyWhole>('POST', `${policyPath(id)}/revisions`, { base, document, note }))
export const restoreRevision = (id: string, revision: number) =>
  changed(send<PolicyWhole>('POST', `${policyPath(id)}/restore`, { revision }))
export const steerRollout = (id: string, act: 'pause' | 'resume' | 'put_back') =>
  changed(send<PolicyWhole>('POST', `${policyPath(id)}/rollout`, { act }))
export const removePolicy = (id: string) => changed(send('DELETE', policyPath(id)))

export type NewToken = {
  name: string
  policy_id: string
  cluster: string
  ttl_hours: number | null
  uses_max: number | null
}
export const createToken = (asked: NewToken) =>
  changed(send<{ id: string; token: string; created_ms: number }>('POST', `${root}/tokens`, asked))
export const commandsFor = (asked: {
  address: string
  ingest: string
  token: string
  cluster: string
}) => send<Commands>('POST', `${root}/manifest`, asked)

const agentPath = (id: string) => `${root}/agents/${encodeURIComponent(id)}`
export const changeAgent = (id: string, change: { policy_id?: string; tags?: string[] }) =>
  changed(send<AgentShown>('POST', agentPath(id), change))

/** At once, and told when it is done: who was put out must not send for another moment. */
export function unenrolAgent({ id, name }: AgentShown): void {
  const done = () => toast({ text: t('fleet.agent.unenrolled', { name }) })
  void tell(name, send('DELETE', agentPath(id)).then(done))
}

export function revokeToken({ id, name }: EnrolmentTokenShown): void {
  const done = () => toast({ text: t('fleet.tokens.revoke_done', { name }) })
  void tell(name, send('DELETE', `${root}/tokens/${encodeURIComponent(id)}`).then(done))
}

/** Says in a toast what a button without a form could not do. */
export async function tell(name: string, acting: Promise<unknown>): Promise<void> {
  try {
    await acting
  } catch (error) {
    const says = error instanceof Refused ? error.fault.says : String(error)
    toast({ text: t('fleet.failed', { name, says }), tone: 'bad' })
  }
  reread()
}
