/** What the server answered: status, time and text of each request that was sent last. */
import { IconCopy, IconSend } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { CodeEditor } from '../../ui/editor/CodeEditor.tsx'
import { consoleLanguage } from '../../ui/editor/console-language.ts'
import { bytes, duration } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { IconButton } from '../../ui/parts/Button.tsx'
import { copyText } from '../../ui/parts/copy.ts'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import styles from './DevTools.module.css'
import type { ConsoleResult } from './send-request.ts'

type AnswerPaneProps = { results: readonly ConsoleResult[]; isSending: boolean }

export function AnswerPane({ results, isSending }: AnswerPaneProps) {
  const [chosen, setChosen] = useState('')
  const newest = results.at(-1)
  // A new answer is shown when it comes.
  useEffect(() => setChosen(newest?.id ?? ''), [newest])
  const shown = results.find(({ id }) => id === chosen) ?? newest
  return (
    <section className={styles.pane} aria-label={t('dev.answer')} aria-busy={isSending}>
      <header className={styles.head}>
        {shown === undefined ? (
          <span className={styles.quiet}>{t('dev.answer')}</span>
        ) : (
          <Told result={shown} />
        )}
      </header>
      {results.length > 1 && shown !== undefined ? (
        <nav className={styles.results} aria-label={t('dev.answers')}>
          {results.map((one) => (
            <button
              key={one.id}
              type="button"
              className={styles.result}
              aria-current={one.id === shown.id}
              onClick={() => setChosen(one.id)}
            >
              <span className={styles.status} data-tone={toneOf(one)}>
                {one.fault === undefined ? one.status : '!'}
              </span>
              {one.request.method} {one.request.path}
            </button>
          ))}
        </nav>
      ) : null}
      <div className={styles.code}>
        {shown === undefined ? <Nothing /> : <Body key={shown.id} result={shown} />}
      </div>
    </section>
  )
}

function Nothing() {
  return (
    <EmptyState title={t('dev.answer.none')} icon={<IconSend />}>
      {t('dev.answer.none.do')}
    </EmptyState>
  )
}

function Told({ result }: { result: ConsoleResult }) {
  const { status, took_ms, fault } = result
  return (
    <>
      {fault === undefined ? (
        <Badge tone={toneOf(result)}>{statusText(status)}</Badge>
      ) : (
        <Badge tone="bad">{t('dev.not_sent')}</Badge>
      )}
      <span className={styles.quiet} aria-live="polite">
        {duration(took_ms * 1e6)}
        {fault === undefined ? ` · ${bytes(result.bytes)}` : ''}
      </span>
      <span className={styles.space} />
      <IconButton label={t('dev.copy_answer')} onClick={() => void copyText(result.text)}>
        <IconCopy />
      </IconButton>
    </>
  )
}

const language = [consoleLanguage]

function Body({ result }: { result: ConsoleResult }) {
  const { fault, refusal, text } = result
  if (fault !== undefined) return <FaultNote fault={fault} />
  if (text === '') return <p className={styles.nothing}>{t('dev.answer.empty')}</p>
  return (
    <>
      {refusal === undefined ? null : (
        <p className={styles.refusal} role="alert">
          {refusal.reason}
          {refusal.path ? <code>{refusal.path}</code> : null}
        </p>
      )}
      <CodeEditor label={t('dev.answer')} value={text} is_read_only extensions={language} />
    </>
  )
}

function toneOf({ status, fault }: ConsoleResult): 'ok' | 'warn' | 'bad' {
  if (fault !== undefined || status >= 500) return 'bad'
  return status >= 400 ? 'warn' : 'ok'
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** As HTTP has it, in every language. */
function statusText(status: number): string {
  return `${status} ${reasons[status] ?? ''}`.trim()
}
