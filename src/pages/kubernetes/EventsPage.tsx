/** Kubernetes events, kept for weeks: over time by reason, and as a list with warnings first. */
import { useAsk } from '../../ui/ask/ask.ts'
import { seriesColor } from '../../ui/chart/colors.ts'
import { HistogramBars } from '../../ui/chart/HistogramBars.tsx'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { KeyValues } from '../../ui/entity/KeyValues.tsx'
import { exact } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Count, RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { addFilter } from '../../ui/search/edit.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { columnsShown } from './columns.tsx'
import { type EventHistogram, eventHistogram, eventList } from './contract-history.ts'
import { KubernetesNav } from './KubernetesNav.tsx'
import { KubernetesSearch } from './KubernetesSearch.tsx'
import styles from './kubernetes.module.css'
import { ObjectLink } from './ObjectLink.tsx'
import { type EventShown, eventRows } from './prepare-history.ts'

const shape = { search: text(''), open: text('') }

export function EventsPage() {
  const [url, setUrl] = useUrl(shape)
  const ask = { ...useRangeAsk(), search: url.search }
  const asked = useAsk(eventList, ask)
  const histogram = useAsk(eventHistogram, ask)
  const run = (search: string) => setUrl({ search })
  return (
    <Page
      title={t('kubernetes.events.title')}
      question={t('kubernetes.events.question')}
      fill
      search={
        <>
          <KubernetesNav />
          <KubernetesSearch
            table="kubernetes_events"
            search={url.search}
            onRun={run}
            fault={asked.fault}
          />
        </>
      }
    >
      <Panel title={titleOf(histogram.answer)} asked={histogram} skeleton_height={110}>
        {(answer) => (
          <OverTime answer={answer} onReason={(it) => run(addFilter(url.search, 'reason', it))} />
        )}
      </Panel>
      <Panel
        asked={asked}
        is_empty={(answer) => answer.total === 0}
        empty={{ title: t('kubernetes.events.none'), do: t('kubernetes.events.none.do') }}
        capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
        flush
        grow
      >
        {(answer) => {
          const rows = eventRows(answer)
          const open = rows.find((row) => row.id === url.open)
          return (
            <>
              <EventsTable rows={rows} open={url.open} onOpen={({ id }) => setUrl({ open: id })} />
              <EventDrawer row={open} onClose={() => setUrl({ open: '' })} />
            </>
          )
        }}
      </Panel>
    </Page>
  )
}

function titleOf(answer: EventHistogram | undefined): string {
  if (answer === undefined) return t('kubernetes.events.title')
  const { total, warnings } = answer
  return t('kubernetes.events.over_time', {
    total: exact(total, language()),
    warnings: exact(warnings, language()),
  })
}

type OverTimeProps = { answer: EventHistogram; onReason: (reason: string) => void }

function OverTime({ answer, onReason }: OverTimeProps) {
  const other = t('kubernetes.events.other')
  return (
    <HistogramBars
      label={t('kubernetes.events.by_reason')}
      time_ms={answer.time_ms}
      step_ms={answer.bucket_ms}
      series={answer.reason.map((reason, at) => ({
        name: reason || other,
        values: answer.counts[at] ?? [],
        color: seriesColor(reason, 'reason'),
      }))}
      height={110}
      onPick={(_, name) => {
        if (name !== undefined && name !== other) onReason(name)
      }}
    />
  )
}

type EventsTableProps = {
  rows: EventShown[]
  open: string
  onOpen?: ((row: EventShown) => void) | undefined
  height?: number | undefined
  /** Beside another table: only what and where. */
  is_short?: boolean | undefined
}

export function EventsTable({ rows, open, onOpen, height, is_short }: EventsTableProps) {
  const isPhone = useIsPhone()
  const short = new Set(
    isPhone ? ['reason', 'message'] : ['time', 'reason', 'object', 'cluster', 'count'],
  )
  const isShort = isPhone || is_short === true
  return (
    <DataTable
      label={t('kubernetes.events.title')}
      rows={rows}
      columns={columnsShown(columns(isShort ? 170 : 230), rows, isShort ? short : undefined)}
      row_id={(row) => row.id}
      row_tone={(row) => (row.type === 'Warning' ? 'warn' : undefined)}
      selected={open}
      onOpen={onOpen}
      height={height}
    />
  )
}

function columns(name_px: number): Column<EventShown>[] {
  return [
    {
      id: 'time',
      title: t('kubernetes.events.time'),
      width: 110,
      sort: (row) => row.time_ms,
      cell: (row) => <RelativeTime time_ms={row.time_ms} />,
    },
    {
      id: 'type',
      title: t('kubernetes.events.type'),
      width: 84,
      sort: (row) => row.type,
      cell: (row) => (
        <Badge tone={row.type === 'Warning' ? 'warn' : 'neutral'}>{row.type || '–'}</Badge>
      ),
    },
    {
      id: 'reason',
      title: t('kubernetes.events.reason'),
      width: 150,
      sort: (row) => row.reason,
      cell: (row) => row.reason,
    },
    ...aboutColumns(name_px),
    {
      id: 'message',
      title: t('kubernetes.events.message'),
      width: '1fr',
      cell: (row) => <span title={row.message}>{row.message}</span>,
    },
    {
      id: 'count',
      title: t('kubernetes.events.count'),
      width: 70,
      align: 'end',
      sort: (row) => row.count,
      cell: (row) => <Count value={row.count} />,
    },
    {
      id: 'source',
      title: t('kubernetes.events.source'),
      width: 110,
      sort: (row) => row.source,
      cell: (row) => row.source,
    },
  ]
}

/** What an event is about. */
function aboutColumns(name_px: number): Column<EventShown>[] {
  return [
    {
      id: 'object',
      title: t('kubernetes.object'),
      width: name_px,
      sort: (row) => row.name,
      cell: (row) => (
        <span className={styles.name}>
          <span className={styles.faint}>{row.kind}</span>
          <ObjectLink
            kind={row.kind}
            cluster={row.cluster}
            namespace={row.kind === 'Node' ? '' : row.namespace}
            name={row.name}
          />
        </span>
      ),
    },
    {
      id: 'namespace',
      title: t('kubernetes.namespace'),
      width: 110,
      sort: (row) => row.namespace,
      cell: (row) => row.namespace || '–',
    },
    {
      id: 'cluster',
      title: t('kubernetes.cluster'),
      width: 110,
      sort: (row) => row.cluster,
      cell: (row) => row.cluster,
    },
  ]
}

type EventDrawerProps = { row: EventShown | undefined; onClose: () => void }

export function EventDrawer({ row, onClose }: EventDrawerProps) {
  return (
    <Drawer open={row !== undefined} title={row?.reason ?? ''} onClose={onClose}>
      {row === undefined ? null : (
        <div className={styles.drawer}>
          <p className={styles.message}>{row.message}</p>
          <p>
            <ObjectLink
              kind={row.kind}
              cluster={row.cluster}
              namespace={row.kind === 'Node' ? '' : row.namespace}
              name={row.name}
            />
          </p>
          <p className={styles.faint}>
            {t('kubernetes.events.first')} <RelativeTime time_ms={row.first_ms} />
          </p>
          <KeyValues entries={row.facts} label={t('kubernetes.facts')} time_ms={row.time_ms} />
        </div>
      )}
    </Drawer>
  )
}
