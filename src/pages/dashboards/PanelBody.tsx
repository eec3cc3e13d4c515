/** The drawing of a panel by its kind. */
import { BarBody } from './draw/BarBody.tsx'
import { ChartBody } from './draw/ChartBody.tsx'
import type { Drawing } from './draw/drawing.ts'
import { GaugeBody } from './draw/GaugeBody.tsx'
import { HeatmapBody } from './draw/HeatmapBody.tsx'
import { LogsBody } from './draw/LogsBody.tsx'
import { StatBody } from './draw/StatBody.tsx'
import { TableBody } from './draw/TableBody.tsx'
import { WaffleBody } from './draw/WaffleBody.tsx'
import type { Ran } from './series.ts'

export function PanelBody(drawing: Drawing) {
  switch (drawing.panel.kind) {
    case 'time_series':
      return <ChartBody {...drawing} />
    case 'stat':
      return <StatBody {...drawing} />
    case 'gauge':
      return <GaugeBody {...drawing} />
    case 'bar':
      return <BarBody {...drawing} />
    case 'table':
      return <TableBody {...drawing} />
    case 'heatmap':
      return <HeatmapBody {...drawing} />
    case 'logs':
      return <LogsBody {...drawing} />
    case 'waffle':
      return <WaffleBody {...drawing} />
    default:
      return null
  }
}

/** Whether nothing was found: a figure of zero is something. */
export function isEmpty(rans: readonly Ran[]): boolean {
  return rans.every(({ run }) => {
    if (run.kind === 'series') return run.labels.length === 0
    if (run.kind === 'logs') return run.time_ns.length === 0
    if (run.kind === 'traces') return run.trace_id.length === 0
    return (run.values[0]?.length ?? 0) === 0
  })
}
