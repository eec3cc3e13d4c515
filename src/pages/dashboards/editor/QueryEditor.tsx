/** One query of a panel: its language, its text with what is wrong in it, and how it is asked. */
import { IconEye, IconEyeOff, IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useAsk } from '../../../ui/ask/ask.ts'
import { CodeEditor, type CodeProblem } from '../../../ui/editor/CodeEditor.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import { IconButton } from '../../../ui/parts/Button.tsx'
import { Select } from '../../../ui/parts/Select.tsx'
import { Segments } from '../../../ui/parts/Tabs.tsx'
import { TextInput } from '../../../ui/parts/TextInput.tsx'
import {
  exploreTables,
  measures,
  type QueryLanguage,
  queryCheck,
  queryLanguages,
  type SearchShape,
} from '../../explore/contract.ts'
import type { PanelQuery } from '../contract.ts'
import styles from './Editor.module.css'
import { promqlLanguage } from './query-languages.ts'

const languageNames: Record<QueryLanguage, string> = {
  search: 'Search',
  promql: 'PromQL',
  logql: 'LogQL',
  traceql: 'TraceQL',
  esql: 'ES|QL',
}
const settle_ms = 500

type QueryProps = {
  query: PanelQuery
  onChange: (next: PanelQuery) => void
  onRemove: () => void
}

export function QueryEditor({ query, onChange, onRemove }: QueryProps) {
  const [text, setText] = useState(query.query)
  useEffect(() => setText(query.query), [query.query])
  // What is typed is asked when the typing rests.
  useEffect(() => {
    if (text === query.query) return
    const timer = setTimeout(() => onChange({ ...query, query: text }), settle_ms)
    return () => clearTimeout(timer)
  }, [text, query, onChange])
  const problems = useProblems(query)
  const label = t('dashboards.query.of', { ref: query.ref })
  return (
    <section className={styles.query} aria-label={label}>
      <header>
        <strong>{query.ref}</strong>
        <Select
          label={t('dashboards.language')}
          value={query.language}
          choices={queryLanguages.map((value) => ({ value, label: languageNames[value] }))}
          onChange={(value) => onChange(inLanguage(query, value as QueryLanguage))}
        />
        <Segments
          label={t('dashboards.mode')}
          value={query.mode}
          choices={[
            { value: 'range', label: t('dashboards.mode.range') },
            { value: 'instant', label: t('dashboards.mode.instant') },
          ]}
          onChange={(mode) => onChange({ ...query, mode: mode as PanelQuery['mode'] })}
        />
        <span className={styles.end}>
          <IconButton
            label={query.is_hidden ? t('dashboards.query.show') : t('dashboards.query.hide')}
            pressed={query.is_hidden}
            onClick={() => onChange({ ...query, is_hidden: !query.is_hidden })}
          >
            {query.is_hidden ? <IconEyeOff /> : <IconEye />}
          </IconButton>
          <IconButton label={t('dashboards.query.remove')} onClick={onRemove}>
            <IconTrash />
          </IconButton>
        </span>
      </header>
      <div className={styles.code}>
        <CodeEditor
          key={query.language}
          label={label}
          value={text}
          onChange={setText}
          extensions={query.language === 'promql' ? promqlLanguage : []}
          problems={problems}
        />
      </div>
      {query.language === 'search' ? <ShapeFields query={query} onChange={onChange} /> : null}
      <NameFields query={query} onChange={onChange} />
    </section>
  )
}

function NameFields({ query, onChange }: Pick<QueryProps, 'query' | 'onChange'>) {
  return (
    <div className={styles.more}>
      <TextInput
        label={t('dashboards.query.legend')}
        value={query.legend}
        onChange={(legend) => onChange({ ...query, legend })}
        placeholder="{{pod}}"
        maxLength={1024}
      />
      <TextInput
        label={t('dashboards.query.min_step')}
        value={query.min_step}
        onChange={(min_step) => onChange({ ...query, min_step })}
        placeholder="30s"
        maxLength={64}
      />
    </div>
  )
}

const plainShape: SearchShape = { table: 'logs', measure: 'count', group_by: [] }

function inLanguage(query: PanelQuery, language: QueryLanguage): PanelQuery {
  const { shape, ...rest } = query
  return language === 'search'
    ? { ...query, language, shape: shape ?? plainShape }
    : { ...rest, language }
}

/** Variables are no part of the language: a query that has some is checked when it is asked. */
function useProblems({ language, query }: PanelQuery): readonly CodeProblem[] | undefined {
  const isPlain = query.trim() !== '' && !query.includes('$') && !query.includes('[[')
  const asked = useAsk(queryCheck, { language, query }, { enabled: isPlain, keep: false })
  if (!isPlain) return []
  return asked.answer?.problems.map(({ from, to, message, severity }) => ({
    ...{ from, to, says: message, tone: severity },
  }))
}

function ShapeFields({ query, onChange }: Pick<QueryProps, 'query' | 'onChange'>) {
  const shape = query.shape ?? plainShape
  const put = (change: Partial<SearchShape>) =>
    onChange({ ...query, shape: { ...shape, ...change } })
  const rows = '-'
  return (
    <div className={styles.more}>
      <Select
        label={t('dashboards.table')}
        show_label
        value={shape.table}
        choices={exploreTables.map((value) => ({ value, label: t(`dashboards.table.${value}`) }))}
        onChange={(table) => put({ table: table as SearchShape['table'] })}
      />
      <Select
        label={t('dashboards.measure')}
        show_label
        value={shape.measure ?? rows}
        choices={[
          { value: rows, label: t('dashboards.measure.rows') },
          ...measures.map((value) => ({ value, label: t(`dashboards.measure.${value}`) })),
        ]}
        onChange={(value) => {
          const { measure, ...rest } = shape
          const next = value === rows ? rest : { ...rest, measure: value as typeof measure }
          onChange({ ...query, shape: next })
        }}
      />
      <TextInput
        label={t('dashboards.field')}
        value={shape.field ?? ''}
        onChange={(field) => {
          const { field: _, ...rest } = shape
          onChange({ ...query, shape: field === '' ? rest : { ...rest, field } })
        }}
      />
      <GroupBy
        key={shape.table}
        names={shape.group_by}
        onChange={(group_by) => put({ group_by })}
      />
    </div>
  )
}

type GroupProps = { names: readonly string[]; onChange: (names: string[]) => void }

/** A comma that is being typed is no name yet. */
function GroupBy({ names, onChange }: GroupProps) {
  const [typed, setTyped] = useState(names.join(', '))
  const told = names.join(', ')
  useEffect(() => setTyped((now) => (fieldsIn(now).join(', ') === told ? now : told)), [told])
  return (
    <TextInput
      label={t('dashboards.group_by')}
      value={typed}
      onChange={(text) => {
        setTyped(text)
        onChange(fieldsIn(text))
      }}
      placeholder="service, severity"
    />
  )
}

function fieldsIn(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  return names.filter((name) => name !== '').slice(0, 4)
}
