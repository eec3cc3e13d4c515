/**
 * Grafana's panels in one list with places on our grid, which has its 24 columns: folded rows are
 * opened, and rows of the oldest dashboards, which told spans, are laid out.
 */
import { grid_columns, type Place } from '../contract.ts'
import { type Json, numberOf, objectOf, objectsOf, textOf } from './read.ts'

export type Placed = { panel: Json; at: Place; isFolded: boolean }

export function placesOf(dashboard: Json): Placed[] {
  const rows = objectsOf(dashboard.rows)
  return rows.length > 0 ? ofRows(rows) : ofGrid(objectsOf(dashboard.panels))
}

function ofGrid(panels: readonly Json[]): Placed[] {
  const placed: Placed[] = []
  let moved = 0
  const ordered = panels
    .map((panel) => ({ panel, at: placeOf(panel) }))
    .sort((a, b) => a.at.y - b.at.y || a.at.x - b.at.x)
  for (const { panel, at } of ordered) {
    const top = { ...at, y: at.y + moved }
    const inside = objectsOf(panel.panels)
    const isFolded = panel.type === 'row' && panel.collapsed === true
    placed.push({ panel, at: top, isFolded })
    if (panel.type !== 'row' || inside.length === 0) continue
    const places = inside.map(placeOf)
    const first = Math.min(...places.map(({ y }) => y))
    inside.forEach((one, index) => {
      const own = places[index] ?? placeOf(one)
      placed.push({ panel: one, at: { ...own, y: top.y + 1 + own.y - first }, isFolded: false })
    })
    moved += Math.max(...places.map(({ y, h }) => y + h)) - first
  }
  return placed
}

function placeOf(panel: Json): Place {
  const grid = objectOf(panel.gridPos)
  if (panel.type === 'row') {
    return { x: 0, y: whole(grid.y, 0, 0, 90_000), w: grid_columns, h: 1 }
  }
  const x = whole(grid.x, 0, 0, grid_columns - 1)
  const w = whole(grid.w, 12, 1, grid_columns - x)
  return { x, y: whole(grid.y, 0, 0, 90_000), w, h: whole(grid.h, 8, 1, 200) }
}

function whole(value: unknown, otherwise: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(numberOf(value) ?? otherwise)))
}

/** Twelve spans make a line; heights were told in pixels. */
function ofRows(rows: readonly Json[]): Placed[] {
  const placed: Placed[] = []
  let top = 0
  for (const row of rows) {
    const isFolded = row.collapse === true
    if (row.showTitle === true || isFolded || textOf(row.repeat) !== '') {
      const panel = { ...row, type: 'row', panels: [] }
      placed.push({ panel, at: { x: 0, y: top, w: grid_columns, h: 1 }, isFolded })
      top += 1
    }
    let [x, high] = [0, 0]
    for (const panel of objectsOf(row.panels)) {
      const w = whole((numberOf(panel.span) ?? 12) * 2, grid_columns, 1, grid_columns)
      const h = heightOf(panel.height ?? row.height)
      if (x + w > grid_columns) {
        top += high
        x = 0
        high = 0
      }
      placed.push({ panel, at: { x, y: top, w, h }, isFolded: false })
      x += w
      high = Math.max(high, h)
    }
    top += high
  }
  return placed
}

function heightOf(height: unknown): number {
  const pixels = numberOf(typeof height === 'string' ? height.replace('px', '') : height)
  return whole((pixels ?? 250) / 38, 7, 2, 40)
}
