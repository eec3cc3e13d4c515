/** Decides the cells of the waffle: their groups, order and tones by a figure. Draws nothing. */
import type { Health } from '../../model/kubernetes.ts'
import { age, type ObjectRow, resourceUse, shareOf, troubleOf } from './prepare.ts'

export const waffleColors = ['health', 'cpu', 'memory', 'restarts', 'pods', 'age'] as const
export type WaffleColor = (typeof waffleColors)[number]
export const waffleGroups = ['node', 'namespace', 'workload', 'cluster', 'none'] as const
export type WaffleGroup = (typeof waffleGroups)[number]

export const colorsOf: Readonly<Record<'pods' | 'nodes', readonly WaffleColor[]>> = {
  pods: ['health', 'cpu', 'memory', 'restarts', 'age'],
  nodes: ['health', 'cpu', 'memory', 'pods', 'age'],
}
export const groupsOf: Readonly<Record<'pods' | 'nodes', readonly WaffleGroup[]>> = {
  pods: ['namespace', 'workload', 'node', 'cluster', 'none'],
  nodes: ['cluster', 'none'],
}

/** health words, or a level from 0 to 4; undefined when nobody told the figure. */
export type Tone = Health | 'level0' | 'level1' | 'level2' | 'level3' | 'level4' | 'none'

export type Cell = { row: ObjectRow; tone: Tone; says: string }
export type CellGroup = { name: string; cells: Cell[] }

export function waffle(
  rows: readonly ObjectRow[],
  color: WaffleColor,
  group: WaffleGroup,
  now_ms: number,
): CellGroup[] {
  const groups = new Map<string, Cell[]>()
  const several = new Set(rows.map((row) => row.cluster)).size > 1
  for (const row of [...rows].sort((a, b) => troubleOf(b) - troubleOf(a))) {
    const name = groupName(row, group, several)
    const cells = groups.get(name)
    const cell = { row, ...toned(row, color, now_ms) }
    if (cells === undefined) groups.set(name, [cell])
    else cells.push(cell)
  }
  return [...groups]
    .map(([name, cells]) => ({ name, cells }))
    .sort((a, b) => b.cells.length - a.cells.length)
}

/** The same name in two clusters is two groups. */
function groupName(row: ObjectRow, group: WaffleGroup, several: boolean): string {
  const place = several ? `${row.cluster} / ` : ''
  if (group === 'none') return ''
  if (group === 'cluster') return row.cluster
  if (group === 'workload') return `${place}${row.namespace} / ${row.workload || row.name}`
  return `${place}${row[group] || '–'}`
}

function toned(row: ObjectRow, color: WaffleColor, now_ms: number): Omit<Cell, 'row'> {
  if (color === 'health') return { tone: row.health, says: row.status }
  if (color === 'restarts') {
    const restarts = row.numbers.restarts ?? 0
    return { tone: level(restarts, [1, 3, 10, 30]), says: String(restarts) }
  }
  if (color === 'age') {
    const hours = (now_ms - row.created_ms) / 3_600_000
    // The youngest are the strongest: what is new is what changed.
    const tone = level(-hours, [-24 * 7, -24, -4, -1])
    return { tone: row.created_ms === 0 ? 'none' : tone, says: age(row.created_ms, now_ms) }
  }
  const share = color === 'pods' ? podShare(row) : shareOf(resourceUse(row, color))
  if (share === null) return { tone: 'none', says: '–' }
  return { tone: level(share, [0.3, 0.6, 0.8, 0.95]), says: `${Math.round(share * 100)}%` }
}

function podShare({ numbers }: ObjectRow): number | null {
  const { pods, pods_allocatable } = numbers
  return pods === undefined || !pods_allocatable ? null : pods / pods_allocatable
}

function level(value: number, from: readonly [number, number, number, number]): Tone {
  const at = from.filter((start) => value >= start).length
  return `level${at}` as Tone
}
