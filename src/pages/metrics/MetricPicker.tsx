/** The metrics that arrived, narrowed by typing. Arrow keys move, Enter chooses. */
import { type KeyboardEvent, useRef } from 'react'
import { count } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { Capped } from '../../ui/parts/Figures.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import type { MetricList } from './contract.ts'
import styles from './MetricsPage.module.css'

type PickerProps = {
  answer: MetricList
  find: string
  selected: string
  onFind: (text: string) => void
  onChoose: (metric: string) => void
}

export function MetricPicker({ answer, find, selected, onFind, onChoose }: PickerProps) {
  const items = useRef<HTMLUListElement>(null)
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const buttons = [...(items.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus()
  }
  const none = find === '' ? 'metrics.none' : 'metrics.none_found'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between its controls.
    <div onKeyDown={move} style={{ display: 'contents' }}>
      <div className={styles.find}>
        <TextInput
          label={t('metrics.find')}
          quiet_label
          type="search"
          value={find}
          onChange={onFind}
        />
      </div>
      {answer.metric.length === 0 ? (
        <EmptyState title={t(none)}>{t(`${none}.do`)}</EmptyState>
      ) : (
        <ul className={styles.list} ref={items} aria-label={t('metrics.title')}>
          {answer.metric.map((metric, at) => (
            <li key={metric}>
              <button
                type="button"
                className={`${styles.item} ${metric === selected ? styles.chosen : ''}`}
                aria-pressed={metric === selected}
                onClick={() => onChoose(metric)}
              >
                <span className={styles.name}>{metric}</span>
                <span className={styles.facts}>{factsOf(answer, at)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {answer.total > answer.metric.length ? (
        <Capped shown={answer.metric.length} all={answer.total} />
      ) : null}
    </div>
  )
}

function factsOf(answer: MetricList, at: number): string {
  const kind = answer.kind[at] === 'sum' && answer.monotonic[at] ? 'counter' : answer.kind[at]
  const facts = [t(`metrics.kind.${kind}`)]
  if (answer.temporality[at] === 'delta') facts.push(t('metrics.delta'))
  const unit = answer.unit[at] ?? ''
  if (unit !== '' && unit !== '1') facts.push(unit)
  facts.push(t('metrics.series', { count: count(answer.series[at] ?? 0) }))
  return facts.join(' · ')
}
