/** Records as a table: one line each, search words marked, opened with Enter or a click. */
import { IconBinaryTree2 } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { LogLine } from '../../ui/entity/LogLine.tsx'
import { useValueItems } from '../../ui/entity/ValueMenu.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Clock, useClockWidth } from '../../ui/parts/Clock.tsx'
import { SeverityTag } from '../../ui/parts/Marks.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import type { FilterWay } from '../../ui/search/edit.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { Link } from '../../ui/url/Link.tsx'
import styles from './LogTable.module.css'
import { highlighted, type LogRow, oneLine, wordsOf } from './prepare.ts'

type TableProps = {
  label: string
  rows: readonly LogRow[]
  search: string
  open: string
  onOpen: (id: string) => void
  onFilter: (field: string, value: string | number, way: FilterWay) => void
  onEnd?: (() => void) | undefined
  footer?: ReactNode
}

export function LogTable(props: TableProps) {
  const { label, rows, search, open, onOpen, onFilter, onEnd, footer } = props
  const words = useMemo(() => wordsOf(search), [search])
  const time_px = useClockWidth()
  const isPhone = useIsPhone()
  const columns = useMemo(() => {
    const all = logColumns(words, time_px)
    // The mark at the left edge of a row still tells its severity.
    return isPhone ? all.filter(({ id }) => id === 'time' || id === 'body') : all
  }, [words, time_px, isPhone])
  const itemsFor = useValueItems()
  return (
    <DataTable
      label={label}
      rows={rows}
      columns={columns}
      row_id={(row) => row.id}
      selected={open}
      onOpen={(row) => onOpen(row.id === open ? '' : row.id)}
      row_tone={toneOf}
      onEnd={onEnd}
      footer={footer}
      menu={(row, column) => {
        const field = column === 'time' || column === 'trace' ? 'body' : column
        const value = String(row[field as keyof LogRow] ?? '')
        return itemsFor({ field, value, onFilter, time_ms: row.time_ms })
      }}
    />
  )
}

function toneOf(row: LogRow): 'bad' | 'warn' | undefined {
  if (row.severity === 'error' || row.severity === 'fatal') return 'bad'
  return row.severity === 'warn' ? 'warn' : undefined
}

function logColumns(words: readonly string[], time_px: number): Column<LogRow>[] {
  return [
    {
      id: 'time',
      title: t('logs.time'),
      width: time_px,
      cell: (row) => <Clock time_ms={row.time_ms} />,
    },
    {
      id: 'severity',
      title: t('logs.severity'),
      width: 74,
      cell: (row) => <SeverityTag severity={row.severity} />,
    },
    {
      id: 'service',
      title: t('logs.service'),
      width: 150,
      cell: (row) => <EntityLink kind="service" name={row.service} />,
    },
    {
      id: 'body',
      title: t('logs.body'),
      width: '1fr',
      cell: (row) => <Body row={row} words={words} />,
    },
    {
      id: 'trace',
      title: '',
      width: 36,
      cell: (row) => <TraceMark row={row} />,
    },
  ]
}

function Body({ row, words }: { row: LogRow; words: readonly string[] }) {
  const name = row.event_name
  return (
    <LogLine
      body={row.body}
      mark={name === '' ? null : <span className={styles.event}>{name}</span>}
      draw={(text) => marked(oneLine(text), words)}
    />
  )
}

function marked(text: string, words: readonly string[]): ReactNode {
  return highlighted(text, words).map((part, at) =>
    part.is_match ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place.
      <mark key={at} className={styles.match}>
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  )
}

function TraceMark({ row }: { row: LogRow }) {
  if (row.trace_id === '') return null
  return (
    <Link
      to={`/traces/${row.trace_id}`}
      query={row.span_id === '' ? {} : { span: row.span_id }}
      aria-label={t('logs.open_trace')}
      title={t('logs.open_trace')}
      onClick={(event) => event.stopPropagation()}
      className={styles.trace}
    >
      <IconBinaryTree2 size={15} aria-hidden="true" />
    </Link>
  )
}
