/** The largest groups, each with its value and its share of the largest. */

import { ValueMenu } from '../../ui/entity/ValueMenu.tsx'
import { exact, figure } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import type { SearchShape, TableRun } from './contract.ts'
import styles from './Explore.module.css'
import { unitOf } from './field-units.ts'
import type { OnFilter } from './SearchView.tsx'

type TopProps = { run: TableRun; shape: SearchShape; onFilter: OnFilter }
type TopRow = { id: string; groups: readonly string[]; value: number | null }

export function TopValues({ run, shape, onFilter }: TopProps) {
  const rows = topRows(run, shape.group_by.length)
  const most = Math.max(...rows.map(({ value }) => Math.abs(value ?? 0)), 0)
  const unit = unitOf(shape)
  const columns: Column<TopRow>[] = [
    ...shape.group_by.map((name, at) => ({
      id: name,
      title: name,
      width: '1fr' as const,
      sort: (row: TopRow) => row.groups[at] ?? '',
      cell: (row: TopRow) => (
        <ValueMenu field={name} value={row.groups[at] ?? ''} onFilter={onFilter}>
          {row.groups[at] || t('explore.none')}
        </ValueMenu>
      ),
    })),
    {
      id: 'value',
      title: run.columns.at(-1)?.name ?? '',
      width: 150,
      align: 'end',
      sort: (row) => row.value ?? Number.NEGATIVE_INFINITY,
      cell: ({ value }) => (
        <span title={value === null ? '' : exact(value, language())}>
          {value === null ? '–' : figure(value, unit)}
        </span>
      ),
    },
    {
      id: 'share',
      title: t('explore.share'),
      width: '1fr',
      cell: ({ value }) => (
        <span className={styles.share}>
          <span style={{ width: `${most === 0 ? 0 : (Math.abs(value ?? 0) / most) * 100}%` }} />
        </span>
      ),
    },
  ]
  return (
    <>
      <DataTable
        label={t('explore.chart.top')}
        rows={rows}
        columns={columns}
        row_id={(row) => row.id}
        height={232}
      />
      {run.capped ? (
        <p className={styles.note}>
          {t('explore.capped_groups', { shown: exact(rows.length, language()) })}
        </p>
      ) : null}
    </>
  )
}

function topRows({ values }: TableRun, groups: number): TopRow[] {
  return (values.at(-1) ?? []).map((value, row) => {
    const own = values.slice(0, groups).map((column) => String(column[row] ?? ''))
    return { id: JSON.stringify(own), groups: own, value: value === null ? null : Number(value) }
  })
}
