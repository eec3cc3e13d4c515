/** The query in PromQL: its editor, what is wrong where, its format and the way to run it. */
import { IconPlayerPlay, IconWand } from '@tabler/icons-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { type FaultShown, useAsk } from '../../../ui/ask/ask.ts'
import { CodeEditor, type CodeProblem } from '../../../ui/editor/CodeEditor.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import { Button } from '../../../ui/parts/Button.tsx'
import { useRangeAsk } from '../../../ui/range/range.ts'
import { type QueryCheck, queryCheck } from '../../explore/contract.ts'
import styles from './Promql.module.css'
import { promqlLanguage } from './promql-language.ts'

type EditorProps = {
  query: string
  /** Of the run: its place is marked while the text is what was run. */
  fault: FaultShown | undefined
  /** How it is run; left of the buttons. */
  choices: ReactNode
  onRun: (query: string) => void
}

/** What is typed is checked when the typing rests. */
const settle_ms = 350

export function PromqlEditor({ query, fault, choices, onRun }: EditorProps) {
  const [typed, setTyped] = useState(query)
  useEffect(() => setTyped(query), [query])
  const settled = useSettled(typed)
  const isChecked = settled.trim() !== ''
  const ask = { language: 'promql' as const, query: settled }
  const checked = useAsk(queryCheck, ask, { enabled: isChecked, keep: false })
  const range = useRangeAsk()
  const latest = useRef({ range, typed, onRun })
  latest.current = { range, typed, onRun }
  const extensions = useMemo(() => [promqlLanguage(() => latest.current.range)], [])
  const keys = useMemo(() => [{ key: 'Mod-Enter', run: () => runLatest(latest.current) }], [])
  const isSettled = isChecked && settled === typed
  const found = isSettled ? checked.answer : undefined
  const problems = useMemo(
    () => [...problemsOf(found), ...(typed === query ? refusal(fault, query) : [])],
    [found, fault, typed, query],
  )
  const formatted = found?.formatted
  const told = problems[0]?.says
  return (
    <div className={styles.query}>
      <div className={styles.queryHead}>
        {choices}
        <span className={styles.told} role={told === undefined ? undefined : 'alert'}>
          {told}
        </span>
        <Button
          kind="quiet"
          icon={<IconWand />}
          disabled={formatted === undefined || formatted === typed}
          onClick={() => setTyped(formatted ?? typed)}
        >
          {t('metrics.promql.format')}
        </Button>
        <Button kind="primary" icon={<IconPlayerPlay />} onClick={() => onRun(typed)}>
          {t('metrics.promql.run')}
        </Button>
      </div>
      <div className={styles.code}>
        <CodeEditor
          label={t('metrics.promql.query')}
          value={typed}
          onChange={setTyped}
          extensions={extensions}
          keys={keys}
          problems={problems}
        />
      </div>
    </div>
  )
}

function runLatest({ onRun, typed }: { onRun: (query: string) => void; typed: string }): true {
  onRun(typed)
  return true
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settle_ms)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function problemsOf(check: QueryCheck | undefined): CodeProblem[] {
  return (check?.problems ?? []).map(({ from, to, message, severity }) => ({
    ...{ from, to, says: message, tone: severity },
  }))
}

/** A query that reads well may still make no sense of the data. */
function refusal(fault: FaultShown | undefined, query: string): CodeProblem[] {
  if (fault?.code !== 'query_refused') return []
  const { detail, from, to } = fault.details ?? {}
  if (typeof from !== 'number') return []
  const end = typeof to === 'number' ? to : query.length
  return [{ from, to: end, says: String(detail ?? ''), tone: 'error' }]
}
