/**
 * Answers of queries as one table of columns, with the panel's transformations applied. Pure; what
 * a cell looks like is draw/TableBody.tsx.
 */
import type { ColumnType, QueryRun } from '../explore/contract.ts'
import type { PanelModel, Transform } from './contract.ts'
import { patternOf } from './patterns.ts'
import { calculated, isKept, type Ran, seriesName, seriesOf } from './series.ts'

export type SheetColumn = { name: string; type: ColumnType; values: unknown[]; ref?: string }
export type Sheet = { columns: SheetColumn[]; rows: number }

export function sheetOf(rans: readonly Ran[], panel: Pick<PanelModel, 'transforms'>): Sheet {
  const [first, ...rest] = panel.transforms
  // What reduces series needs all their values: it comes before they are rows.
  if (first?.kind === 'reduce') {
    return transformed(reduced(rans, first.calcs), rest)
  }
  const isOne = rans.length === 1
  const sheets = rans.map((ran) => sheetOfRun(ran, isOne))
  const on = panel.transforms.find((step) => step.kind === 'join')
  const joined = on === undefined ? merged(sheets) : joinedBy(sheets, on.field)
  return transformed(joined, panel.transforms)
}

function sheetOfRun({ query, run }: Ran, isOne: boolean): Sheet {
  switch (run.kind) {
    case 'series':
      return sheetOfSeries({ query, run }, isOne ? 'Value' : `Value #${query.ref}`)
    case 'table': {
      const columns = run.columns.map(({ name, type }, at) => ({
        ...{ name, type, values: run.values[at] ?? [], ref: query.ref },
      }))
      return { columns, rows: columns[0]?.values.length ?? 0 }
    }
    case 'logs':
      return sheetOfLogs(run, query.ref)
    case 'traces': {
      const { trace_id, root_service, root_name, time_ms, duration_ms, spans, errors } = run
      return textsAndNumbers(
        { time_ms: ['time_ms', time_ms], trace_id: ['string', trace_id] },
        { service: ['string', root_service], name: ['string', root_name] },
        { duration_ms: ['number', duration_ms], spans: ['number', spans] },
        { errors: ['number', errors] },
      )
    }
  }
}

type Listed = Record<string, readonly [ColumnType, readonly unknown[]]>

function textsAndNumbers(...parts: Listed[]): Sheet {
  const columns = parts
    .flatMap((part) => Object.entries(part))
    .map(([name, [type, values]]) => ({ name, type, values: [...values] }))
  return { columns, rows: columns[0]?.values.length ?? 0 }
}

/** One row a series with its newest value: what an instant query gives anyway. */
function sheetOfSeries({ query, run }: Ran, value_name: string): Sheet {
  if (run.kind !== 'series') return { columns: [], rows: 0 }
  const names = [...new Set(run.labels.flatMap((labels) => Object.keys(labels)))].sort()
  const labelColumns = names
    .filter((name) => name !== '__name__')
    .map((name): SheetColumn => {
      return { name, type: 'string', values: run.labels.map((labels) => labels[name] ?? '') }
    })
  const newest = run.values.map((values) => values.findLast((value) => value !== null) ?? null)
  const values = newest.map((value) => (typeof value === 'string' ? numberOf(value) : value))
  const column: SheetColumn = { name: value_name, type: 'number', values, ref: query.ref }
  return { columns: [...labelColumns, column], rows: run.labels.length }
}

function numberOf(value: string): number {
  return value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number.NaN
}

function sheetOfLogs(run: Extract<QueryRun, { kind: 'logs' }>, ref: string): Sheet {
  const time_ms = run.time_ns.map((time) => Number(BigInt(time) / 1_000_000n))
  const sheet = textsAndNumbers(
    { time_ms: ['time_ms', time_ms], severity: ['string', run.severity] },
    { body: ['string', run.body] },
  )
  return { ...sheet, columns: sheet.columns.map((column) => ({ ...column, ref })) }
}

function reduced(rans: readonly Ran[], calcs: Extract<Transform, { kind: 'reduce' }>['calcs']) {
  const { series } = seriesOf(rans)
  const field: SheetColumn = { name: 'Field', type: 'string', values: series.map((s) => s.name) }
  const columns = calcs.map((calc): SheetColumn => {
    return { name: calc, type: 'number', values: series.map((s) => calculated(s.values, calc)) }
  })
  return { columns: [field, ...columns], rows: series.length }
}

/** Rows with equal values in all columns that the tables share become one. */
function merged(sheets: readonly Sheet[]): Sheet {
  const [first, ...rest] = sheets
  if (first === undefined) return { columns: [], rows: 0 }
  return rest.reduce((one, other) => {
    const shared = other.columns
      .filter(({ type, name }) => type !== 'number' && one.columns.some((c) => c.name === name))
      .map(({ name }) => name)
    return joinedOn(one, other, shared)
  }, first)
}

function joinedBy(sheets: readonly Sheet[], field: string): Sheet {
  const having = sheets.filter(({ columns }) => columns.some(({ name }) => name === field))
  const [first, ...rest] = having
  if (first === undefined) return merged(sheets)
  return rest.reduce((one, other) => {
    // Labels that both tell are told once.
    const known = new Set(one.columns.map(({ name }) => name))
    const columns = other.columns.filter(({ name }) => name === field || !known.has(name))
    return joinedOn(one, { ...other, columns }, [field])
  }, first)
}

function joinedOn(one: Sheet, other: Sheet, on: readonly string[]): Sheet {
  const keysOf = (sheet: Sheet) => {
    const columns = on.map((name) => sheet.columns.find((column) => column.name === name))
    return (row: number) => JSON.stringify(columns.map((column) => column?.values[row] ?? null))
  }
  const [keyOfOne, keyOfOther] = [keysOf(one), keysOf(other)]
  const rows = new Map<string, number>()
  const columns = one.columns.map((column) => ({ ...column, values: [...column.values] }))
  for (let row = 0; row < one.rows; row += 1) rows.set(keyOfOne(row), row)
  let count = one.rows
  const places = Array.from({ length: other.rows }, (_, row) => {
    const key = keyOfOther(row)
    const found = on.length === 0 ? undefined : rows.get(key)
    if (found !== undefined) return found
    rows.set(key, count)
    count += 1
    return count - 1
  })
  const all = new Map(columns.map((column) => [column.name, column]))
  for (const column of other.columns) {
    const into = all.get(column.name) ?? { ...column, values: [] }
    all.set(column.name, into)
    column.values.forEach((value, row) => {
      into.values[places[row] ?? 0] = value
    })
  }
  const filled = [...all.values()].map((column) => ({
    ...column,
    values: Array.from({ length: count }, (_, row) => column.values[row] ?? null),
  }))
  return { columns: filled, rows: count }
}

export function transformed(sheet: Sheet, steps: readonly Transform[]): Sheet {
  return steps.reduce((now, step) => apply(now, step), sheet)
}

function apply(sheet: Sheet, step: Transform): Sheet {
  const { columns } = sheet
  switch (step.kind) {
    case 'organize':
      return { ...sheet, columns: organized(columns, step) }
    case 'filter_names':
      return { ...sheet, columns: columns.filter(({ name }) => isKept(name, step)) }
    case 'rename': {
      const pattern = patternOf(step.pattern)
      const named = (name: string) => pattern?.replaces(name, step.to) ?? name
      return { ...sheet, columns: columns.map((one) => ({ ...one, name: named(one.name) })) }
    }
    case 'sort':
      return taken(sheet, sortedRows(sheet, step.field, step.is_down))
    case 'limit':
      return taken(sheet, rowsOf(sheet).slice(0, step.rows))
    case 'group':
      return grouped(sheet, step)
    case 'calculate':
      return { ...sheet, columns: [...columns, calculatedColumn(sheet, step)] }
    case 'combine':
      return { ...sheet, columns: combinedColumns(sheet, step) }
    case 'filter_rows':
      return taken(
        sheet,
        rowsOf(sheet).filter((row) => isRowKept(sheet, row, step)),
      )
    default:
      return sheet
  }
}

type Step<Kind> = Extract<Transform, { kind: Kind }>

function organized(columns: readonly SheetColumn[], step: Step<'organize'>): SheetColumn[] {
  const names = new Map(step.names)
  const order = new Map(step.order.map((name, at) => [name, at]))
  const place = (name: string, at: number) => order.get(name) ?? 1000 + at
  return columns
    .map((column, at) => ({ column, at: place(column.name, at) }))
    .filter(({ column }) => !step.hidden.includes(column.name))
    .sort((a, b) => a.at - b.at)
    .map(({ column }) => ({ ...column, name: names.get(column.name) ?? column.name }))
}

function rowsOf({ rows }: Sheet): number[] {
  return Array.from({ length: rows }, (_, row) => row)
}

function taken(sheet: Sheet, rows: readonly number[]): Sheet {
  const columns = sheet.columns.map((column) => ({
    ...column,
    values: rows.map((row) => column.values[row]),
  }))
  return { columns, rows: rows.length }
}

function sortedRows(sheet: Sheet, field: string, is_down: boolean): number[] {
  const values = sheet.columns.find(({ name }) => name === field)?.values
  if (values === undefined) return rowsOf(sheet)
  const way = is_down ? -1 : 1
  return rowsOf(sheet).sort((a, b) => way * compared(values[a], values[b]) || a - b)
}

function compared(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a ?? '').localeCompare(String(b ?? ''), undefined, { numeric: true })
}

function grouped(sheet: Sheet, { by, sums }: Step<'group'>): Sheet {
  const of = (name: string) => sheet.columns.find((column) => column.name === name)
  const keys = by.flatMap((name) => of(name) ?? [])
  const groups = new Map<string, number[]>()
  for (const row of rowsOf(sheet)) {
    const key = JSON.stringify(keys.map((column) => column.values[row] ?? null))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const rows = [...groups.values()]
  const first = keys.map((key) => ({ ...key, values: rows.map((all) => key.values[all[0] ?? 0]) }))
  const made = sums.flatMap(([name, calc]): SheetColumn[] => {
    const column = of(name)
    if (column === undefined) return []
    const numbers = (all: number[]) =>
      all.map((row) => (typeof column.values[row] === 'number' ? column.values[row] : null))
    const values = rows.map((all) => calculated(numbers(all), calc))
    return [{ name: `${name} (${calc})`, type: 'number', values }]
  })
  return { columns: [...first, ...made], rows: rows.length }
}

function calculatedColumn(sheet: Sheet, step: Step<'calculate'>): SheetColumn {
  const side = (name: string) => {
    const column = sheet.columns.find((one) => one.name === name)
    const fixed = Number(name)
    return (row: number) =>
      column === undefined ? fixed : Number(column.values[row] ?? Number.NaN)
  }
  const [left, right] = [side(step.left), side(step.right)]
  const values = rowsOf(sheet).map((row) => {
    const [a, b] = [left(row), right(row)]
    const value = { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[step.operator]
    return Number.isNaN(value) ? null : value
  })
  const name = step.as === '' ? `${step.left} ${step.operator} ${step.right}` : step.as
  return { name, type: 'number', values }
}

function combinedColumns(sheet: Sheet, step: Step<'combine'>): SheetColumn[] {
  const numbers = sheet.columns.filter(({ type }) => type === 'number')
  const of = numbers.filter(({ name }) => step.fields.length === 0 || step.fields.includes(name))
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  const values = rowsOf(sheet).map((row) =>
    calculated(
      of.map((column) => number(column.values[row])),
      step.calc,
    ),
  )
  const made: SheetColumn = { name: step.as, type: 'number', values }
  const others = step.is_alone ? sheet.columns.filter((one) => !of.includes(one)) : sheet.columns
  return [...others, made]
}

function isRowKept(sheet: Sheet, row: number, step: Step<'filter_rows'>): boolean {
  const meets = ({ field, is, value }: (typeof step.conditions)[number]) => {
    const own = sheet.columns.find(({ name }) => name === field)?.values[row] ?? null
    if (is === 'null') return own === null
    if (is === 'not_null') return own !== null
    if (is === 'greater') return Number(own) > Number(value)
    if (is === 'less') return Number(own) < Number(value)
    if (is === 'matches') return patternOf(value)?.finds(String(own)) === true
    return (String(own) === value) === (is === 'equal')
  }
  const { conditions, is_any, is_out } = step
  return (is_any ? conditions.some(meets) : conditions.every(meets)) !== is_out
}

/** What a row is called where it has no columns of its own to be called by. */
export function rowName(sheet: Sheet, row: number, legend: string): string {
  const texts = sheet.columns.filter(({ type }) => type === 'string')
  const labels = Object.fromEntries(texts.map(({ name, values }) => [name, `${values[row] ?? ''}`]))
  return seriesName(labels, legend, '')
}
