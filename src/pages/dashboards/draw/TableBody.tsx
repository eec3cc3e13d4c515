/** Rows and columns of what was answered; things with pages are links, and figures have colours. */
import type { CSSProperties } from 'react'
import { EntityLink } from '../../../ui/entity/EntityLink.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import { Instant } from '../../../ui/parts/Figures.tsx'
import { type Column, DataTable } from '../../../ui/table/DataTable.tsx'
import type { PanelModel } from '../contract.ts'
import { entityOf } from '../entities.ts'
import { type Sheet, type SheetColumn, sheetOf } from '../sheet.ts'
import {
  colorVar,
  type FieldNow,
  fieldFor,
  shownValue,
  textColorVar,
  type Value,
} from '../values.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'

type Row = number

export function TableBody({ panel, rans, size }: Drawing) {
  const sheet = sheetOf(rans, panel)
  const columns = columnsOf(sheet, panel)
  const { sort } = panel.options
  const by = sort.replace(/^-/, '')
  const initial = columns.find(({ id, title }) => id === by || title === by)
  return (
    <DataTable
      label={panel.title || t('dashboards.kind.table')}
      rows={Array.from({ length: sheet.rows }, (_, row) => row)}
      columns={columns}
      row_id={String}
      height={Math.max(84, size.height)}
      {...(initial === undefined
        ? {}
        : { initial_sort: { id: initial.id, is_descending: sort.startsWith('-') } })}
    />
  )
}

function columnsOf(sheet: Sheet, panel: PanelModel): Column<Row>[] {
  return sheet.columns.flatMap((column): Column<Row>[] => {
    const field = fieldFor(panel.options, column)
    if (field.is_hidden === true) return []
    const isNumber = column.type === 'number'
    const title = field.title === undefined || field.title === '' ? column.name : field.title
    const most = isNumber ? largest(column.values) : 0
    return [
      {
        id: column.name,
        title,
        ...(field.width_px === undefined
          ? { width: isNumber ? '1fr' : column.type === 'time_ms' ? 170 : '2fr' }
          : { width: field.width_px }),
        align: isNumber ? 'end' : 'start',
        sort: (row) => sortable(column.values[row]),
        cell: (row) => <Cell {...{ sheet, column, row, field, most }} />,
      },
    ]
  })
}

function largest(values: readonly unknown[]): number {
  return values.reduce<number>(
    (most, one) => (typeof one === 'number' ? Math.max(most, one) : most),
    0,
  )
}

function sortable(value: unknown): string | number {
  if (typeof value === 'number') return value
  return value === null || value === undefined ? '' : String(value)
}

type CellProps = { sheet: Sheet; column: SheetColumn; row: Row; field: FieldNow; most: number }

function Cell({ sheet, column, row, field, most }: CellProps) {
  const value = column.values[row]
  if (column.type === 'time_ms' && typeof value === 'number') return <Instant time_ms={value} />
  if (column.type === 'string' && field.mappings.length === 0) {
    const entity = entityOf(column.name, labelsOf(sheet, row))
    if (entity !== undefined) return <EntityLink {...entity} />
  }
  const plain = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  const { text, color } = shownValue(plain as Value, field)
  const told = color ?? field.color
  if (field.cell === 'bar' && typeof value === 'number') {
    const share = Math.min(1, Math.max(0, value / (field.max ?? (most > 0 ? most : 1))))
    const tint = colorVar(told) ?? 'var(--series-1)'
    return (
      <span className={styles.cellBar}>
        <span className={styles.track} aria-hidden="true">
          <span style={{ '--share': share, '--tint': tint } as CSSProperties} />
        </span>
        {text}
      </span>
    )
  }
  const style = told === undefined || column.type !== 'number' ? {} : { color: textColorVar(told) }
  return <span style={style}>{text}</span>
}

function labelsOf(sheet: Sheet, row: Row): Record<string, string> {
  const texts = sheet.columns.filter(({ type }) => type === 'string')
  return Object.fromEntries(texts.map(({ name, values }) => [name, String(values[row] ?? '')]))
}
