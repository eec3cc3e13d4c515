/** Answers how full a claimed volume was over time, from what kubelets tell of it. */
import type { AskContext } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { EntityAsk, EntityStorage } from './contract-entity.ts'
import { placeOf } from './queries-entity-place.ts'

const points_max = 120
const bucket_s_min = 60
const metrics = ['k8s.volume.available', 'k8s.volume.capacity'] as const

type Row = { bucket: number; free: number | null; whole: number | null }

/** Pods that share a claim tell the same of it: any of them counts. */
export async function storageOf(ask: EntityAsk, context: AskContext): Promise<EntityStorage> {
  const { seconds: wanted } = bucketFor(ask.from_ms, ask.to_ms, points_max)
  const seconds = Math.max(wanted, bucket_s_min)
  const isClaim = ask.kind === 'persistentvolumeclaim'
  const rows = !isClaim
    ? []
    : await context.store.rows<Row>(
        sql`SELECT toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
          avgIfOrNull(value, metric = ${metrics[0]}) AS free,
          maxIfOrNull(value, metric = ${metrics[1]}) AS whole
        FROM metric_samples
        WHERE metric IN ${metrics} AND NOT isNaN(value)
          AND time >= fromUnixTimestamp64Milli(${BigInt(Math.trunc(ask.from_ms))})
          AND time < fromUnixTimestamp64Milli(${BigInt(Math.trunc(ask.to_ms))})
          AND series_id IN (SELECT series_id FROM metric_series WHERE metric IN ${metrics}
            AND namespace = ${ask.of_namespace}
            AND attributes['k8s.persistentvolumeclaim.name'] = ${ask.name}
            AND ${within('metric_series', placeOf(ask), context.scope)})
        GROUP BY bucket`,
        { signal: context.signal },
      )
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  const at = new Map(rows.map((row) => [row.bucket * 1000, row]))
  const capacity = time_ms.map((time) => at.get(time)?.whole ?? null)
  return {
    bucket_ms: seconds * 1000,
    time_ms,
    used_bytes: time_ms.map((time, index) => {
      const [free, whole] = [at.get(time)?.free ?? null, capacity[index] ?? null]
      return free === null || whole === null ? null : Math.max(0, whole - free)
    }),
    capacity_bytes: capacity,
  }
}
