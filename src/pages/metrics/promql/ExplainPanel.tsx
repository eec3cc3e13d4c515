/** The tree of a query: what each part read and how long it took. */
import { useAsk } from '../../../ui/ask/ask.ts'
import { count, duration, exact } from '../../../ui/format/figures.ts'
import { language, t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { useRangeAsk } from '../../../ui/range/range.ts'
import { type Column, DataTable } from '../../../ui/table/DataTable.tsx'
import { type MetricExplain, metricExplain } from '../contract.ts'
import styles from './Promql.module.css'

type ExplainProps = { query: string; mode: 'range' | 'instant' }
const rows_shown_max = 16

export function ExplainPanel({ query, mode }: ExplainProps) {
  const asked = useAsk(metricExplain, { ...useRangeAsk(), query, mode })
  const { answer } = asked
  return (
    <Panel
      title={t('metrics.explain')}
      question={answer === undefined ? t('metrics.explain.question') : wholeOf(answer)}
      asked={asked}
      flush
    >
      {(answer) => (
        <>
          <DataTable
            label={t('metrics.explain')}
            rows={nodesOf(answer)}
            row_id={(node) => node.id}
            columns={columns()}
            height={36 + Math.min(answer.text.length, rows_shown_max) * 28}
          />
          {answer.took_ms.includes(null) ? (
            <p className={styles.note}>{t('metrics.explain.together')}</p>
          ) : null}
          {answer.capped ? (
            <p className={styles.note}>
              {t('metrics.explain.capped', { count: String(answer.text.length) })}
            </p>
          ) : null}
        </>
      )}
    </Panel>
  )
}

type Node = {
  id: string
  text: string
  kind: string
  depth: number
  series: number | null
  samples: number | null
  took_ms: number | null
  own_ms: number | null
}

function nodesOf(answer: MetricExplain): Node[] {
  return answer.text.map((text, at) => ({
    id: String(at),
    text,
    kind: answer.kind[at] ?? '',
    depth: answer.depth[at] ?? 0,
    series: answer.series[at] ?? null,
    samples: answer.samples[at] ?? null,
    took_ms: answer.took_ms[at] ?? null,
    own_ms: answer.own_ms[at] ?? null,
  }))
}

function columns(): Column<Node>[] {
  const figureOf = (
    id: 'series' | 'samples' | 'took_ms' | 'own_ms',
    shown: (value: number) => string,
  ): Column<Node> => ({
    id,
    title: t(`metrics.explain.${id}`),
    width: 110,
    align: 'end',
    cell: (node) => {
      const value = node[id]
      return value === null ? <span className={styles.absent}>–</span> : shown(value)
    },
  })
  const shownTime = (ms: number) => duration(ms * 1e6)
  return [
    {
      id: 'text',
      title: t('metrics.explain.node'),
      width: '1fr',
      cell: ({ text, depth }) => (
        <span className={styles.node} style={{ paddingInlineStart: depth * 18 }} title={text}>
          {text}
        </span>
      ),
    },
    figureOf('series', count),
    figureOf('samples', count),
    figureOf('took_ms', shownTime),
    figureOf('own_ms', shownTime),
  ]
}

function wholeOf({ total_ms, peak_samples, steps }: MetricExplain): string {
  return t('metrics.explain.whole', {
    took: duration(total_ms * 1e6),
    steps: exact(steps, language()),
    samples: count(peak_samples),
  })
}
