/**
 * Answers of queries as single values with names: what stats, gauges, bars and squares show. Pure.
 */
import type { PanelModel } from './contract.ts'
import { calculated, type Labels, type Ran, seriesOf } from './series.ts'
import { rowName, sheetOf } from './sheet.ts'

export type OneFigure = {
  name: string
  ref: string
  labels: Labels
  value: number | string | null
  /** Its past, when it has one. */
  past: readonly (number | null)[]
}

export const figures_max = 500

export function figuresOf(rans: readonly Ran[], panel: PanelModel): OneFigure[] {
  const isTable = rans.some(({ run }) => run.kind !== 'series')
  return isTable ? ofSheet(rans, panel) : ofSeries(rans, panel)
}

function ofSeries(rans: readonly Ran[], panel: PanelModel): OneFigure[] {
  const { series } = seriesOf(rans, panel.transforms)
  return series.map(({ name, ref, labels, values }) => ({
    ...{ name, ref, labels },
    value: calculated(values, panel.options.calc),
    past: values.length > 1 ? values : [],
  }))
}

/** A row is one figure by its texts; one row of many numbers is a figure each. */
function ofSheet(rans: readonly Ran[], panel: PanelModel): OneFigure[] {
  const sheet = sheetOf(rans, panel)
  const numbers = sheet.columns.filter(({ type }) => type === 'number')
  const legend = rans[0]?.query.legend ?? ''
  const texts = sheet.columns.filter(({ type }) => type === 'string')
  return Array.from({ length: sheet.rows }).flatMap((_, row) => {
    const labels = Object.fromEntries(texts.map((one) => [one.name, `${one.values[row] ?? ''}`]))
    const of = rowName(sheet, row, legend)
    return numbers.map(({ name, ref = '', values }) => ({
      ref,
      labels,
      name: numbers.length === 1 && of !== '' ? of : of === '' ? name : `${of} ${name}`,
      value: typeof values[row] === 'number' ? (values[row] as number) : null,
      past: [],
    }))
  })
}
