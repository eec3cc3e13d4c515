/** Live tail over a WebSocket: frames of streams, what is older first, then as records arrive. */
import { setTimeout as wait } from 'node:timers/promises'
import type { QueryContext } from '../../query/context.ts'
import { lookAtTail } from '../../query/logql/explore/tail.ts'
import { parseLogOnly } from '../../query/logql/parse.ts'
import { type LogLine, runLog } from '../../query/logql/run-log.ts'
import { QueryError } from '../../query/series.ts'
import type { ApiHead, ApiSocket } from '../api.ts'
import { bad, neededQuery, readLimit, readTime } from './parameters.ts'
import { streamsOf } from './results.ts'
import { flagsOf, lines_max } from './run-query.ts'

const look_every_ms = 1_000
/** A reader that is this far behind misses lines, and is told how many. */
const waiting_bytes_max = 4 * 1024 * 1024
const hour_ms = 3_600_000
/** Close codes take a reason of 123 bytes. */
const reason_characters_max = 100

export async function tail(head: ApiHead, context: QueryContext, socket: ApiSocket): Promise<void> {
  const stop = new AbortController()
  const end = () => stop.abort()
  socket.closed.addEventListener('abort', end, { once: true })
  const signal = context.signal ? AbortSignal.any([context.signal, stop.signal]) : stop.signal
  try {
    await follow(head, { ...context, signal }, socket)
  } catch (error) {
    if (signal.aborted) return
    const reason = error instanceof QueryError ? error.message : 'the query failed'
    socket.close(1008, reason.slice(0, reason_characters_max))
  } finally {
    socket.closed.removeEventListener('abort', end)
  }
}

async function follow(head: ApiHead, context: QueryContext, socket: ApiSocket): Promise<void> {
  const { query: parameters } = head
  const log = parseLogOnly(neededQuery(parameters))
  const limit = readLimit(parameters, 100, lines_max)
  const delay_s = Number(parameters.get('delay_for') || 0)
  if (!Number.isInteger(delay_s) || delay_s < 0) throw bad('invalid delay_for')
  if (delay_s > 5) throw bad("delay_for can't be greater than 5")
  const isCategorised = flagsOf(head).includes('categorize-labels')
  const began = { ms: context.now_ms, at: performance.now() }
  const now_ms = () => Math.floor(began.ms + performance.now() - began.at) - delay_s * 1000
  const startText = parameters.get('start')
  const from_ns = startText ? readTime('start', startText) : BigInt(began.ms - hour_ms) * 1_000_000n
  const send = sender(socket, isCategorised)
  let after_ms = began.ms
  const span = { from_ns, to_ns: BigInt(began.ms) * 1_000_000n }
  const before = await runLog(log, { span, isNewestFirst: true, limit }, context)
  send(before.lines.reverse(), 0)
  // What was told already and arrived within the last moments is told once.
  const told = new Set(before.lines.slice(-lines_max).map(keyOf))
  after_ms -= look_every_ms * 3
  while (!context.signal!.aborted) {
    await wait(look_every_ms, undefined, { signal: context.signal! })
    const look = await lookAtTail(log, after_ms, now_ms(), context)
    after_ms = look.until_ms
    send(
      look.lines.filter((line) => !told.has(keyOf(line))),
      look.dropped,
    )
    if (look.lines.length > 0) told.clear()
  }
}

function keyOf({ time_ns, text, stream }: LogLine): string {
  return JSON.stringify([String(time_ns), text, [...stream]])
}

function sender(socket: ApiSocket, isCategorised: boolean) {
  let missed = 0
  return (lines: readonly LogLine[], dropped: number): void => {
    if (socket.waiting_bytes > waiting_bytes_max) {
      missed += lines.length + dropped
      return
    }
    missed += dropped
    if (lines.length === 0 && missed === 0) return
    const timestamp = String(lines.at(-1)?.time_ns ?? 0)
    const dropped_entries = missed === 0 ? null : [{ labels: `{dropped="${missed}"}`, timestamp }]
    const frame = {
      streams: streamsOf(lines, isCategorised),
      dropped_entries,
      ...(isCategorised ? { encodingFlags: ['categorize-labels'] } : {}),
    }
    socket.send(JSON.stringify(frame))
    missed = 0
  }
}
