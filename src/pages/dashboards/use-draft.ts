/**
 * The dashboard as it is being edited. What is changed and not saved is kept in the browser: a look
 * elsewhere or a closed tab loses nothing.
 */
import { useCallback, useEffect, useMemo, useState } from 'react'
import { type Dashboard, dashboardSchema } from './contract.ts'

export type Draft = {
  dashboard: Dashboard
  isChanged: boolean
  /** The version that was changed. */
  base: number
  change: (next: (now: Dashboard) => Dashboard) => void
  /** What is shown is what was saved. */
  settle: () => void
}

type Kept = { base: number; dashboard: Dashboard }

const keep_after_ms = 400
const keyOf = (id: string) => `crowsnest.dashboards.draft.${id}`

export function useDraft(id: string, saved: Dashboard, version: number): Draft {
  const [kept, setKept] = useState<Kept | undefined>(() => readDraft(id))
  const savedText = useMemo(() => JSON.stringify(saved), [saved])
  const isChanged = useMemo(
    () => kept !== undefined && JSON.stringify(kept.dashboard) !== savedText,
    [kept, savedText],
  )
  useEffect(() => {
    const timer = setTimeout(() => keepDraft(id, isChanged ? kept : undefined), keep_after_ms)
    return () => clearTimeout(timer)
  }, [id, kept, isChanged])
  const change = useCallback(
    (next: (now: Dashboard) => Dashboard) =>
      setKept((now) => {
        const before = now?.dashboard ?? saved
        const dashboard = next(before)
        if (dashboard === before) return now
        return { base: now?.base ?? version, dashboard }
      }),
    [saved, version],
  )
  const settle = useCallback(() => {
    keepDraft(id, undefined)
    setKept(undefined)
  }, [id])
  return {
    dashboard: kept?.dashboard ?? saved,
    isChanged,
    base: kept?.base ?? version,
    change,
    settle,
  }
}

function readDraft(id: string): Kept | undefined {
  try {
    const read = JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null') as Kept | null
    const result = dashboardSchema.safeParse(read?.dashboard)
    return result.success && read !== null ? { base: read.base, dashboard: result.data } : undefined
  } catch {
    return undefined
  }
}

export function keepDraft(id: string, kept: Kept | undefined): void {
  try {
    if (kept === undefined) localStorage.removeItem(keyOf(id))
    else localStorage.setItem(keyOf(id), JSON.stringify(kept))
  } catch {
    // A browser may refuse to store; the draft then lasts as long as the page.
  }
}
