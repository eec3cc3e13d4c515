/** How values of a field read, and by what rows of each table are told apart at first. */
import { resolveField } from '../../model/fields.ts'
import type { ExploreTable, SearchShape } from './contract.ts'

export function unitOfField(table: ExploreTable, name: string): string {
  const match = resolveField(table, name)
  if (match.tag === 'column' && match.field.kind === 'duration') return 'ns'
  const column = match.tag === 'column' ? match.field.column : name
  if (/(^|[._])bytes$|[._]size$/.test(column)) return 'By'
  return /_ms$/.test(column) ? 'ms' : ''
}

export function unitOf({ table, measure, field }: SearchShape): string {
  if (measure === undefined || measure === 'count' || measure === 'unique') return 'count'
  return field === undefined ? '' : unitOfField(table, field)
}

/** Of few values, and the first thing one asks of rows of that kind. */
export const firstBreakdown: Readonly<Record<ExploreTable, string>> = {
  logs: 'severity',
  spans: 'status',
  metric_series: 'kind',
  kubernetes_events: 'type',
  audit_events: 'outcome',
  security_events: 'severity',
  network_flows: 'verdict',
}
