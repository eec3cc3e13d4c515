/** Settings of APM agents as the server knows them: reading, saving, deleting. */
import { useQuery } from '@tanstack/react-query'
import { type Asked, answers, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'
import type { AgentConfigShown, ApmAgentsAnswer } from './contract.ts'

const key = ['apm-agents']
const path = '/api/apm-agents'

export function useApmAgents(): Asked<ApmAgentsAnswer> {
  const result = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => send<ApmAgentsAnswer>('GET', path, undefined, signal),
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

export type ConfigSaved = Pick<
  AgentConfigShown,
  'service' | 'environment' | 'agent_name' | 'settings'
>

export async function saveConfig(config: ConfigSaved): Promise<void> {
  await send('PUT', path, config)
  await answers.invalidateQueries({ queryKey: key })
}

/** Gone from the list at once, and from the server when the time to undo has passed. */
export function deleteConfig(config: AgentConfigShown, shown: string): void {
  const show = (change: (configs: readonly AgentConfigShown[]) => readonly AgentConfigShown[]) =>
    answers.setQueryData(
      key,
      (answer: ApmAgentsAnswer | undefined) =>
        answer && { ...answer, configs: change(answer.configs) },
    )
  show((configs) => configs.filter((one) => one.name !== config.name))
  toast({
    text: t('apm.deleting', { name: shown }),
    undo: () => show((configs) => [...configs, config]),
    done: async () => {
      const { service, environment } = config
      try {
        await send('DELETE', `${path}?${new URLSearchParams({ service, environment })}`)
      } catch (error) {
        const says = error instanceof Refused ? error.fault.says : String(error)
        toast({ text: t('apm.delete_failed', { name: shown, says }), tone: 'bad' })
      }
      answers.invalidateQueries({ queryKey: key })
    },
  })
}
