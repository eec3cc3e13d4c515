/**
 * Tells the past in a thread of its own: its memory is given back when it ends, and the pods that
 * run now are not held up. Says how much it told, and nothing else.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { rateAt } from './load/rhythm.ts'
import { seeded } from './random.ts'
import { services } from './services/services.ts'
import { exportersFor } from './telemetry/live-telemetry.ts'
import { Past } from './world/past.ts'

export type PastOrder = {
  http_url: string
  json_only: boolean
  seed: number
  requests_per_second: number
  opened_ms: number
  span_ms: number
  budget_ms: number
}
export type PastTold = { spans: number; logs: number }

async function tell(order: PastOrder): Promise<PastTold> {
  const { http_url, json_only, requests_per_second, opened_ms, span_ms, budget_ms } = order
  const traffic = { requests_per_second, opened_ms }
  const transport = json_only ? 'json' : 'proto'
  const exporters = exportersFor({ http_url }, { transport, delta: false, exemplars: false })
  const busy = (time_ms: number) => rateAt(time_ms, traffic) / requests_per_second
  const past = new Past({
    services,
    random: seeded(order.seed),
    traffic,
    http_url,
    exporters,
    now_ms: Date.now,
    span_ms,
    budget_ms,
    surroundings: { busy, slowDatabase: () => false, lag: () => 0 },
  })
  await past.tell()
  await Promise.all([exporters.spans.shutdown(), exporters.logs.shutdown()])
  return { spans: past.spans_sent, logs: past.logs_sent }
}

parentPort?.postMessage(await tell(workerData as PastOrder))
