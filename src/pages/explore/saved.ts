/** Saved searches as the server knows them: reading, saving, deleting. */
import { useQuery } from '@tanstack/react-query'
import { type Asked, answers, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'
import type { SavedSearch } from './contract.ts'

const root = '/api/saved-searches'
const key = ['saved-searches']

export function useSaved(isEnabled: boolean): Asked<readonly SavedSearch[]> {
  const result = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      (await send<{ searches: SavedSearch[] }>('GET', root, undefined, signal)).searches,
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

export async function saveSearch(name: string, query: string): Promise<void> {
  await send('PUT', `${root}/${encodeURIComponent(name)}`, { query })
  await answers.invalidateQueries({ queryKey: key })
  toast({ text: t('explore.saved.done', { name }) })
}

/** Gone from the list at once, and from the server when the time to undo has passed. */
export function deleteSaved(search: SavedSearch): void {
  const { name } = search
  const show = (change: (all: readonly SavedSearch[]) => readonly SavedSearch[]) =>
    answers.setQueryData(key, (all: readonly SavedSearch[] | undefined) => all && change(all))
  show((all) => all.filter((one) => one.name !== name))
  toast({
    text: t('explore.saved.deleted', { name }),
    undo: () => show((all) => [...all, search]),
    done: async () => {
      try {
        await send('DELETE', `${root}/${encodeURIComponent(name)}`)
      } catch (error) {
        toast({ text: (error as Error).message, tone: 'bad' })
      }
      await answers.invalidateQueries({ queryKey: key })
    },
  })
}
