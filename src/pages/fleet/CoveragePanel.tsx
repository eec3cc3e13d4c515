/**
 * What of every node and workload is arriving, late, dropped or not visible, and why: blind first.
 */
import { useAsk } from '../../ui/ask/ask.ts'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { count, duration } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge, StatusDot } from '../../ui/parts/Marks.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { text } from '../../ui/url/codec.ts'
import { go, href, useUrl } from '../../ui/url/location.ts'
import { fleetCoverage } from './contract.ts'
import styles from './Fleet.module.css'
import { type CoverageRow, coverageMatching, coverageRows, coverageTone } from './prepare.ts'
import { useAgents } from './requests.ts'

const shape = { find: text(''), state: text('') }
const states = ['blind', 'dropped', 'lagging', 'arriving'] as const
const onPhone = new Set(['state', 'place'])

export function CoveragePanel() {
  const asked = useAsk(fleetCoverage, useRangeAsk())
  const { agents = [] } = useAgents().answer ?? {}
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.source.length === 0}
      empty={{
        title: t('fleet.coverage.none'),
        do: t('fleet.coverage.none.do'),
        actions: <Button onClick={() => go(href('/agents/add'))}>{t('fleet.add')}</Button>,
      }}
      capped={(answer) => ({ shown: answer.source.length, all: answer.total })}
      flush
      grow
    >
      {(answer) => <Rows rows={coverageRows(answer, agents)} />}
    </Panel>
  )
}

function Rows({ rows }: { rows: CoverageRow[] }) {
  const [url, setUrl] = useUrl(shape)
  const isPhone = useIsPhone()
  const shown = coverageMatching(rows, url.find, url.state)
  const many = (state: string) => rows.filter((row) => row.state === state).length
  const set = (patch: Partial<typeof url>) => setUrl(patch, { replace: true })
  return (
    <>
      <div className={styles.strip}>
        {states.map((state) => (
          <button
            key={state}
            type="button"
            className={styles.sum}
            aria-pressed={url.state === state}
            onClick={() => set({ state: url.state === state ? '' : state })}
          >
            <span className={styles.figure} data-quiet={many(state) === 0}>
              {count(many(state))}
            </span>
            <StatusDot status={coverageTone[state]} label={t(`fleet.coverage.${state}`)} />
          </button>
        ))}
      </div>
      <div className={styles.tools}>
        <div className={styles.find}>
          <TextInput
            label={t('fleet.coverage.find')}
            quiet_label
            value={url.find}
            onChange={(find) => set({ find })}
            type="search"
          />
        </div>
      </div>
      <DataTable
        label={t('fleet.view.coverage')}
        rows={shown}
        columns={columns().filter(({ id }) => !isPhone || onPhone.has(id))}
        row_id={(row) => row.id}
        onOpen={(row) => go(href('/agents', { open: row.agent_id }))}
        row_tone={(row) =>
          row.state === 'blind' || row.state === 'dropped'
            ? 'bad'
            : row.state === 'lagging'
              ? 'warn'
              : undefined
        }
      />
    </>
  )
}

function columns(): Column<CoverageRow>[] {
  return [...whereColumns(), ...whyColumns()]
}

function whereColumns(): Column<CoverageRow>[] {
  return [
    {
      id: 'state',
      title: t('fleet.state'),
      width: 110,
      sort: (row) => states.indexOf(row.state),
      cell: (row) => (
        <StatusDot status={coverageTone[row.state]} label={t(`fleet.coverage.${row.state}`)} />
      ),
    },
    {
      id: 'node',
      title: t('fleet.node'),
      width: 130,
      sort: (row) => row.node,
      cell: (row) =>
        row.agent_kind === 'host' ? row.node : <EntityLink kind="node" name={row.node} />,
    },
    {
      id: 'place',
      title: t('fleet.workload'),
      width: '1fr',
      sort: (row) => `${row.namespace} ${row.workload} ${row.pod}`,
      cell: (row) =>
        row.workload === '' && row.pod === '' ? (
          <span className={styles.faint}>{t(`fleet.coverage.whole_${row.agent_kind}`)}</span>
        ) : (
          <EntityLink
            kind={row.pod === '' ? 'workload' : 'pod'}
            name={row.pod === '' ? row.workload : row.pod}
          />
        ),
    },
    {
      id: 'source',
      title: t('fleet.source'),
      width: 220,
      sort: (row) => row.source,
      cell: (row) => (
        <span className={styles.name}>
          <span className={styles.cut}>{row.source}</span>
          <Badge>{row.signal}</Badge>
        </span>
      ),
    },
  ]
}

function whyColumns(): Column<CoverageRow>[] {
  return [
    {
      id: 'why',
      title: t('fleet.why'),
      width: '2fr',
      sort: (row) => row.reason,
      cell: (row) => (
        <span className={styles.cut} title={row.detail}>
          {row.detail || row.reason || '–'}
        </span>
      ),
    },
    {
      id: 'lag',
      title: t('fleet.lag'),
      width: 75,
      align: 'end',
      sort: (row) => row.lag_s,
      cell: (row) => duration(Math.round(row.lag_s * 1e3) * 1e6),
    },
    {
      id: 'dropped',
      title: t('fleet.dropped'),
      width: 85,
      align: 'end',
      sort: (row) => row.dropped,
      cell: (row) => (row.dropped === 0 ? '–' : count(row.dropped)),
    },
    {
      id: 'time',
      title: t('fleet.told'),
      width: 100,
      sort: (row) => -row.time_ms,
      cell: (row) => <RelativeTime time_ms={row.time_ms} />,
    },
  ]
}
