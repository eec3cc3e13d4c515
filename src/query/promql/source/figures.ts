/** How much is stored of series today, and which names and labels are the most. */
import { type Sql, sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import { askedBytes } from './reading.ts'
import { RowReader } from './row-reader.ts'

export type Figure = { name: string; value: number }
export type StoredFigures = {
  series: number
  from_ms: number
  to_ms: number
  metrics: Figure[]
  /** Values a label has. */
  labels: Figure[]
  /** Series that a value of a label has; the name is `label=value`. */
  pairs: Figure[]
}

const day_ms = 86_400_000

export async function storedFigures(context: QueryContext): Promise<StoredFigures> {
  const from_ms = Math.floor(context.now_ms / day_ms) * day_ms
  const range = { from_ms, to_ms: context.now_ms + 1 }
  const seen = within('metric_series', range, context.scope)
  const figures = async (query: Sql) => {
    const reader = new RowReader(await askedBytes(context, query))
    const found: Figure[] = []
    while (!reader.isDone) found.push({ name: reader.string(), value: reader.int53() })
    return found
  }
  const [whole] = await figures(sql`SELECT '', uniq(series_id) FROM metric_series WHERE ${seen}`)
  const metrics = await figures(
    sql`SELECT toString(metric), uniq(series_id) AS n FROM metric_series WHERE ${seen}
      GROUP BY metric ORDER BY n DESC, metric LIMIT 10`,
  )
  const items = sql`SELECT arrayJoin(attributes) AS item, series_id
    FROM metric_series WHERE ${seen}`
  const labels = await figures(
    sql`SELECT item.1 AS name, uniq(item.2) AS n FROM (${items})
      GROUP BY name ORDER BY n DESC, name LIMIT 10`,
  )
  const pairs = await figures(
    sql`SELECT concat(item.1, '=', item.2) AS name, uniq(series_id) AS n FROM (${items})
      GROUP BY name ORDER BY n DESC, name LIMIT 10`,
  )
  const series = whole?.value ?? 0
  return { series, from_ms, to_ms: context.now_ms, metrics, labels, pairs }
}
