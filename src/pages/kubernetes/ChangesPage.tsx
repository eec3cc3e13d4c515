/** The ledger of changes: which object, who changed it and what, when; the diff in a drawer. */
import { useAsk } from '../../ui/ask/ask.ts'
import { HistogramBars } from '../../ui/chart/HistogramBars.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { addFilter } from '../../ui/search/edit.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { oneOf, text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { ChangeDrawer } from './ChangeDrawer.tsx'
import { columnsShown } from './columns.tsx'
import { type ChangeScope, changeHistogram, changeList, changeScopes } from './contract-history.ts'
import { KubernetesNav } from './KubernetesNav.tsx'
import { KubernetesSearch } from './KubernetesSearch.tsx'
import styles from './kubernetes.module.css'
import { ObjectLink } from './ObjectLink.tsx'
import { type ChangeRow, changeRows } from './prepare-history.ts'

const shape = { search: text(''), what: oneOf(changeScopes, 'meant'), open: text('') }
const kinds = {
  added: 'ok',
  modified: 'accent',
  deleted: 'bad',
  seen: 'neutral',
  listed: 'neutral',
} as const

export function ChangesPage() {
  const [url, setUrl] = useUrl(shape)
  const ask = { ...useRangeAsk(), search: url.search, what: url.what }
  const asked = useAsk(changeList, ask)
  const run = (search: string) => setUrl({ search })
  return (
    <Page
      title={t('kubernetes.changes.title')}
      question={t('kubernetes.changes.question')}
      fill
      actions={
        <Segments
          label={t('kubernetes.changes.what')}
          value={url.what}
          choices={changeScopes.map((value) => ({
            value,
            label: t(`kubernetes.changes.${value}`),
          }))}
          onChange={(value) => setUrl({ what: value === 'all' ? 'all' : 'meant' })}
        />
      }
      search={
        <>
          <KubernetesNav />
          <KubernetesSearch
            table="kubernetes_objects"
            search={url.search}
            onRun={run}
            fault={asked.fault}
          />
        </>
      }
    >
      <OverTime what={url.what} search={url.search} onRun={run} />
      <Panel
        asked={asked}
        is_empty={(answer) => answer.total === 0}
        empty={{ title: t('kubernetes.changes.none'), do: t('kubernetes.changes.none.do') }}
        capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
        flush
        grow
      >
        {(answer) => (
          <ChangesTable
            rows={changeRows(answer)}
            open={url.open}
            onOpen={({ id }) => setUrl({ open: id })}
          />
        )}
      </Panel>
      <ChangeDrawer id={url.open} onClose={() => setUrl({ open: '' })} />
    </Page>
  )
}

const changeColor = {
  added: 'var(--status-ok)',
  modified: 'var(--series-1)',
  deleted: 'var(--status-bad)',
} as const

type OverTimeProps = { what: ChangeScope; search: string; onRun: (search: string) => void }

function OverTime({ what, search, onRun }: OverTimeProps) {
  const asked = useAsk(changeHistogram, { ...useRangeAsk(), search, what })
  const changes = ['deleted', 'modified', 'added'] as const
  const pick = (name: string | undefined) => {
    const picked = changes.find((change) => t(`kubernetes.change.${change}`) === name)
    if (picked !== undefined) onRun(addFilter(search, 'change', picked))
  }
  return (
    <Panel title={t('kubernetes.changes.over_time')} asked={asked} skeleton_height={90}>
      {(answer) => (
        <HistogramBars
          label={t('kubernetes.changes.over_time')}
          time_ms={answer.time_ms}
          step_ms={answer.bucket_ms}
          series={changes.map((change) => ({
            name: t(`kubernetes.change.${change}`),
            values: answer[change],
            color: changeColor[change],
          }))}
          height={90}
          onPick={(_, name) => pick(name)}
        />
      )}
    </Panel>
  )
}

type ChangesTableProps = {
  rows: ChangeRow[]
  open: string
  onOpen: (row: ChangeRow) => void
  height?: number | undefined
  /** Beside another table: only what and where. */
  is_short?: boolean | undefined
}

export function ChangesTable({ rows, open, onOpen, height, is_short }: ChangesTableProps) {
  const isPhone = useIsPhone()
  const short = new Set(
    isPhone ? ['object', 'paths'] : ['time', 'change', 'object', 'cluster', 'paths'],
  )
  const isShort = isPhone || is_short === true
  return (
    <DataTable
      label={t('kubernetes.changes.title')}
      rows={rows}
      columns={columnsShown(columns(isShort ? 180 : 280), rows, isShort ? short : undefined)}
      row_id={(row) => row.id}
      selected={open}
      onOpen={onOpen}
      height={height}
    />
  )
}

function columns(name_px: number): Column<ChangeRow>[] {
  return [
    {
      id: 'time',
      title: t('kubernetes.events.time'),
      width: 110,
      sort: (row) => row.time_ms,
      cell: (row) => <RelativeTime time_ms={row.time_ms} />,
    },
    {
      id: 'change',
      title: t('kubernetes.change'),
      width: 96,
      sort: (row) => row.change,
      cell: (row) => <Badge tone={kinds[row.change]}>{t(`kubernetes.change.${row.change}`)}</Badge>,
    },
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
            namespace={row.namespace}
            name={row.name}
          />
        </span>
      ),
    },
    {
      id: 'namespace',
      title: t('kubernetes.namespace'),
      width: 120,
      sort: (row) => row.namespace,
      cell: (row) => row.namespace || '–',
    },
    {
      id: 'cluster',
      title: t('kubernetes.cluster'),
      width: 100,
      sort: (row) => row.cluster,
      cell: (row) => row.cluster,
    },
    {
      id: 'actor',
      title: t('kubernetes.actor'),
      width: 170,
      sort: (row) => row.actor,
      cell: (row) => row.actor || '–',
    },
    {
      id: 'paths',
      title: t('kubernetes.paths'),
      width: '1fr',
      cell: (row) => (
        <span className={styles.path} title={row.changed_paths.join('\n')}>
          {row.changed_paths.join(', ') || '–'}
        </span>
      ),
    },
  ]
}
