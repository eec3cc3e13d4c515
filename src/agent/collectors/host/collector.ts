/** The machine the agent runs on: its metrics, processes and logs. */
import type { Collector, Running } from '../../collector.ts'
import { joinRunning } from './join-running.ts'
import { startHostLogs } from './log-files-or-journal.ts'
import { startHostMetrics } from './start-metrics.ts'

export const host: Collector<'host'> = {
  type: 'host',
  async start(context) {
    const { settings } = context
    const parts: Running[] = []
    if (settings.metrics || settings.processes) parts.push(startHostMetrics(context))
    parts.push(...startHostLogs(context))
    return joinRunning(parts)
  },
}
