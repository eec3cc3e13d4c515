/** Trace search: over time, by duration, as a list, and what a selection has in common. */
import { IconHelpCircle } from '@tabler/icons-react'
import { useMemo } from 'react'
import { type Asked, useAsk } from '../../ui/ask/ask.ts'
import { HistogramBars } from '../../ui/chart/HistogramBars.tsx'
import { ScatterChart } from '../../ui/chart/ScatterChart.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Columns } from '../../ui/panel/Columns.tsx'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { FilterChips } from '../../ui/search/FilterChips.tsx'
import { SearchBar } from '../../ui/search/SearchBar.tsx'
import { flag, number, oneOf, text } from '../../ui/url/codec.ts'
import { go, href, useUrl } from '../../ui/url/location.ts'
import { type TraceScatter, traceHistogram, traceScatter } from './contract.ts'
import { Difference, type Selection } from './Difference.tsx'
import { useSpanCompletion } from './search.ts'
import { TraceTable } from './TraceTable.tsx'

const shape = {
  search: text(''),
  order: oneOf(['newest', 'slowest'] as const, 'newest'),
  errors: flag(false),
  box_from: number(0),
  box_to: number(0),
  box_min: number(0),
  box_max: number(0),
}

const noBox = { box_from: 0, box_to: 0, box_min: 0, box_max: 0, errors: false }

export function TracesPage() {
  const [url, setUrl] = useUrl(shape)
  const ask = { ...useRangeAsk(), search: url.search }
  const histogram = useAsk(traceHistogram, ask)
  const scatter = useAsk(traceScatter, ask)
  const complete = useSpanCompletion()
  const run = (search: string) => setUrl({ search, ...noBox })
  const selection = selectionOf(url)
  return (
    <Page
      title={t('traces.title')}
      question={t('traces.question')}
      search={
        <>
          <SearchBar
            value={url.search}
            onRun={run}
            complete={complete}
            fault={histogram.fault}
            placeholder={t('traces.placeholder')}
            recent_key="traces"
          />
          <FilterChips search={url.search} onChange={run} />
        </>
      }
    >
      <Columns of={2}>
        <Panel title={t('traces.over_time')} asked={histogram} skeleton_height={180}>
          {(answer) => (
            <HistogramBars
              label={t('traces.over_time')}
              time_ms={answer.time_ms}
              step_ms={answer.bucket_ms}
              height={180}
              series={[
                {
                  name: t('traces.ok'),
                  values: answer.spans.map((spans, at) => spans - (answer.errors[at] ?? 0)),
                  color: 'var(--series-1)',
                },
                {
                  name: t('traces.failed'),
                  values: answer.errors,
                  color: 'var(--status-bad)',
                },
              ]}
            />
          )}
        </Panel>
        <ScatterPanel
          asked={scatter}
          selection={selection}
          onErrors={() => setUrl({ ...noBox, errors: true })}
          onBox={(box) => setUrl({ ...noBox, ...box })}
        />
      </Columns>
      {selection === undefined ? null : (
        <Difference ask={ask} selection={selection} onClear={() => setUrl(noBox)} onSearch={run} />
      )}
      <TraceTable
        ask={ask}
        order={url.order}
        onOrder={(order) => setUrl({ order })}
        onSearch={run}
      />
    </Page>
  )
}

function selectionOf(url: {
  errors: boolean
  box_from: number
  box_to: number
  box_min: number
  box_max: number
}): Selection | undefined {
  if (url.errors) return { errors: true }
  if (url.box_to === 0) return undefined
  return {
    from_ms: url.box_from,
    to_ms: url.box_to,
    duration_ns_min: url.box_min,
    duration_ns_max: url.box_max,
  }
}

type ScatterProps = {
  asked: Asked<TraceScatter>
  selection: Selection | undefined
  onErrors: () => void
  onBox: (box: { box_from: number; box_to: number; box_min: number; box_max: number }) => void
}

function ScatterPanel({ asked, selection, onErrors, onBox }: ScatterProps) {
  const { answer } = asked
  const selected = useMemo(() => selectedPoints(answer, selection), [answer, selection])
  return (
    <Panel
      title={t('traces.scatter')}
      question={t('traces.scatter.question')}
      asked={asked}
      skeleton_height={180}
      is_empty={(found) => found.total === 0}
      empty={{ title: t('traces.none'), do: t('traces.none.do') }}
      capped={(found) => ({ shown: found.time_ms.length, all: found.total })}
      actions={
        <Button kind="quiet" icon={<IconHelpCircle />} onClick={onErrors}>
          {t('traces.why.errors')}
        </Button>
      }
    >
      {(found) => (
        <ScatterChart
          label={t('traces.scatter')}
          log
          unit="ns"
          height={180}
          points={{
            time_ms: found.time_ms,
            value: found.duration_ns,
            tone: found.is_error.map((failed) => (failed ? 'bad' : '')),
          }}
          selected={selected}
          says={(at) => `${found.service[at]} ${found.name[at]}`}
          onPoint={(at) =>
            go(href(`/traces/${found.trace_id[at]}`, { span: found.span_id[at] ?? '' }))
          }
          onSelect={(box) =>
            onBox({
              box_from: Math.floor(box.from_ms),
              box_to: Math.ceil(box.to_ms),
              box_min: Math.floor(box.value_min),
              box_max: Math.ceil(box.value_max),
            })
          }
        />
      )}
    </Panel>
  )
}

/** The drawn points that the selection means; the others fade. */
function selectedPoints(
  answer: TraceScatter | undefined,
  selection: Selection | undefined,
): Set<number> | undefined {
  if (answer === undefined || selection === undefined) return undefined
  const chosen = new Set<number>()
  answer.time_ms.forEach((time, at) => {
    const duration = answer.duration_ns[at] ?? 0
    const isIn =
      selection.errors === true
        ? answer.is_error[at]
        : time >= (selection.from_ms ?? 0) &&
          time < (selection.to_ms ?? 0) &&
          duration >= (selection.duration_ns_min ?? 0) &&
          duration <= (selection.duration_ns_max ?? 0)
    if (isIn === true) chosen.add(at)
  })
  return chosen
}
