/**
 * Jobs that fill the tables which no view can: service edges and field values. Called often;
 * decides by the time passed in and by what has changed which work is due.
 */

import { countArrived, type SampledSignal, sampledSignals, sampleValues } from './field-values.ts'
import { callee_late_ms, edgesOfMinute, settle_ms } from './service-edges.ts'
import { sql } from './sql.ts'
import type { Store, StoreLog } from './store.ts'

const minute_ms = 60_000
/** Spans that come later than this no longer change their minute's edges. */
const horizon_ms = 60 * minute_ms
const every_ms = 15_000
/** After a restart the last hour is due at once: it is worked off in portions, newest first. */
const minutesPerRun = 10

/** A window is read when its rows have had time to pass through the write-ahead segments. */
const window_ms = 15_000
const windowDelay_ms = 5_000
/** Further behind, a sample of the past is not worth the delay of the present. */
const behind_ms_max = 10 * minute_ms

export type SummariesReport = { edge_minutes: number; field_windows: number }

export class Summaries {
  readonly #store: Store
  readonly #log: StoreLog
  /** What a minute was computed from; it is due again when that differs. */
  readonly #computed = new Map<number, string>()
  readonly #sampledUntil = new Map<SampledSignal, number>()
  #due_ms = 0

  constructor(store: Store, log: StoreLog) {
    this.#store = store
    this.#log = log
  }

  /** Runs what is due. A failure is logged and the work stays due. */
  async run(now_ms: number): Promise<SummariesReport> {
    const report = { edge_minutes: 0, field_windows: 0 }
    if (now_ms < this.#due_ms) return report
    this.#due_ms = now_ms + every_ms
    try {
      report.edge_minutes = await this.#edges(now_ms)
      for (const signal of sampledSignals) {
        report.field_windows += await this.#fields(signal, now_ms)
      }
    } catch (error) {
      this.#log.warn({ error: (error as Error).message }, 'summaries are late')
    }
    return report
  }

  async #edges(now_ms: number): Promise<number> {
    const first = Math.floor((now_ms - horizon_ms) / minute_ms) * minute_ms
    const states = await this.#minuteStates(first, now_ms)
    for (const minute of this.#computed.keys()) if (minute < first) this.#computed.delete(minute)
    const due = [...states]
      .filter(([minute, state]) => this.#computed.get(minute) !== state)
      .sort(([a], [b]) => b - a)
      .slice(0, minutesPerRun)
    for (const [minute, state] of due) {
      await this.#store.command(edgesOfMinute(minute, now_ms), { timeout_ms: 30_000 })
      this.#computed.set(minute, state)
    }
    return due.length
  }

  /**
   * A minute's edges depend on its own spans, on the next minute's (the called side may start
   * there) and on whether exits have waited long enough for their other side.
   */
  async #minuteStates(first: number, now_ms: number): Promise<Map<number, string>> {
    const rows = await this.#store.rows<{ minute: number; spans: string }>(
      sql`SELECT toUnixTimestamp(time) AS minute, sum(calls) AS spans FROM span_metrics_1m
        WHERE time >= toDateTime(${first / 1_000}) AND kind NOT IN ('internal', 'unspecified')
        GROUP BY minute`,
      { lane: 'write' },
    )
    const spans = new Map(rows.map((row) => [row.minute * 1_000, row.spans]))
    const states = new Map<number, string>()
    for (const [minute, own] of spans) {
      if (minute > now_ms + minute_ms) continue
      const isSettled = now_ms >= minute + minute_ms + callee_late_ms + settle_ms
      states.set(minute, `${own} ${spans.get(minute + minute_ms) ?? 0} ${isSettled}`)
    }
    return states
  }

  /** Windows lie on a fixed grid and carry a token: one that is read twice is stored once. */
  async #fields(signal: SampledSignal, now_ms: number): Promise<number> {
    const grid = (ms: number) => Math.floor(ms / window_ms) * window_ms
    const end = grid(now_ms - windowDelay_ms)
    let from = this.#sampledUntil.get(signal) ?? (await this.#progress(signal)) ?? end - window_ms
    from = Math.max(grid(from), grid(end - behind_ms_max))
    let windows = 0
    for (; from < end; from += window_ms) {
      const to = from + window_ms
      const [row] = await this.#store.rows<{ arrived: string }>(countArrived(signal, from, to))
      const arrived = Number(row!.arrived)
      if (arrived > 0) {
        await this.#store.command(sampleValues(signal, from, to, arrived), {
          token: `field_values ${signal} ${from}`,
        })
        windows++
      }
      this.#sampledUntil.set(signal, to)
    }
    if (windows > 0) await this.#saveProgress(signal, end)
    return windows
  }

  async #progress(signal: SampledSignal): Promise<number | undefined> {
    const [row] = await this.#store.rows<{ until: string | null }>(
      sql`SELECT toUnixTimestamp64Milli(max(time)) AS until FROM job_progress
        WHERE job = ${`field_values ${signal}`} HAVING count() > 0`,
    )
    return row ? Number(row.until) : undefined
  }

  async #saveProgress(signal: SampledSignal, until_ms: number): Promise<void> {
    await this.#store.command(
      sql`INSERT INTO job_progress (job, time)
        SELECT ${`field_values ${signal}`}, fromUnixTimestamp64Milli(${BigInt(until_ms)})`,
    )
  }
}
