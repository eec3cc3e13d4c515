/** A sign for each kind of panel. */
import {
  IconAlignLeft,
  IconChartBar,
  IconChartGridDots,
  IconChartLine,
  IconGauge,
  IconGridDots,
  IconLayoutRows,
  IconMarkdown,
  IconNumber123,
  IconTable,
  IconTopologyStar3,
} from '@tabler/icons-react'
import type { PanelKind } from './contract.ts'

export const kindIcons: Readonly<Record<PanelKind, typeof IconTable>> = {
  time_series: IconChartLine,
  stat: IconNumber123,
  gauge: IconGauge,
  bar: IconChartBar,
  table: IconTable,
  heatmap: IconChartGridDots,
  logs: IconAlignLeft,
  waffle: IconGridDots,
  service_map: IconTopologyStar3,
  markdown: IconMarkdown,
  row: IconLayoutRows,
}
