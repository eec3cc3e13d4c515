/** The matching traces, newest or slowest first. Opening one goes to its waterfall. */
import { useAsk } from '../../ui/ask/ask.ts'
import { seriesColor } from '../../ui/chart/colors.ts'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { useValueItems } from '../../ui/entity/ValueMenu.tsx'
import { count, duration } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Clock, useClockWidth } from '../../ui/parts/Clock.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { DidYouMean } from '../../ui/search/DidYouMean.tsx'
import { addFilter } from '../../ui/search/edit.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { go, href } from '../../ui/url/location.ts'
import { type TraceList, type TracesAsk, traceList } from './contract.ts'
import styles from './TraceTable.module.css'

type Order = 'newest' | 'slowest'
type TableProps = {
  ask: TracesAsk
  order: Order
  onOrder: (order: Order) => void
  onSearch: (search: string) => void
}

type Row = {
  trace_id: string
  span_id: string
  time_ms: number
  service: string
  name: string
  is_error: boolean
  duration_ns: number
  span_duration_ns: number
  spans: number
  errors: number
  longest_ns: number
}

const traces_max = 200
const onPhone = ['time', 'request', 'errors']

export function TraceTable({ ask, order, onOrder, onSearch }: TableProps) {
  const asked = useAsk(traceList, { ...ask, order, rows_max: traces_max })
  const itemsFor = useValueItems()
  const time_px = useClockWidth()
  const isPhone = useIsPhone()
  const choices = (['newest', 'slowest'] as const).map((value) => ({
    value,
    label: t(`traces.${value}`),
  }))
  return (
    <Panel
      title={t('traces.list')}
      asked={asked}
      flush
      is_empty={(answer) => answer.trace_id.length === 0}
      empty={{
        title: t('traces.none'),
        do: t('traces.none.do'),
        actions: <DidYouMean search={ask.search} table="spans" onRun={onSearch} />,
      }}
      actions={
        <Segments
          label={t('traces.order')}
          value={order}
          choices={choices}
          onChange={(value) => onOrder(value === 'slowest' ? 'slowest' : 'newest')}
        />
      }
    >
      {(answer) => (
        <DataTable
          label={t('traces.list')}
          rows={rowsOf(answer)}
          columns={columns(time_px).filter(({ id }) => !isPhone || onPhone.includes(id))}
          row_id={(row) => row.trace_id}
          row_tone={(row) => (row.errors > 0 ? 'bad' : undefined)}
          height={Math.min(560, 34 + answer.trace_id.length * 28)}
          onOpen={(row) => go(href(`/traces/${row.trace_id}`, { span: row.span_id }))}
          menu={(row, column) => {
            const [field, value] =
              column === 'request' ? ['name', row.name] : ['service', row.service]
            const onFilter = (name: string, chosen: string | number, way: 'for' | 'out') =>
              onSearch(addFilter(ask.search, name, chosen, way))
            return itemsFor({ field, value, onFilter, time_ms: row.time_ms })
          }}
          footer={answer.capped ? <p className={styles.capped}>{t('traces.capped')}</p> : null}
        />
      )}
    </Panel>
  )
}

function rowsOf(answer: TraceList): Row[] {
  const longest_ns = Math.max(1, ...answer.duration_ns)
  return answer.trace_id.map((trace_id, at) => ({
    trace_id,
    span_id: answer.span_id[at] ?? '',
    time_ms: answer.time_ms[at] ?? 0,
    service: answer.service[at] ?? '',
    name: answer.name[at] ?? '',
    is_error: answer.status[at] === 'error',
    duration_ns: answer.duration_ns[at] ?? 0,
    span_duration_ns: answer.span_duration_ns[at] ?? 0,
    spans: answer.spans[at] ?? 0,
    errors: answer.errors[at] ?? 0,
    longest_ns,
  }))
}

function columns(time_px: number): Column<Row>[] {
  return [
    {
      id: 'time',
      title: t('traces.time'),
      width: time_px,
      cell: (row) => <Clock time_ms={row.time_ms} />,
    },
    {
      id: 'service',
      title: t('services.name'),
      width: 170,
      cell: (row) => <EntityLink kind="service" name={row.service} />,
    },
    {
      id: 'request',
      title: t('traces.request'),
      width: '1fr',
      cell: (row) => <span className={row.is_error ? styles.failed : ''}>{row.name}</span>,
    },
    {
      id: 'duration',
      title: t('traces.duration'),
      width: 200,
      align: 'end',
      cell: (row) => <DurationBar row={row} />,
    },
    {
      id: 'spans',
      title: t('traces.spans'),
      width: 80,
      align: 'end',
      cell: (row) => count(row.spans),
    },
    {
      id: 'errors',
      title: t('traces.errors'),
      width: 80,
      align: 'end',
      cell: (row) =>
        row.errors === 0 ? (
          <span className={styles.none}>0</span>
        ) : (
          <span className={styles.failed}>{count(row.errors)}</span>
        ),
    },
  ]
}

/**
 * The whole trace, on one scale with the others in the list; the matching span darker within it.
 */
function DurationBar({ row }: { row: Row }) {
  const whole = (row.duration_ns / row.longest_ns) * 100
  const own = (Math.min(row.span_duration_ns, row.duration_ns) / row.longest_ns) * 100
  const color = seriesColor(row.service)
  return (
    <span className={styles.duration}>
      <span className={styles.track}>
        <span className={styles.whole} style={{ width: `${whole}%`, background: color }} />
        <span className={styles.own} style={{ width: `${own}%`, background: color }} />
      </span>
      <span className={styles.figure}>{duration(row.duration_ns)}</span>
    </span>
  )
}
