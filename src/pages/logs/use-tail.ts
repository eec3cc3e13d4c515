/** Live tail: records as they arrive, the newest kept; what was too much is counted. */
import { useEffect, useState } from 'react'
import type { Refused } from '../../ui/ask/ask.ts'
import { useRange } from '../../ui/range/range.ts'
import type { LogTail } from './contract.ts'
import { type LogRow, logRows } from './prepare.ts'

const rows_kept_max = 2000

export type Tailing = {
  rows: LogRow[]
  skipped: number
  since_ms: number
  state: 'following' | 'lost' | 'failed'
  fault: Refused['fault'] | undefined
}

const fresh = (): Tailing => ({
  rows: [],
  skipped: 0,
  since_ms: Date.now(),
  state: 'following',
  fault: undefined,
})

export function useTail(search: string, on: boolean): Tailing {
  const { cluster, namespace } = useRange()
  const [tailing, setTailing] = useState<Tailing>(fresh)
  useEffect(() => {
    if (!on) return
    setTailing(fresh())
    const query = new URLSearchParams({ search })
    if (cluster) query.set('cluster', cluster)
    if (namespace) query.set('namespace', namespace)
    const source = new EventSource(`/api/tail?${query}`)
    source.addEventListener('records', (event) => {
      const records = JSON.parse(event.data) as LogTail
      setTailing((now) => grown(now, records))
    })
    source.addEventListener('fault', (event) => {
      const { fault } = JSON.parse((event as MessageEvent).data) as { fault: Refused['fault'] }
      setTailing((now) => ({ ...now, state: 'failed', fault }))
      source.close()
    })
    source.addEventListener('open', () => setTailing((now) => ({ ...now, state: 'following' })))
    source.addEventListener('error', () => setTailing((now) => ({ ...now, state: 'lost' })))
    return () => source.close()
  }, [search, on, cluster, namespace])
  return tailing
}

/** Newest first, as the table shows them. */
function grown(now: Tailing, records: LogTail): Tailing {
  const arrived = logRows(records).reverse()
  return {
    ...now,
    state: 'following',
    rows: [...arrived, ...now.rows].slice(0, rows_kept_max),
    skipped: now.skipped + Math.max(0, records.arrived - arrived.length),
    since_ms: arrived.length > 0 ? Date.now() : now.since_ms,
  }
}
