/** What the page asks for, from its address: rows, the chart over time, the top values. Pure. */
import type { RangeAsk } from '../../model/question.ts'
import type { ExploreUrl } from './address.ts'
import type { RunAsk, SearchShape } from './contract.ts'
import { firstBreakdown } from './field-units.ts'

type Asked = Omit<RunAsk, 'step_ms' | 'shape'> & { shape?: SearchShape }

/** Rows that are asked for before anybody scrolls to their end. */
export const rows_first = 500
const chart_points = 120
const top_rows = 100

export function rowsAsk(url: ExploreUrl, range: RangeAsk, rows_max: number): Asked {
  const { table, query } = url
  const shape = { table, group_by: [], columns: ['*'] }
  return { ...range, language: 'search', query, mode: 'instant', points_max: 1, rows_max, shape }
}

/** Whether anything but rows over time was chosen. */
export function isCharted({ measure, field, group_by }: ExploreUrl): boolean {
  return measure !== '' || field !== '' || group_by.length > 0
}

export function needsField({ measure, field }: ExploreUrl): boolean {
  return measure !== '' && measure !== 'count' && field === ''
}

export function chartShape(url: ExploreUrl): SearchShape {
  const { table, measure, field } = url
  const group_by = isCharted(url) ? [...url.group_by].slice(0, 4) : [firstBreakdown[table]]
  const counted = measure === '' || measure === 'count'
  return {
    ...{ table, group_by, measure: measure === '' ? 'count' : measure },
    ...(counted || field === '' ? {} : { field }),
  }
}

export function chartAsk(url: ExploreUrl, range: RangeAsk): Asked {
  const isTop = url.chart === 'top' && isCharted(url)
  const { query } = url
  const shape = chartShape(url)
  const lines = shape.measure === 'count' || shape.measure === 'sum' ? 20 : 12
  return {
    ...range,
    ...{ language: 'search', query, shape },
    mode: isTop ? 'instant' : 'range',
    points_max: chart_points,
    rows_max: isTop ? top_rows : lines,
  }
}

export function languageAsk(url: ExploreUrl, range: RangeAsk, rows_max: number): Asked {
  const { language, query } = url
  return { ...range, language, query, mode: 'range', points_max: 300, rows_max }
}
