/** Changes of a dashboard as its editor makes them: each gives a new one. Pure. */
import {
  type Dashboard,
  dashboardSchema,
  grid_columns,
  type PanelKind,
  type PanelModel,
  type PanelOptions,
  type PanelQuery,
  type Place,
} from './contract.ts'
import { newPanelId, placeBelow } from './layout.ts'

export function blankDashboard(title: string): Dashboard {
  return dashboardSchema.parse({ format: 1, title })
}

const [blankPanel] = dashboardSchema.parse({
  format: 1,
  title: '-',
  panels: [{ id: 'p', kind: 'stat', at: { x: 0, y: 0, w: 1, h: 1 } }],
}).panels

export const plainOptions = blankPanel?.options as PanelOptions

const sizes: Partial<Record<PanelKind, { w: number; h: number }>> = {
  row: { w: grid_columns, h: 1 },
  stat: { w: 6, h: 5 },
  gauge: { w: 6, h: 6 },
  logs: { w: 24, h: 10 },
  table: { w: 12, h: 9 },
  service_map: { w: 24, h: 12 },
}

export function newQuery(ref: string, language: PanelQuery['language']): PanelQuery {
  const shape: NonNullable<PanelQuery['shape']> = { table: 'logs', measure: 'count', group_by: [] }
  return {
    ...{ ref, language, query: '', mode: 'range', legend: '', is_hidden: false, min_step: '' },
    ...(language === 'search' ? { shape } : {}),
  }
}

export function newPanel(dashboard: Dashboard, kind: PanelKind, title: string): PanelModel {
  const { w, h } = sizes[kind] ?? { w: 12, h: 8 }
  const hasQuery = !['row', 'markdown', 'service_map'].includes(kind)
  return {
    id: newPanelId(dashboard.panels),
    kind,
    title,
    description: '',
    at: placeBelow(dashboard.panels, w, h),
    queries: hasQuery ? [newQuery('A', 'search')] : [],
    transforms: [],
    options: plainOptions,
    is_folded: false,
  }
}

export function withPanel(dashboard: Dashboard, panel: PanelModel): Dashboard {
  const isThere = dashboard.panels.some(({ id }) => id === panel.id)
  const panels = isThere
    ? dashboard.panels.map((one) => (one.id === panel.id ? panel : one))
    : [...dashboard.panels, panel]
  return { ...dashboard, panels }
}

export function withoutPanel(dashboard: Dashboard, id: string): Dashboard {
  return { ...dashboard, panels: dashboard.panels.filter((panel) => panel.id !== id) }
}

/** Below the one it is a copy of. */
export function withCopy(dashboard: Dashboard, panel: PanelModel): Dashboard {
  const id = newPanelId(dashboard.panels)
  const at = { ...panel.at, y: panel.at.y + panel.at.h }
  const moved = dashboard.panels.map((one) =>
    one.at.y >= at.y ? { ...one, at: { ...one.at, y: one.at.y + at.h } } : one,
  )
  return { ...dashboard, panels: [...moved, { ...panel, id, at }] }
}

type Laid = { i: string; x: number; y: number; w: number; h: number }

/** The same dashboard when nothing has moved. */
export function withLayout(dashboard: Dashboard, layout: readonly Laid[]): Dashboard {
  const places = new Map(layout.map(({ i, x, y, w, h }) => [i, { x, y, w, h }]))
  let isMoved = false
  const panels = dashboard.panels.map((panel) => {
    const at = places.get(panel.id)
    if (at === undefined || isSamePlace(at, panel.at)) return panel
    isMoved = true
    return { ...panel, at }
  })
  return isMoved ? { ...dashboard, panels } : dashboard
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h
}

/** By one step; never off the grid. */
export function nudged(at: Place, way: 'left' | 'right' | 'up' | 'down', isSize: boolean): Place {
  const [x, y] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[way] as [
    number,
    number,
  ]
  if (isSize) {
    const w = Math.min(grid_columns - at.x, Math.max(1, at.w + x))
    return { ...at, w, h: Math.max(1, at.h + y) }
  }
  const moved = Math.min(grid_columns - at.w, Math.max(0, at.x + x))
  return { ...at, x: moved, y: Math.max(0, at.y + y) }
}

/** A reference that no query of the panel has. */
export function nextRef(queries: readonly PanelQuery[]): string {
  const taken = new Set(queries.map(({ ref }) => ref))
  for (let at = 0; ; at += 1) {
    const ref = String.fromCharCode(65 + (at % 26)) + (at < 26 ? '' : Math.floor(at / 26))
    if (!taken.has(ref)) return ref
  }
}
