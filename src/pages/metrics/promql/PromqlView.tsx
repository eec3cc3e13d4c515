/** Metrics asked in PromQL: the query, its answer over time or at one, and what each part took. */
import { useAsk } from '../../../ui/ask/ask.ts'
import { exact } from '../../../ui/format/figures.ts'
import { language, t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { Button } from '../../../ui/parts/Button.tsx'
import { EmptyState } from '../../../ui/parts/EmptyState.tsx'
import { Segments } from '../../../ui/parts/Tabs.tsx'
import { useRangeAsk } from '../../../ui/range/range.ts'
import { TextLink } from '../../../ui/url/TextLink.tsx'
import { type QueryRun, queryRun } from '../../explore/contract.ts'
import type { MetricsUrl, SetMetricsUrl } from '../address.ts'
import { ExplainPanel } from './ExplainPanel.tsx'
import styles from './Promql.module.css'
import { PromqlEditor } from './PromqlEditor.tsx'
import { RunView } from './RunView.tsx'

const series_max = 500
const points_max = 300
const examples = [
  'count by (__name__) ({__name__!=""})',
  'topk(5, count by (__name__, job) ({__name__!=""}))',
]

type ViewProps = { url: MetricsUrl; setUrl: SetMetricsUrl }

export function PromqlView({ url, setUrl }: ViewProps) {
  const { query, at, explain } = url
  const isThere = query.trim() !== ''
  const range = useRangeAsk()
  const ask = { ...range, language: 'promql' as const, query, mode: at, points_max }
  const asked = useAsk(queryRun, { ...ask, rows_max: series_max }, { enabled: isThere })
  const run = (next: string) => {
    if (next === query) asked.refetch()
    else setUrl({ query: next })
  }
  return (
    <div className={styles.column}>
      <PromqlEditor
        query={query}
        fault={isThere ? asked.fault : undefined}
        choices={<Choices url={url} setUrl={setUrl} />}
        onRun={run}
      />
      {isThere ? (
        <>
          <Panel
            title={t('metrics.promql.result')}
            question={asked.answer === undefined ? undefined : tookOf(asked.answer)}
            asked={asked}
            flush
            actions={<Elsewhere query={query} />}
            is_empty={(answer) => countOf(answer) === 0 && !hasNotes(answer)}
            empty={{ title: t('metrics.promql.nothing'), do: t('metrics.promql.nothing.do') }}
            skeleton_height={300}
          >
            {(answer) => <RunView answer={answer} shown={countOf(answer)} />}
          </Panel>
          {explain ? <ExplainPanel query={query} mode={at} /> : null}
        </>
      ) : (
        <Panel>
          <EmptyState
            title={t('metrics.promql.write')}
            actions={examples.map((example) => (
              <Button key={example} onClick={() => run(example)}>
                <code>{example}</code>
              </Button>
            ))}
          >
            {t('metrics.promql.write.do')}
          </EmptyState>
        </Panel>
      )}
    </div>
  )
}

function Choices({ url, setUrl }: ViewProps) {
  return (
    <>
      <Segments
        label={t('metrics.promql.at')}
        value={url.at}
        choices={(['range', 'instant'] as const).map((value) => ({
          value,
          label: t(`metrics.promql.${value}`),
        }))}
        onChange={(at) => setUrl({ at: at === 'instant' ? 'instant' : 'range' })}
      />
      <Button
        kind="quiet"
        className={styles.toggle}
        aria-pressed={url.explain}
        onClick={() => setUrl({ explain: !url.explain })}
      >
        {t('metrics.explain')}
      </Button>
    </>
  )
}

function Elsewhere({ query }: { query: string }) {
  return (
    <span className={styles.links}>
      <TextLink to="/explore" query={{ language: 'promql', query }}>
        {t('metrics.promql.explore')}
      </TextLink>
    </span>
  )
}

function countOf(answer: QueryRun): number {
  if (answer.kind === 'series') return answer.labels.length
  return answer.kind === 'table' ? (answer.values[0]?.length ?? 0) : 0
}

/** Why nothing was found is often in them. */
function hasNotes({ warnings, infos }: QueryRun): boolean {
  return warnings.length + infos.length > 0
}

function tookOf(answer: QueryRun): string {
  const count = countOf(answer)
  return t('metrics.promql.took', {
    count: exact(count, language()),
    ms: exact(answer.took_ms, language()),
  })
}
