/** Logs: search, over time, fields, records or patterns, one record in a drawer, and live tail. */
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { askOnce, useAsk } from '../../ui/ask/ask.ts'
import { HistogramBars } from '../../ui/chart/HistogramBars.tsx'
import { FieldList } from '../../ui/entity/FieldList.tsx'
import { count, exact } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { severityColor } from '../../ui/parts/Marks.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { fieldCompletion } from '../../ui/search/complete-fields.ts'
import { addFilter, type FilterWay } from '../../ui/search/edit.ts'
import { FilterChips } from '../../ui/search/FilterChips.tsx'
import { SearchBar } from '../../ui/search/SearchBar.tsx'
import { flag, oneOf, type PatchOf, text, type ValuesOf } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import {
  type LogHistogram,
  type LogsAsk,
  logCompletion,
  logFields,
  logHistogram,
  severities,
} from './contract.ts'
import styles from './LogsPage.module.css'
import { PatternsPanel } from './PatternsPanel.tsx'
import { RecordDrawer } from './RecordDrawer.tsx'
import { RecordsPanel } from './RecordsPanel.tsx'
import { TailPanel } from './TailPanel.tsx'

const shape = {
  search: text(''),
  view: oneOf(['records', 'patterns'] as const, 'records'),
  order: oneOf(['newest', 'oldest'] as const, 'newest'),
  open: text(''),
  tail: flag(false),
}

export function LogsPage() {
  const [url, setUrl] = useUrl(shape)
  const range = useRangeAsk()
  const ask: LogsAsk = { ...range, search: url.search }
  const histogram = useAsk(logHistogram, ask)
  const run = (search: string) => setUrl({ search })
  const onFilter = (field: string, value: string | number, way: FilterWay) =>
    run(addFilter(url.search, field, value, way))
  const complete = fieldCompletion('logs', (field, prefix, signal) => {
    const of = field === undefined ? {} : { field }
    return askOnce(logCompletion, { ...range, signal: 'logs', prefix, ...of }, signal)
  })
  const openRecord = (open: string) => setUrl({ open })
  return (
    <Page
      title={t('logs.title')}
      question={t('logs.question')}
      fill
      actions={<Views url={url} setUrl={setUrl} />}
      search={
        <>
          <SearchBar
            value={url.search}
            onRun={run}
            complete={complete}
            fault={histogram.fault}
            placeholder={t('logs.placeholder')}
            recent_key="logs"
          />
          <FilterChips search={url.search} onChange={run} />
        </>
      }
    >
      <div className={styles.split}>
        <Fields ask={ask} onFilter={onFilter} />
        <div className={styles.main}>
          <Panel
            title={titleOf(histogram.answer)}
            asked={histogram}
            skeleton_height={96}
            className={styles.histogram}
          >
            {(answer) => <OverTime answer={answer} onFilter={onFilter} />}
          </Panel>
          <Body url={url} setUrl={setUrl} ask={ask} onFilter={onFilter} />
        </div>
      </div>
      <RecordDrawer
        id={url.open}
        onClose={() => setUrl({ open: '' })}
        onOpen={openRecord}
        onFilter={onFilter}
      />
    </Page>
  )
}

type Url = ValuesOf<typeof shape>
type SetUrl = (patch: PatchOf<typeof shape>) => void

function Views({ url, setUrl }: { url: Url; setUrl: SetUrl }) {
  const views = (['records', 'patterns'] as const).map((value) => ({
    value,
    label: t(`logs.${value}`),
  }))
  return (
    <>
      <Segments
        label={t('logs.title')}
        value={url.view}
        choices={views}
        onChange={(view) => setUrl({ view: view === 'patterns' ? 'patterns' : 'records' })}
      />
      <Button
        kind={url.tail ? 'primary' : 'plain'}
        aria-pressed={url.tail}
        icon={url.tail ? <IconPlayerStop /> : <IconPlayerPlay />}
        onClick={() => setUrl({ tail: !url.tail, view: 'records' })}
      >
        {t('logs.tail')}
      </Button>
    </>
  )
}

type BodyProps = { url: Url; setUrl: SetUrl; ask: LogsAsk; onFilter: OnFilter }

function Body({ url, setUrl, ask, onFilter }: BodyProps) {
  const onOpen = (open: string) => setUrl({ open })
  if (url.tail) {
    return <TailPanel search={url.search} open={url.open} onOpen={onOpen} onFilter={onFilter} />
  }
  if (url.view === 'patterns') {
    return <PatternsPanel ask={ask} onSearch={(search) => setUrl({ search, view: 'records' })} />
  }
  return (
    <RecordsPanel
      ask={ask}
      order={url.order}
      open={url.open}
      onOrder={(order) => setUrl({ order })}
      onSearch={(search) => setUrl({ search })}
      onOpen={onOpen}
      onFilter={onFilter}
    />
  )
}

function titleOf(answer: LogHistogram | undefined): string {
  return answer === undefined
    ? t('logs.records')
    : t('logs.over_time', { count: exact(answer.total, language()) })
}

type OnFilter = (field: string, value: string | number, way: FilterWay) => void

/** Fatal at the bottom: the worst keeps its place on the axis whatever is piled on it. */
function OverTime({ answer, onFilter }: { answer: LogHistogram; onFilter: OnFilter }) {
  const series = severities
    .filter((severity) => answer.counts[severity] !== undefined)
    .map((severity) => ({
      name: severity || t('logs.none_severity'),
      values: answer.counts[severity] ?? [],
      color: severityColor(severity),
    }))
  return (
    <HistogramBars
      label={t('logs.over_time', { count: count(answer.total) })}
      time_ms={answer.time_ms}
      step_ms={answer.bucket_ms}
      series={series}
      height={96}
      onPick={(_, name) => {
        if (name !== undefined && name !== t('logs.none_severity'))
          onFilter('severity', name, 'for')
      }}
    />
  )
}

function Fields({ ask, onFilter }: { ask: LogsAsk; onFilter: OnFilter }) {
  const asked = useAsk(logFields, ask)
  const { answer } = asked
  const sampled = answer !== undefined && answer.sampled < answer.total
  return (
    <Panel title={t('logs.fields')} asked={asked} className={styles.fields} flush>
      {(found) => (
        <div className={styles.fieldList}>
          <FieldList
            fields={found.field.map((name, at) => ({
              name,
              rows: found.present[at],
              values: (found.values[at] ?? []).map((value, nth) => ({
                value,
                rows: found.counts[at]?.[nth] ?? 0,
              })),
            }))}
            initially_open={['severity', 'service']}
            rows_all={found.sampled}
            onFilter={onFilter}
          />
          {sampled ? (
            <p className={styles.note}>
              {t('logs.fields.sampled', {
                sampled: count(found.sampled),
                total: count(found.total),
              })}
            </p>
          ) : null}
        </div>
      )}
    </Panel>
  )
}
