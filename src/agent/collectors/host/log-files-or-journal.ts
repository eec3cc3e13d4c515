/** Which of a machine's logs are read: what rsyslog copies out of the journal only once. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { CoverageRow } from '../../../model/kubernetes.ts'
import type { CollectorContext, Running } from '../../collector.ts'
import { journalDir, startJournal } from './journal.ts'
import { startLogFiles } from './log-files.ts'

/** Files that repeat what is in the journal where there is one. */
const copies: ReadonlySet<string> = new Set([
  ...['/var/log/syslog', '/var/log/messages', '/var/log/auth.log', '/var/log/secure'],
  ...['/var/log/kern.log', '/var/log/daemon.log', '/var/log/user.log', '/var/log/cron'],
  ...['/var/log/cron.log', '/var/log/mail.log'],
])
const reader = 'journalctl'

/** `search` is a PATH: where journalctl is looked for. */
export function startHostLogs(
  context: CollectorContext<'host'>,
  search = process.env.PATH ?? '',
): Running[] {
  const { settings, host_root } = context
  const isThere = settings.journal && journalDir(host_root) !== undefined
  const isRead = isThere && search.split(delimiter).some((dir) => canRun(join(dir, reader)))
  const except = isRead ? copies : new Set<string>()
  const paths = settings.log_files.filter((path) => !except.has(path))
  const parts: Running[] = []
  if (isRead) parts.push(startJournal(context))
  else if (isThere) parts.push(unreadJournal(context))
  if (paths.length > 0) parts.push(startLogFiles(paths, context, except))
  return parts
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Its copies in files are read in its place, so that nothing fails; it is told all the same. */
function unreadJournal({ now_ms }: CollectorContext<'host'>): Running {
  const detail = `The systemd journal is not read: ${reader} is not installed. Its files are.`
  const row = (): CoverageRow => ({
    ...{ time_ms: now_ms(), source: 'host', signal: 'logs', namespace: '', workload: '', pod: '' },
    ...{ state: 'blind', reason: 'unreadable', detail, lag_s: 0, records: 0, dropped: 0 },
  })
  return {
    health: () => ({ state: 'healthy', message: '' }),
    coverage: () => [row()],
    stop: async () => {},
  }
}
