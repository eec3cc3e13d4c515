/** What the agent sees of each pod's logs, as rows: arriving, lagging, dropped, blind. */
import type { CoverageRow } from '../../../model/kubernetes.ts'
import { workloadOfName } from '../../../model/pod-name.ts'
import type { ContainerLog } from './container-log.ts'

/** Lines that are read so late or later are behind. */
const lagging_s = 10

const refusals = {
  permission: ['permission', 'the agent may not read it: it needs to run as root or in its group'],
  not_allowed: ['unreadable', 'it is a link that leads outside of the log directories'],
  not_file: ['unreadable', 'it is no regular file'],
  gone: ['unreadable', 'it is a link to a file that is not there'],
} as const

const losses = [
  ['rotated_away_bytes', 'rotated_away', 'were deleted by rotation before they were read'],
  ['truncated_bytes', 'truncated', 'were cut off the file before they were read'],
  ['unreadable_bytes', 'unreadable', 'are in a compressed file that is damaged'],
] as const

/** Nobody can tell how much it was, or whether it was anything. */
const gap = 'the file read last was deleted by rotation meanwhile: lines after it may be missing'

/** One row a container and state. Counts are since the call before. */
export function coverageOf(log: ContainerLog, now_ms: number): CoverageRow[] {
  const figures = log.takeFigures()
  const { namespace, pod, container } = log.where
  const workload = log.pod?.workload ?? workloadOfName(pod).name
  const row: CoverageRow = {
    ...{ time_ms: now_ms, source: 'container_logs', signal: 'logs', namespace, workload, pod },
    ...{
      state: 'arriving',
      reason: '',
      detail: '',
      lag_s: 0,
      records: figures.records,
      dropped: 0,
    },
  }
  if (log.refusal !== undefined) {
    const [reason, why] = refusals[log.refusal.refusal]
    const detail = `${log.refusal.path}: ${why}`
    log.refusal = undefined
    return [{ ...row, state: 'blind', reason, detail }]
  }
  const unread_bytes = log.unread_bytes
  if (unread_bytes > 0 && figures.last_s > 0) {
    row.lag_s = Math.max(0, Math.round(now_ms / 1000 - figures.last_s))
    if (row.lag_s >= lagging_s) {
      row.state = 'lagging'
      row.detail = `${container}: ${unread_bytes} bytes wait to be read`
    }
  }
  const rows = [row]
  for (const [figure, reason, what] of losses) {
    const bytes = figures[figure]
    if (bytes === 0) continue
    const detail = `${container}: ${bytes} bytes ${what}`
    rows.push({ ...row, state: 'dropped', reason, detail, records: 0, dropped: 1 })
  }
  if (figures.gaps > 0) {
    const detail = `${container}: ${gap}`
    const { gaps: dropped } = figures
    rows.push({ ...row, state: 'dropped', reason: 'rotated_away', detail, records: 0, dropped })
  }
  return rows
}
