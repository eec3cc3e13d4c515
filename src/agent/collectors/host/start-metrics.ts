/** Measures the machine again and again and gives each round to the sink. */
import type { CoverageRow } from '../../../model/kubernetes.ts'
import type { CollectorContext, Running } from '../../collector.ts'
import { encodeMeasures } from '../../modules/encode-measures.ts'
import { HostFiles, type Unreadable } from './host-files.ts'
import { HostMeasurer } from './measure-host.ts'

export function startHostMetrics(context: CollectorContext<'host'>): Running {
  const { settings, agent, sink, log, now_ms, every } = context
  const files = new HostFiles(context.host_root)
  const parts = { metrics: settings.metrics, processes: settings.processes }
  const measurer = new HostMeasurer(files, parts, agent)
  const scope = { name: 'crowsnest/host', version: agent.version }
  const counts = { records: 0, dropped: 0 }
  let unreadable: readonly Unreadable[] = []
  let failure = ''
  let round: Promise<void> | undefined

  async function run(): Promise<void> {
    const time_ms = now_ms()
    try {
      const resources = await measurer.round(time_ms)
      unreadable = files.unreadable
      const records = resources.reduce((sum, { measures }) => sum + measures.count, 0)
      if (records > 0) {
        const body = encodeMeasures(resources, scope, time_ms)
        const chunk = { signal: 'metrics', body, records, oldest_ms: time_ms } as const
        const isKept = await sink.put(chunk, { wait: false })
        counts[isKept ? 'records' : 'dropped'] += records
      }
      failure = ''
    } catch (error) {
      failure = `The machine could not be measured: ${(error as Error).message}`
      log.warn(failure)
    }
  }

  function start(): void {
    round ??= run().finally(() => {
      round = undefined
    })
  }

  const stopTimer = every(settings.interval_s * 1000, start)
  start()
  return {
    health() {
      if (failure !== '') return { state: 'failed', message: failure }
      const message = unreadable.map(({ detail }) => detail).join(' ')
      return { state: message === '' ? 'healthy' : 'degraded', message: message.slice(0, 2048) }
    },
    coverage() {
      const { records, dropped } = counts
      counts.records = counts.dropped = 0
      const rows = unreadable.map(({ reason, detail }) => row(now_ms(), 'blind', reason, detail))
      if (records > 0) rows.push({ ...row(now_ms(), 'arriving', '', ''), records })
      if (dropped > 0) rows.push({ ...row(now_ms(), 'dropped', 'spool_full', ''), dropped })
      return rows
    },
    async stop() {
      stopTimer()
      await round
    },
  }
}

function row(
  time_ms: number,
  state: CoverageRow['state'],
  reason: string,
  detail: string,
): CoverageRow {
  const place = { source: 'host', signal: 'metrics', namespace: '', workload: '', pod: '' } as const
  return { time_ms, ...place, state, reason, detail, lag_s: 0, records: 0, dropped: 0 }
}
