/** What the questions around logs have in common: a selector with stages, time and scope. */
import { type Sql, sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { LogExpr } from '../ast.ts'
import { tooManyResources } from '../run-log.ts'
import { columnLabels, streamAttributes } from '../store/label-model.ts'
import type { LabelSources } from '../store/label-sql.ts'
import {
  chosenBy,
  duringSpan,
  labelsToFind,
  sourcesOf,
  type TimeSpan,
} from '../store/read-lines.ts'

export type Chosen = { condition: Sql; sources: LabelSources }

/** Without a query every record is chosen. */
export async function choose(
  log: LogExpr | undefined,
  span: TimeSpan,
  context: QueryContext,
  labels: readonly string[] = [],
): Promise<Chosen> {
  const wanted = log === undefined ? labels : labelsToFind(log, labels)
  const sources = await sourcesOf(wanted, span, context)
  if (sources === undefined) throw tooManyResources()
  const during = duringSpan(span, context)
  const condition = log === undefined ? during : sql.all([during, chosenBy(log, sources).condition])
  return { condition, sources }
}

/** Labels of streams that records may have: columns, and what shippers send. */
export function streamLabelNames({ names }: LabelSources, log: LogExpr | undefined): string[] {
  const named = log?.matchers.map(({ name }) => name) ?? []
  return [
    ...new Set([
      ...columnLabels.map(([label]) => label),
      ...streamAttributes.filter((name) => names.record.has(name)),
      ...named.filter((name) => !name.startsWith('__')),
    ]),
  ]
}

export function optionsOf({ limits, signal }: QueryContext, rows_max: number) {
  return { timeout_ms: limits.timeout_ms, rows_max, signal }
}
