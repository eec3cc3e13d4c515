/** Any answer as a table: a column each, sorted by a click. */
import { useMemo } from 'react'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { entityOfField } from '../../ui/entity/paths.ts'
import { figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Clock, useClockWidth } from '../../ui/parts/Clock.tsx'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import type { ColumnType } from './contract.ts'
import styles from './Explore.module.css'
import type { FlatTable } from './rows.ts'

type FlatRow = { id: string; cells: readonly unknown[] }

export function FlatView({ table }: { table: FlatTable }) {
  const time_px = useClockWidth()
  const rows = useMemo(
    () => table.rows.map((cells, at): FlatRow => ({ id: String(at), cells })),
    [table],
  )
  const columns = useMemo(
    () =>
      table.columns.map(
        ({ name, type }, at): Column<FlatRow> => ({
          id: `${at} ${name}`,
          title: name,
          hint: name,
          width: type === 'time_ms' ? time_px + 12 : '1fr',
          align: type === 'number' ? 'end' : 'start',
          sort: (row) => sortable(row.cells[at]),
          cell: (row) => <FlatCell name={name} type={type} value={row.cells[at]} />,
        }),
      ),
    [table, time_px],
  )
  return (
    <DataTable
      label={t('explore.view.table')}
      rows={rows}
      columns={columns}
      row_id={(row) => row.id}
    />
  )
}

function sortable(value: unknown): string | number {
  if (typeof value === 'number') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
}

function FlatCell({ name, type, value }: { name: string; type: ColumnType; value: unknown }) {
  if (value === null || value === undefined || value === '') {
    return <span className={styles.nothing}>–</span>
  }
  if (type === 'time_ms' && typeof value === 'number') return <Clock time_ms={value} />
  if (typeof value === 'number' && name.endsWith('_ms')) return figure(value, 'ms')
  const kind = entityOfField(name === 'root_service' ? 'service' : name)
  if (kind !== undefined && typeof value === 'string')
    return <EntityLink kind={kind} name={value} />
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
