/** Tables as files: CSV that no spreadsheet takes for formulas, and JSON. Pure but for download. */
import type { FlatTable } from './rows.ts'

/** A cell that begins so is a formula to a spreadsheet. */
const isFormula = /^[=+\-@\t\r]/

export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  // A number is none, whatever its sign.
  if (typeof value === 'number') return String(value)
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const safe = isFormula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function csvOf({ columns, rows }: FlatTable): string {
  const head = columns.map(({ name }) => csvCell(name)).join(',')
  const lines = rows.map((row) => columns.map((_, at) => csvCell(valueAt(columns, row, at))))
  return [head, ...lines.map((cells) => cells.join(','))].map((line) => `${line}\r\n`).join('')
}

export function jsonOf({ columns, rows }: FlatTable): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, at) => [name, valueAt(columns, row, at)])),
  )
  return `${JSON.stringify(objects, null, 2)}\n`
}

function valueAt(columns: FlatTable['columns'], row: readonly unknown[], at: number): unknown {
  const value = row[at]
  if (columns[at]?.type !== 'time_ms' || typeof value !== 'number') return value
  const time = new Date(value)
  return Number.isNaN(time.getTime()) ? value : time.toISOString()
}

export type FileFormat = 'csv' | 'json'
const media: Record<FileFormat, string> = { csv: 'text/csv', json: 'application/json' }

/** Gives the table to the browser as a file. */
export function download(table: FlatTable, name: string, format: FileFormat): void {
  const text = format === 'csv' ? csvOf(table) : jsonOf(table)
  const address = URL.createObjectURL(new Blob([text], { type: `${media[format]};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = address
  link.download = `${name}.${format}`
  link.click()
  URL.revokeObjectURL(address)
}
