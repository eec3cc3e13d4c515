/** Views of one thing, side by side. The caller keeps which one is open, usually in the address. */
import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import styles from './Tabs.module.css'

export type Tab = { value: string; label: ReactNode; count?: ReactNode; content: ReactNode }

type TabsProps = {
  label: string
  value: string
  tabs: readonly Tab[]
  onChange: (value: string) => void
  /** Drawn at the right end of the tab line. */
  actions?: ReactNode
}

export function Tabs({ label, value, tabs, onChange, actions }: TabsProps) {
  return (
    <Radix.Root className={styles.tabs} value={value} onValueChange={onChange}>
      <div className={styles.line}>
        <Radix.List className={styles.list} aria-label={label}>
          {tabs.map((tab) => (
            <Radix.Trigger key={tab.value} value={tab.value} className={styles.tab}>
              {tab.label}
              {tab.count === undefined ? null : <span className={styles.count}>{tab.count}</span>}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {actions}
      </div>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className={styles.content}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}

type SegmentsProps = {
  label: string
  value: string
  choices: readonly { value: string; label: ReactNode }[]
  onChange: (value: string) => void
}

/** Two to four ways to show the same, as one joined control. */
export function Segments({ label, value, choices, onChange }: SegmentsProps) {
  return (
    <fieldset className={styles.segments} aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          className={styles.segment}
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  )
}
