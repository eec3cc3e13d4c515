/** Rows in the columns that were chosen; each value has its menu under the right button. */
import { IconChartBar, IconColumnRemove } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { LogLine } from '../../ui/entity/LogLine.tsx'
import { entityOfField } from '../../ui/entity/paths.ts'
import { useValueItems } from '../../ui/entity/ValueMenu.tsx'
import { figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Clock, useClockWidth } from '../../ui/parts/Clock.tsx'
import { SeverityTag, severities } from '../../ui/parts/Marks.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import type { ExploreTable } from './contract.ts'
import styles from './Explore.module.css'
import { unitOfField } from './field-units.ts'
import { type ExploreRow, fieldOf } from './rows.ts'
import type { OnFilter } from './SearchView.tsx'

type RowsProps = {
  table: ExploreTable
  rows: readonly ExploreRow[]
  columns: readonly string[]
  open: string
  onOpen: (id: string) => void
  onFilter: OnFilter
  onColumns: (columns: readonly string[]) => void
  onChart: (field: string) => void
  onEnd: () => void
  footer?: ReactNode
}

export function RowsTable(props: RowsProps) {
  const { table, rows, columns, open, onOpen, onFilter, onColumns, onChart } = props
  const time_px = useClockWidth()
  const isPhone = useIsPhone()
  const drawn = useMemo(() => {
    const told = columns.map((name) => columnOf(table, name, time_px))
    const text = told.findLast(({ width }) => width === '1fr' || width === '3fr') ?? told.at(-1)
    return isPhone ? told.filter((one) => one.id === 'time' || one === text) : told
  }, [table, columns, time_px, isPhone])
  const itemsFor = useValueItems()
  return (
    <DataTable
      label={t('explore.rows')}
      rows={rows}
      columns={drawn}
      row_id={(row) => row.id}
      selected={open}
      onOpen={(row) => onOpen(row.id === open ? '' : row.id)}
      row_tone={toneOf}
      onEnd={props.onEnd}
      footer={props.footer}
      menu={(row, column) => {
        const value = fieldOf(row, column)
        const isText = typeof value === 'string' || typeof value === 'number'
        return [
          ...(isText && column !== 'time'
            ? itemsFor({ field: column, value, onFilter, time_ms: row.time_ms })
            : [{ heading: column }]),
          'line' as const,
          {
            label: t('explore.column.chart'),
            icon: <IconChartBar />,
            act: () => onChart(column),
          },
          {
            label: t('explore.column.remove'),
            icon: <IconColumnRemove />,
            disabled: columns.length < 2 || column === 'time',
            act: () => onColumns(columns.filter((one) => one !== column)),
          },
        ]
      }}
    />
  )
}

function toneOf(row: ExploreRow): 'bad' | 'warn' | undefined {
  const said = ['severity', 'status', 'outcome', 'type', 'verdict'].map((name) =>
    row.values.get(name),
  )
  if (said.some((one) => bad.has(String(one)))) return 'bad'
  return said.some((one) => warned.has(String(one))) ? 'warn' : undefined
}

const bad = new Set(['error', 'fatal', 'failure', 'dropped', 'denied', 'deny'])
const warned = new Set(['warn', 'Warning'])

/** Long texts take what is left. */
const wide = new Set(['body', 'sentence', 'message', 'description', 'attributes', 'status_message'])

function columnOf(table: ExploreTable, name: string, time_px: number): Column<ExploreRow> {
  const unit = unitOfField(table, name)
  return {
    id: name,
    title: name,
    hint: name,
    width: widthOf(name, time_px),
    cell: (row) => <Cell name={name} value={fieldOf(row, name)} unit={unit} />,
  }
}

function widthOf(name: string, time_px: number): Column<ExploreRow>['width'] {
  if (name === 'time') return time_px
  if (wide.has(name)) return '3fr'
  if (name === 'severity') return 74
  if (name === 'trace_id') return 130
  return '1fr'
}

function Cell({ name, value, unit }: { name: string; value: unknown; unit: string }) {
  if (value === null || value === undefined || value === '') {
    return <span className={styles.nothing}>–</span>
  }
  if (name === 'time' || name.endsWith('_time')) return <Clock time_ms={Number(value)} />
  if (name === 'severity' && (severities as readonly unknown[]).includes(value)) {
    return <SeverityTag severity={String(value)} />
  }
  if (name === 'body') return <LogLine body={String(value)} draw={oneLine} />
  const kind = entityOfField(name)
  if (kind !== undefined) return <EntityLink kind={kind} name={String(value)} />
  if (typeof value === 'number') return unit === '' ? String(value) : figure(value, unit)
  return typeof value === 'object' ? JSON.stringify(value) : oneLine(String(value))
}

function oneLine(text: string): string {
  return text.slice(0, 600).replace(/\s+/g, ' ')
}
