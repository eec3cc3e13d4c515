/**
 * One line of the search language: `/` focuses it, Enter runs, a list completes what is typed, and
 * an error is underlined where it is. What completes is the caller's; nothing here waits for an
 * answer.
 */
import { IconSearch, IconX } from '@tabler/icons-react'
import { useId, useRef } from 'react'
import type { FaultShown } from '../ask/ask.ts'
import { t } from '../i18n/translate.ts'
import { useKeys } from '../keys/keys.ts'
import { Kbd } from '../parts/Kbd.tsx'
import { Completions } from './Completions.tsx'
import type { Complete } from './completion.ts'
import styles from './SearchBar.module.css'
import { useSearchLine } from './search-line.ts'

type SearchBarProps = {
  value: string
  onRun: (text: string) => void
  complete?: Complete | undefined
  /** The fault of the last run; its position is underlined. */
  fault?: FaultShown | undefined
  placeholder?: string | undefined
  /** Whose recent searches these are. */
  recent_key?: string | undefined
  label?: string | undefined
}

export function SearchBar(props: SearchBarProps) {
  const { value, onRun, complete, fault, recent_key = 'all' } = props
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const line = useSearchLine({ value, onRun, complete, recent_key, input })
  const { typed, items, at } = line
  useKeys([{ keys: '/', says: t('ui.keys.search'), act: () => input.current?.focus() }])
  const wrong = faultAt(fault, typed, value)
  return (
    <search className={styles.bar} data-wrong={wrong !== undefined}>
      <IconSearch className={styles.icon} aria-hidden="true" />
      <div className={styles.line}>
        {wrong === undefined ? null : <Underline text={typed} at={wrong} />}
        <input
          ref={input}
          className={styles.input}
          role="combobox"
          aria-expanded={items.length > 0}
          aria-controls={id}
          aria-autocomplete="list"
          aria-label={props.label ?? t('ui.search.label')}
          aria-invalid={wrong !== undefined}
          aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
          placeholder={props.placeholder ?? t('ui.search.placeholder')}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={typed}
          onChange={(event) => line.change(event.target.value, event.target.selectionStart ?? 0)}
          onFocus={line.focus}
          onBlur={line.leave}
          onKeyDown={line.press}
        />
      </div>
      {typed === '' ? <Hint /> : <Clear clear={() => line.run('')} />}
      <Completions id={id} items={items} at={at} take={line.take} />
      {wrong === undefined || items.length > 0 ? null : (
        <p className={styles.fault} role="alert">
          {fault?.says} <span className={styles.do}>{fault?.do}</span>
        </p>
      )}
    </search>
  )
}

function Hint() {
  return (
    <span className={styles.hint} aria-hidden="true">
      <Kbd keys="/" />
    </span>
  )
}

function Clear({ clear }: { clear: () => void }) {
  return (
    <button
      type="button"
      className={styles.clear}
      aria-label={t('ui.search.clear')}
      onClick={clear}
    >
      <IconX size={14} aria-hidden="true" />
    </button>
  )
}

/** Shown while the text is still the one that failed. */
function faultAt(fault: FaultShown | undefined, typed: string, value: string) {
  if (fault === undefined || typed !== value || !fault.code.startsWith('search_')) return undefined
  const position = Number(fault.details.position ?? 0)
  const end = Number(fault.details.to ?? position + 1)
  return { from: Math.min(position, typed.length), to: Math.max(position + 1, end) }
}

function Underline({ text, at }: { text: string; at: { from: number; to: number } }) {
  const whole = `${text} `
  const rest = whole.slice(at.from)
  const word = /^\S+/.exec(rest)?.[0] ?? rest.slice(0, 1)
  return (
    <div className={styles.under} aria-hidden="true">
      {whole.slice(0, at.from)}
      <span className={styles.wrong}>{word}</span>
    </div>
  )
}
