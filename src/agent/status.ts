/** How the agent is, in the words of a check-in: the worst of its parts, and why. */
import type { Checkin, Component } from '../model/fleet.ts'
import type { Sender } from './send/sender.ts'
import type { Spool } from './spool/spool.ts'

type Status = Pick<Checkin, 'state' | 'message' | 'figures'>

export function statusOf(
  parts: {
    components: readonly Component[]
    spool: Pick<Spool, 'stats'>
    sender: Pick<Sender, 'stats' | 'way'>
    problem: string
  },
  now_ms: number,
): Status {
  const spool = parts.spool.stats()
  const sent = parts.sender.stats()
  const oldest_ms = spool.oldest_ms ?? now_ms
  const dropped = spool.drops.reduce((sum, { records }) => sum + records, 0)
  const { user, system } = process.cpuUsage()
  return {
    ...worstOf(parts, spool),
    figures: {
      memory_bytes: process.memoryUsage.rss(),
      cpu_seconds: (user + system) / 1e6,
      spool_bytes: spool.bytes,
      records_sent: sent.records,
      records_dropped: dropped + sent.rejected,
      lag_s: Math.max(0, Math.round((now_ms - oldest_ms) / 1000)),
    },
  }
}

function worstOf(
  { components, sender, problem }: Parameters<typeof statusOf>[0],
  spool: Pick<ReturnType<Spool['stats']>, 'waiting' | 'disk_problem'>,
): Pick<Status, 'state' | 'message'> {
  const failed = components.find(({ state }) => state === 'failed')
  if (failed !== undefined) return { state: 'failed', message: told(failed) }
  const way = sender.way()
  if (way.state === 'revoked') return { state: 'failed', message: way.message }
  if (spool.disk_problem !== '') {
    const message = `The state directory takes nothing, so sources wait: ${spool.disk_problem}`
    return { state: 'degraded', message: message.slice(0, 2048) }
  }
  if (spool.waiting > 0) {
    const message = 'The spool is full: sources wait. Is the server reachable and fast enough?'
    return { state: 'degraded', message }
  }
  if (way.state === 'away') {
    return {
      state: 'degraded',
      message: `Records wait in the spool: ${way.message}`.slice(0, 2048),
    }
  }
  if (problem !== '') return { state: 'degraded', message: problem.slice(0, 2048) }
  const degraded = components.find(({ state }) => state === 'degraded')
  if (degraded !== undefined) return { state: 'degraded', message: told(degraded) }
  return { state: 'healthy', message: '' }
}

function told({ id, message }: Component): string {
  return `${id}: ${message}`.slice(0, 2048)
}
