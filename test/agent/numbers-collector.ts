/**
 * A collector that makes numbered lines at a rate, for many agents in one process: what it made is
 * known, and while the spool is full it makes none.
 */
import type { Collector, CollectorContext, Running } from '../../src/agent/collector.ts'
import { encodeLines } from './counting-collector.ts'

export type Numbers = {
  collector: Collector<'host'>
  /** The last number that is durable in the spool. */
  made: () => number
  /** Makes no more. */
  end: () => void
}

export type NumbersOptions = { name: string; lines_per_chunk: number; interval_ms: number }

export function numbers({ name, lines_per_chunk, interval_ms }: NumbersOptions): Numbers {
  let made = 0
  let isOver = false
  const start = async ({ sink, now_ms }: CollectorContext<'host'>): Promise<Running> => {
    made = Math.max(made, Number(sink.position(`numbers/${name}`) ?? 0))
    let turn: Promise<void> | undefined
    const once = async () => {
      const lines = Array.from({ length: lines_per_chunk }, (_, at) => `${name} ${made + at + 1}`)
      const positions = { [`numbers/${name}`]: String(made + lines_per_chunk) }
      const oldest_ms = now_ms()
      const body = encodeLines(lines, oldest_ms)
      const chunk = { signal: 'logs', body, records: lines.length, oldest_ms, positions } as const
      if (await sink.put(chunk)) made += lines_per_chunk
    }
    const timer = setInterval(() => {
      if (isOver) return
      turn ??= once().finally(() => {
        turn = undefined
      })
    }, interval_ms)
    return {
      health: () => ({ state: 'healthy', message: '' }),
      coverage: () => [],
      stop: async () => {
        clearInterval(timer)
        await turn
      },
    }
  }
  const end = () => {
    isOver = true
  }
  return { collector: { type: 'host', start }, made: () => made, end }
}
