/** Dashboards as the server knows them: reading, saving, deleting, starring. */
import { useQuery } from '@tanstack/react-query'
import { type Asked, answers, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'
import type { Dashboard, DashboardShown, DashboardVersion, DashboardWhole } from './contract.ts'

const root = '/api/dashboards'
const listKey = ['dashboards', 'list']
const pathOf = (id: string) => `${root}/${encodeURIComponent(id)}`

function useRead<Answer>(
  key: readonly string[],
  read: (signal: AbortSignal) => Promise<Answer>,
  isEnabled = true,
): Asked<Answer> {
  const result = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => read(signal),
    enabled: isEnabled,
  })
  const fault = result.error instanceof Refused ? result.error.fault : undefined
  return {
    status: fault !== undefined ? 'failed' : result.data === undefined ? 'loading' : 'done',
    answer: result.data,
    fault,
    is_fetching: result.isFetching,
    is_earlier: false,
    took_ms: undefined,
    refetch: () => void result.refetch(),
    stop: () => void answers.cancelQueries({ queryKey: key }),
  }
}

export function useDashboards(): Asked<readonly DashboardShown[]> {
  return useRead(listKey, async (signal) => {
    const answer = await send<{ dashboards: DashboardShown[] }>('GET', root, undefined, signal)
    return answer.dashboards
  })
}

export function useDashboard(id: string): Asked<DashboardWhole> {
  const read = (signal: AbortSignal) => send<DashboardWhole>('GET', pathOf(id), undefined, signal)
  return useRead(['dashboards', 'one', id], read, id !== '')
}

export function useVersions(id: string): Asked<readonly DashboardVersion[]> {
  return useRead(['dashboards', 'versions', id], async (signal) => {
    const path = `${pathOf(id)}/versions`
    type Answer = { versions: DashboardVersion[] }
    return (await send<Answer>('GET', path, undefined, signal)).versions
  })
}

export function useVersion(id: string, version: number): Asked<Dashboard> {
  const key = ['dashboards', 'version', id, String(version)]
  const read = async (signal: AbortSignal) => {
    const path = `${pathOf(id)}/versions/${version}`
    return (await send<{ dashboard: Dashboard }>('GET', path, undefined, signal)).dashboard
  }
  return useRead(key, read, version > 0)
}

async function changed(asking: Promise<DashboardWhole>): Promise<DashboardWhole> {
  const whole = await asking
  answers.setQueryData(['dashboards', 'one', whole.id], whole)
  void answers.invalidateQueries({ queryKey: listKey })
  void answers.invalidateQueries({ queryKey: ['dashboards', 'versions', whole.id] })
  return whole
}

export const createDashboard = (dashboard: Dashboard, note = '') =>
  changed(send('POST', root, { dashboard, note }))
export const saveDashboard = (id: string, base: number, dashboard: Dashboard, note: string) =>
  changed(send('PUT', pathOf(id), { base, dashboard, note }))
export const restoreVersion = (id: string, version: number) =>
  changed(send('POST', `${pathOf(id)}/restore`, { version }))

type Change = (all: readonly DashboardShown[]) => readonly DashboardShown[]

function show(change: Change): void {
  const now = (all: readonly DashboardShown[] | undefined) => all && change(all)
  answers.setQueryData(listKey, now)
}

/** At once; what the server says otherwise is read again. */
export async function starDashboard(id: string, is_starred: boolean): Promise<void> {
  show((all) => all.map((one) => (one.id === id ? { ...one, is_starred } : one)))
  answers.setQueryData(['dashboards', 'one', id], (one: DashboardWhole | undefined) =>
    one === undefined ? one : { ...one, is_starred },
  )
  try {
    await send('PUT', `${pathOf(id)}/star`, { is_starred })
  } catch (error) {
    tellFailure(error)
    await answers.invalidateQueries({ queryKey: ['dashboards'] })
  }
}

/** Gone from the list at once, and from the server when the time to undo has passed. */
export function deleteDashboard(dashboard: DashboardShown): void {
  const { id, title } = dashboard
  show((all) => all.filter((one) => one.id !== id))
  toast({
    text: t('dashboards.deleting', { title }),
    undo: () => show((all) => [...all, dashboard]),
    done: async () => {
      await send('DELETE', pathOf(id)).catch(tellFailure)
      await answers.invalidateQueries({ queryKey: listKey })
    },
  })
}

export function tellFailure(error: unknown): void {
  const says = error instanceof Refused ? error.fault.says : String(error)
  toast({ text: t('dashboards.failed', { says }), tone: 'bad' })
}
