/** Retention as configured, turned into what the store's job asks for. */
import { statfs } from 'node:fs/promises'
import type { Logger } from 'pino'
import { forgetGone } from '../store/retention/gone.ts'
import { retention } from '../store/retention/retention.ts'
import type { Store } from '../store/store.ts'
import type { Config } from './settings.ts'

const gibibyte = 1024 ** 3

export async function retain(
  store: Store,
  config: Pick<Config, 'store' | 'retention'>,
  context: { now_ms: () => number; log: Logger },
): Promise<void> {
  const { dir, url, cluster, disk_bytes_max } = config.store
  const { logs_days, traces_days, metrics_days, kubernetes_days } = config.retention
  const { security_days, flows_days, summaries_days } = config.retention
  const days = {
    logs: logs_days,
    traces: traces_days,
    metrics: metrics_days,
    kubernetes: kubernetes_days,
    security: security_days,
    flows: flows_days,
    summaries: summaries_days,
  }
  const dropped = await retention(
    store,
    {
      days,
      disk_bytes_max: disk_bytes_max || Number.POSITIVE_INFINITY,
      // The disk of a ClickHouse server is its operator's.
      disk_free_bytes_min: url === '' ? await freeBytesMin(dir) : undefined,
      cluster: cluster || undefined,
    },
    context.now_ms(),
  )
  await forgetGone(store, context.now_ms(), cluster || undefined)
  for (const day of dropped) context.log.info(day, 'a day of telemetry was removed')
}

/** More than where ingest begins to be refused: old days must go before new records are lost. */
async function freeBytesMin(dir: string): Promise<number> {
  const { blocks, bsize } = await statfs(dir)
  return Math.min(0.15 * blocks * bsize, 15 * gibibyte)
}
