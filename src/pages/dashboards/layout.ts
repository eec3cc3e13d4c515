/**
 * Where panels stand when the dashboard is looked at: folded rows hide theirs, repeated panels and
 * rows stand once for each chosen value, and all below move down. Pure.
 */
import { grid_columns, type PanelModel, type Place } from './contract.ts'
import type { Chosen, Chosens } from './replace.ts'

export type Standing = {
  /** Of the panel and, for a repeated one, its value. */
  key: string
  panel: PanelModel
  at: Place
  /** Values that hold for this one alone. */
  own: Chosens
}

type Section = { row: PanelModel | undefined; panels: PanelModel[] }

export function byPlace(a: PanelModel, b: PanelModel): number {
  return a.at.y - b.at.y || a.at.x - b.at.x
}

/** A row's panels are those below it, up to the next row. */
export function sectionsOf(panels: readonly PanelModel[]): Section[] {
  const sections: Section[] = [{ row: undefined, panels: [] }]
  for (const panel of [...panels].sort(byPlace)) {
    if (panel.kind === 'row') sections.push({ row: panel, panels: [] })
    else sections.at(-1)?.panels.push(panel)
  }
  return sections
}

export function standing(
  panels: readonly PanelModel[],
  chosens: Chosens,
  isFolded: (row: PanelModel) => boolean = (row) => row.is_folded,
): Standing[] {
  const all: Standing[] = []
  let top = 0
  for (const { row, panels: own } of sectionsOf(panels)) {
    for (const { value, scope } of timesOf(row, chosens)) {
      if (row !== undefined) {
        const at = { x: 0, y: top, w: grid_columns, h: 1 }
        all.push({ key: keyOf(row, value), panel: row, at, own: scope })
        top += 1
        if (isFolded(row)) continue
      }
      const placed = sectionOf(own, chosens, scope)
      const suffix = value === undefined ? '' : `/${value}`
      for (const one of placed) {
        const at = { ...one.at, y: one.at.y + top }
        all.push({ ...one, key: `${one.key}${suffix}`, at })
      }
      top += Math.max(0, ...placed.map(({ at }) => at.y + at.h))
    }
  }
  return all
}

function sectionOf(panels: readonly PanelModel[], chosens: Chosens, scope: Chosens): Standing[] {
  const placed: Standing[] = []
  const first = Math.min(...panels.map(({ at }) => at.y), Number.MAX_SAFE_INTEGER)
  let [moved, moves, line] = [0, 0, first]
  for (const panel of panels) {
    // Panels beside a repeated one stay beside it; those below it make room.
    if (panel.at.y !== line) {
      moved += moves
      moves = 0
      line = panel.at.y
    }
    const times = timesOf(panel, chosens)
    const isAcross = panel.repeat?.way === 'right'
    const room = isAcross && isAlone(panel, panels) ? { x: 0, w: grid_columns } : panel.at
    const fitting = Math.max(1, Math.floor(room.w / across_least))
    const per_row = Math.min(times.length, panel.repeat?.per_row ?? 1, fitting)
    const y = panel.at.y - first + moved
    times.forEach(({ value, scope: own }, index) => {
      const at = isAcross
        ? across({ x: room.x, w: room.w, y, h: panel.at.h }, index, Math.max(1, per_row))
        : { ...panel.at, y: y + index * panel.at.h }
      placed.push({ key: keyOf(panel, value), panel, at, own: new Map([...scope, ...own]) })
    })
    const lines = isAcross ? Math.ceil(times.length / Math.max(1, per_row)) : times.length
    moves = Math.max(moves, (lines - 1) * panel.at.h)
  }
  return placed
}

const across_least = 3

/** Nothing beside it: its copies may take the whole width. */
function isAlone(panel: PanelModel, all: readonly PanelModel[]): boolean {
  const { y, h } = panel.at
  return all.every(({ id, at }) => id === panel.id || at.y >= y + h || at.y + at.h <= y)
}

function across(at: Place, index: number, per_row: number): Place {
  const w = Math.floor(at.w / per_row)
  const x = at.x + (index % per_row) * w
  return { x, y: at.y + Math.floor(index / per_row) * at.h, w, h: at.h }
}

const repeats_max = 50

/** Once, or once for each chosen value. */
function timesOf(
  panel: PanelModel | undefined,
  chosens: Chosens,
): { value: string | undefined; scope: Chosens }[] {
  const name = panel?.repeat?.variable
  const chosen = name === undefined ? undefined : chosens.get(name)
  if (name === undefined || chosen === undefined || chosen.values.length === 0) {
    return [{ value: undefined, scope: new Map() }]
  }
  return chosen.values.slice(0, repeats_max).map((value, at) => {
    const only: Chosen = { ...chosen, values: [value], shown: [chosen.shown[at] ?? value] }
    return { value, scope: new Map([[name, { ...only, is_all: false, is_multi: false }]]) }
  })
}

function keyOf(panel: PanelModel, value: string | undefined): string {
  return value === undefined ? panel.id : `${panel.id}=${value}`
}

/** The first free place below all others. */
export function placeBelow(panels: readonly PanelModel[], w: number, h: number): Place {
  const bottom = Math.max(0, ...panels.map(({ at }) => at.y + at.h))
  return { x: 0, y: bottom, w, h }
}

/** An id that no panel has. */
export function newPanelId(panels: readonly PanelModel[]): string {
  const taken = new Set(panels.map(({ id }) => id))
  for (let number = panels.length + 1; ; number += 1) {
    if (!taken.has(`p${number}`)) return `p${number}`
  }
}
