/** Patterns of lines over time: lines of one statement share a template, see model/template.ts. */
import { templateOf } from '../../../model/template.ts'
import { sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { LogExpr } from '../ast.ts'
import { levelOf } from '../store/label-model.ts'
import type { TimeSpan } from '../store/read-lines.ts'
import { choose, optionsOf } from './chosen.ts'

const patterns_max = 300

export type LinePattern = { pattern: string; level: string; samples: [number, number][] }

export async function patternsOf(
  log: LogExpr,
  span: TimeSpan,
  step_s: number,
  context: QueryContext,
): Promise<LinePattern[]> {
  const { condition } = await choose(log, span, context)
  const rows = await context.store.rows<{
    example: string
    severity: number
    buckets: Record<string, string>
  }>(
    sql`SELECT argMax(body, time) AS example, topK(1)(severity_number)[1] AS severity,
      sumMap(map(toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${step_s}))), 1))
        AS buckets
    FROM logs WHERE ${condition} GROUP BY template_id ORDER BY count() DESC LIMIT ${patterns_max}`,
    optionsOf(context, patterns_max),
  )
  return rows.map(({ example, severity, buckets }) => ({
    pattern: templateOf(example).replaceAll('<*>', '<_>'),
    level: levelOf(severity ?? 0),
    samples: Object.entries(buckets)
      .map(([time, count]) => [Number(time), Number(count)] as [number, number])
      .sort((a, b) => a[0] - b[0]),
  }))
}
