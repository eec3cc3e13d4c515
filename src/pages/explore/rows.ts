/** Answers as rows and tables: what is drawn, opened and exported is made of these. Pure. */
import type { ColumnType, QueryRun, SeriesRun, TableRun } from './contract.ts'

export type FlatTable = {
  columns: readonly { name: string; type: ColumnType }[]
  rows: readonly (readonly unknown[])[]
}

export type ExploreRow = {
  /** The same for the same row, so that an address can name it. */
  id: string
  time_ms: number | undefined
  values: ReadonlyMap<string, unknown>
}

export function exploreRows({ columns, values }: TableRun): ExploreRow[] {
  const count = values[0]?.length ?? 0
  const times = columns.findIndex(({ name }) => name === 'time')
  const seen = new Map<string, number>()
  return Array.from({ length: count }, (_, row) => {
    const own = values.map((column) => column[row])
    const time_ms = times < 0 ? undefined : Number(own[times])
    const hash = `${time_ms ?? ''}-${hashOf(JSON.stringify(own))}`
    const nth = seen.get(hash) ?? 0
    seen.set(hash, nth + 1)
    const id = nth === 0 ? hash : `${hash}-${nth}`
    return { id, time_ms, values: new Map(columns.map(({ name }, at) => [name, own[at]])) }
  })
}

/** FNV-1a: rows are told apart by it, nothing is proved by it. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

const mapNames = new Set(['attributes', 'numbers', 'annotations', 'user_extra', 'fields'])

/** Everything that a row says: columns that hold something, and each attribute by its name. */
export function entriesOf(row: ExploreRow): [string, string | number][] {
  const entries: [string, string | number][] = []
  for (const [name, value] of row.values) {
    if (mapNames.has(name) && isPlainObject(value)) {
      for (const [key, inner] of Object.entries(value)) entries.push([key, shownCell(inner)])
    } else if (!isNothing(value)) {
      entries.push([name, name === 'time' ? isoOf(value) : shownCell(value)])
    }
  }
  return entries
}

/** A field of a row: a column, or what an attribute of that name holds. */
export function fieldOf(row: ExploreRow, name: string): unknown {
  if (row.values.has(name)) return row.values.get(name)
  for (const map of mapNames) {
    const held = row.values.get(map)
    if (isPlainObject(held) && Object.hasOwn(held, name)) return held[name]
  }
  return undefined
}

/** As JSON people know it: attributes stay together, nothing that is empty. */
export function documentOf(row: ExploreRow): Record<string, unknown> {
  const kept = [...row.values].filter(([, value]) => !isNothing(value))
  return Object.fromEntries(
    kept.map(([name, value]) => [name, name === 'time' ? isoOf(value) : value]),
  )
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isPlainObject(value) && Object.keys(value).length === 0
}

function shownCell(value: unknown): string | number {
  if (typeof value === 'number' || typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isoOf(value: unknown): string {
  const time = new Date(Number(value))
  return Number.isNaN(time.getTime()) ? String(value) : time.toISOString()
}

/** `cart`, `cart, error`, or a metric with its labels; empty where there are none. */
export function seriesName(labels: Readonly<Record<string, string>>): string {
  const { __name__: metric, ...others } = labels
  const entries = Object.entries(others)
  if (metric === undefined && entries.length <= 2) return entries.map(([, one]) => one).join(', ')
  const inside = entries.map(([name, value]) => `${name}="${value}"`).join(', ')
  if (inside === '') return metric ?? ''
  return `${metric ?? ''}{${inside}}`
}

/** What cannot be drawn is a gap. */
export function drawnValues(values: SeriesRun['values'][number]): (number | null)[] {
  return values.map((value) => (typeof value === 'number' ? value : null))
}

/** Any answer as one table, as it is exported and shown. */
export function flatTable(run: QueryRun): FlatTable {
  switch (run.kind) {
    case 'table':
      return {
        columns: run.columns,
        rows: turned(run.values, run.values[0]?.length ?? 0),
      }
    case 'series':
      return seriesTable(run)
    case 'logs': {
      const names = labelNames(run.labels)
      const rows = run.body.map((body, at) => [
        Number(BigInt(run.time_ns[at] ?? '0') / 1_000_000n),
        run.severity[at] ?? '',
        body,
        ...names.map((name) => labelOf(run.labels[at], name)),
      ])
      return { columns: [timeColumn, ...texts(['severity', 'body', ...names])], rows }
    }
    case 'traces': {
      const columns = [
        timeColumn,
        ...texts(['trace_id', 'root_service', 'root_name']),
        ...(['duration_ms', 'spans', 'errors'] as const).map((name) => ({
          name,
          type: 'number' as const,
        })),
      ]
      const { time_ms, trace_id, root_service, root_name, duration_ms, spans, errors } = run
      const lists = [time_ms, trace_id, root_service, root_name, duration_ms, spans, errors]
      return { columns, rows: turned(lists, trace_id.length) }
    }
  }
}

const timeColumn = { name: 'time', type: 'time_ms' as const }

function texts(names: readonly string[]) {
  return names.map((name) => ({ name, type: 'string' as const }))
}

function seriesTable({ labels, time_ms, values }: SeriesRun): FlatTable {
  const names = labelNames(labels)
  const rows = values.flatMap((line, series) =>
    line.flatMap((value, at) =>
      value === null
        ? []
        : [[time_ms[at], ...names.map((name) => labelOf(labels[series], name)), value]],
    ),
  )
  const value = { name: 'value', type: 'number' as const }
  return { columns: [timeColumn, ...texts(names), value], rows }
}

function labelNames(labels: readonly Record<string, string>[]): string[] {
  return [...new Set(labels.flatMap((one) => Object.keys(one)))].toSorted()
}

function labelOf(labels: Record<string, string> | undefined, name: string): string {
  return labels !== undefined && Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''
}

function turned(columns: readonly (readonly unknown[])[], count: number): unknown[][] {
  return Array.from({ length: count }, (_, row) => columns.map((column) => column[row]))
}

/** A table over time: its first column of times, and lines of the columns of numbers. */
export function linesOf({ columns, values }: TableRun): SeriesRun | undefined {
  const at = columns.findIndex(({ type }) => type === 'time_ms')
  const numbers = columns.flatMap(({ name, type }, index) =>
    type === 'number' ? [{ name, index }] : [],
  )
  const words = columns.flatMap(({ type }, index) => (type === 'string' ? [index] : []))
  const count = values[0]?.length ?? 0
  if (at < 0 || numbers.length === 0 || words.length > 1 || count < 2) return undefined
  const times = [...new Set(values[at]!.map(Number))].sort((a, b) => a - b)
  const place = new Map(times.map((time, index) => [time, index]))
  const lines = new Map<string, (number | null)[]>()
  for (let row = 0; row < count; row++) {
    const word = words[0] === undefined ? '' : String(values[words[0]]![row] ?? '')
    for (const { name, index } of numbers) {
      const key = [word, ...(numbers.length > 1 || word === '' ? [name] : [])].filter(Boolean)
      const line = lines.get(key.join(' ')) ?? times.map(() => null)
      lines.set(key.join(' '), line)
      const value = values[index]![row]
      if (typeof value === 'number') line[place.get(Number(values[at]![row]))!] = value
    }
  }
  return {
    ...{ kind: 'series', warnings: [], infos: [], capped: false, took_ms: 0 },
    step_ms: times.length < 2 ? 1_000 : times[1]! - times[0]!,
    time_ms: times,
    labels: [...lines.keys()].map((name) => ({ name })),
    values: [...lines.values()],
  }
}
