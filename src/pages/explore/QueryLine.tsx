/** A query that is written: its editor, what is wrong where, and the way to run it. */
import { IconPlayerPlay, IconWand } from '@tabler/icons-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { type FaultShown, useAsk } from '../../ui/ask/ask.ts'
import { CodeEditor, type CodeProblem } from '../../ui/editor/CodeEditor.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import type { ExploreUrl } from './address.ts'
import { type QueryCheck, queryCheck } from './contract.ts'
import styles from './Explore.module.css'
import { queryLanguage } from './query-language.ts'

type LineProps = {
  url: ExploreUrl
  source: ReactNode
  fault: FaultShown | undefined
  onRun: (query: string) => void
}

/** What is typed is checked when the typing rests. */
const settle_ms = 350

export function QueryLine({ url, source, fault, onRun }: LineProps) {
  const { language } = url
  const [typed, setTyped] = useState(url.query)
  useEffect(() => setTyped(url.query), [url.query])
  const settled = useSettled(typed)
  const isChecked = settled.trim() !== ''
  const checked = useAsk(
    queryCheck,
    { language, query: settled },
    { enabled: isChecked, keep: false },
  )
  const range = useRangeAsk()
  const latest = useRef({ range, typed, onRun })
  latest.current = { range, typed, onRun }
  const extensions = useMemo(
    () => (language === 'search' ? [] : [queryLanguage(language, () => latest.current.range)]),
    [language],
  )
  const keys = useMemo(
    () => [
      {
        key: 'Mod-Enter',
        run: () => {
          latest.current.onRun(latest.current.typed)
          return true
        },
      },
    ],
    [],
  )
  const { formatted } = checked.answer ?? {}
  const problems = isChecked && settled === typed ? problemsOf(checked.answer) : []
  const told = problems[0]?.says ?? (typed === url.query ? placedFault(fault) : undefined)
  return (
    <div className={styles.query}>
      <div className={styles.queryHead}>
        {source}
        <span className={styles.told} role={told === undefined ? undefined : 'alert'}>
          {told}
        </span>
        <Button
          kind="quiet"
          icon={<IconWand />}
          disabled={formatted === undefined || settled !== typed || formatted === typed}
          onClick={() => setTyped(formatted ?? typed)}
        >
          {t('explore.format')}
        </Button>
        <Button kind="primary" icon={<IconPlayerPlay />} onClick={() => onRun(typed)}>
          {t('explore.run')}
        </Button>
      </div>
      <div className={styles.code}>
        <CodeEditor
          key={language}
          label={t('explore.query')}
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

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settle_ms)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function problemsOf(check: QueryCheck | undefined): readonly CodeProblem[] {
  return (check?.problems ?? []).map(({ from, to, message, severity }) => ({
    ...{ from, to, says: message, tone: severity },
  }))
}

/** A query that reads well may still make no sense of the data. */
function placedFault(fault: FaultShown | undefined): string | undefined {
  return fault?.code === 'query_refused' ? String(fault.details?.detail ?? '') : undefined
}
