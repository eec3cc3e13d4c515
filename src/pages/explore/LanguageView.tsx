/** A language: its query, and the answer as what it is, as a table, or as it came. */
import type { ReactNode } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { exact } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { AnswerView } from './AnswerView.tsx'
import { languageAsk } from './asks.ts'
import { type QueryRun, queryRun } from './contract.ts'
import styles from './Explore.module.css'
import type { ExploreProps } from './ExplorePage.tsx'
import { FlatView } from './FlatView.tsx'
import { QueryLine } from './QueryLine.tsx'
import { exampleOf } from './query-language.ts'
import { flatTable } from './rows.ts'

const rows_first = 500
const views = ['result', 'table', 'raw'] as const

export function LanguageView(props: ExploreProps & { source: ReactNode }) {
  const { url, setUrl, source } = props
  const range = useRangeAsk()
  const isThere = url.query.trim() !== ''
  const asked = useAsk(queryRun, languageAsk(url, range, rows_first), { enabled: isThere })
  const run = (query: string) => {
    if (query === url.query) asked.refetch()
    else setUrl({ query, open: '' })
  }
  const example = url.language === 'search' ? '' : exampleOf[url.language]
  return (
    <div className={styles.column}>
      <QueryLine url={url} source={source} fault={isThere ? asked.fault : undefined} onRun={run} />
      {isThere ? (
        <Panel
          title={t('explore.result')}
          question={asked.answer === undefined ? undefined : tookOf(asked.answer)}
          asked={asked}
          flush
          grow
          actions={
            <Segments
              label={t('explore.view')}
              value={url.view}
              choices={views.map((value) => ({ value, label: t(`explore.view.${value}`) }))}
              onChange={(view) => setUrl({ view: view as (typeof views)[number] })}
            />
          }
          is_empty={isNothing}
          empty={{ title: t('explore.nothing'), do: t('explore.nothing.do') }}
        >
          {(answer) => <Answer answer={answer} view={url.view} />}
        </Panel>
      ) : (
        <Panel grow>
          <EmptyState
            title={t('explore.write')}
            actions={
              <Button onClick={() => run(example)}>{t('explore.example', { example })}</Button>
            }
          >
            {t('explore.write.do')}
          </EmptyState>
        </Panel>
      )}
    </div>
  )
}

function Answer({ answer, view }: { answer: QueryRun; view: (typeof views)[number] }) {
  const notes = [...answer.warnings, ...answer.infos]
  return (
    <div className={styles.answer}>
      {notes.map((note) => (
        <p key={note} className={styles.warning} role="note">
          {note}
        </p>
      ))}
      {view === 'raw' ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls.
        <pre className={styles.rawWhole} tabIndex={0}>
          {rawOf(answer)}
        </pre>
      ) : view === 'table' ? (
        <FlatView table={flatTable(answer)} />
      ) : (
        <AnswerView answer={answer} />
      )}
      {answer.capped ? (
        <p className={styles.note}>
          {t('explore.capped_result', { shown: exact(countOf(answer), language()) })}
        </p>
      ) : null}
    </div>
  )
}

const raw_characters_max = 300_000

function rawOf(answer: QueryRun): string {
  const text = JSON.stringify(answer, null, 1)
  return text.length > raw_characters_max ? `${text.slice(0, raw_characters_max)}\n…` : text
}

function isNothing(answer: QueryRun): boolean {
  return countOf(answer) === 0
}

function countOf(answer: QueryRun): number {
  switch (answer.kind) {
    case 'series':
      return answer.labels.length
    case 'table':
      return answer.values[0]?.length ?? 0
    case 'logs':
      return answer.body.length
    case 'traces':
      return answer.trace_id.length
  }
}

function tookOf(answer: QueryRun): string {
  return t('explore.took', { ms: exact(answer.took_ms, language()) })
}
