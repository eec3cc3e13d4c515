/** The list under a search bar. */
import { IconClock, IconEqual, IconHash, IconTag } from '@tabler/icons-react'
import { t } from '../i18n/translate.ts'
import type { Completion } from './completion.ts'
import styles from './SearchBar.module.css'

const icons = { field: IconHash, value: IconTag, operator: IconEqual, recent: IconClock }

type CompletionsProps = {
  id: string
  items: readonly Completion[]
  at: number
  take: (item: Completion) => void
}

export function Completions({ id, items, at, take }: CompletionsProps) {
  if (items.length === 0) return null
  return (
    <div className={styles.list} role="listbox" id={id} aria-label={t('ui.search.completions')}>
      {items.map((item, index) => {
        const Icon = icons[item.kind ?? 'value']
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys.
          <div
            key={`${item.kind}${item.label}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={styles.item}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(item)}
          >
            <Icon size={14} className={styles.kind} aria-hidden="true" />
            <span className={styles.label}>{item.label}</span>
            <span className={styles.detail}>{item.detail}</span>
          </div>
        )
      })}
    </div>
  )
}
