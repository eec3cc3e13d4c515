/** Decides which services the Overview shows, from the answer of the services list. */
import type { ServiceList } from '../services/contract.ts'

const shown_max = 6
/** The same thresholds as on the Services page: a share of failed requests. */
const warn_share = 0.01
const bad_share = 0.05

export type FailingRow = {
  service: string
  calls: number
  error_share: number
  health: 'ok' | 'warn' | 'bad'
  error_series: (number | null)[]
}

/** Services with any failure, the largest share first. */
export function failing(answer: ServiceList): FailingRow[] {
  return answer.service
    .map((service, at): FailingRow => {
      const calls = answer.calls[at] ?? 0
      const error_share = calls === 0 ? 0 : (answer.errors[at] ?? 0) / calls
      const errors = answer.errors_series[at] ?? []
      return {
        service,
        calls,
        error_share,
        health: error_share >= bad_share ? 'bad' : error_share >= warn_share ? 'warn' : 'ok',
        error_series: (answer.calls_series[at] ?? []).map((n, i) =>
          n === null || n === 0 ? null : (errors[i] ?? 0) / n,
        ),
      }
    })
    .filter((row) => row.error_share > 0)
    .sort((a, b) => b.error_share - a.error_share)
    .slice(0, shown_max)
}

export type SlowRow = {
  service: string
  calls: number
  p95_ns: number
  p95_ns_before: number | null
  p95_series: (number | null)[]
}

export function slowest(answer: ServiceList): SlowRow[] {
  return answer.service
    .flatMap((service, at): SlowRow[] => {
      const p95_ns = answer.p95_ns[at] ?? null
      if (p95_ns === null) return []
      const p95_ns_before = answer.p95_ns_before[at] ?? null
      const calls = answer.calls[at] ?? 0
      return [{ service, calls, p95_ns, p95_ns_before, p95_series: answer.p95_ns_series[at] ?? [] }]
    })
    .sort((a, b) => b.p95_ns - a.p95_ns)
    .slice(0, shown_max)
}

/** A bucket of which this little has passed says nothing yet. */
const passed_share_min = 0.25

/** Rates. The last bucket is not over: it counts for the time that has passed, or not at all. */
export function perSecond(
  { time_ms, bucket_ms }: { time_ms: readonly number[]; bucket_ms: number },
  records: readonly number[],
  to_ms: number,
): (number | null)[] {
  return records.map((count, at) => {
    const passed_ms = Math.min(bucket_ms, to_ms - (time_ms[at] ?? 0))
    return passed_ms < bucket_ms * passed_share_min ? null : (count / passed_ms) * 1000
  })
}
