/** One choice of a short list (Select) or of a long one that is searched by typing (Combobox). */
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { Popover } from 'radix-ui'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { t } from '../i18n/translate.ts'
import { Button } from './Button.tsx'
import { Menu } from './Menu.tsx'
import styles from './Select.module.css'

export type Choice = { value: string; label: string; hint?: string | undefined }

type SelectProps = {
  /** Read aloud, and shown before the choice when `show_label`. */
  label: string
  show_label?: boolean | undefined
  value: string
  choices: readonly Choice[]
  onChange: (value: string) => void
}

export function Select({ label, show_label, value, choices, onChange }: SelectProps) {
  const chosen = choices.find((choice) => choice.value === value)
  const items = choices.map((choice) => ({
    label: choice.label,
    hint: choice.hint,
    checked: choice.value === value,
    icon: <span />,
    act: () => onChange(choice.value),
  }))
  return (
    <Menu items={items} label={label}>
      <Button className={styles.trigger}>
        <span className={show_label === true ? styles.label : styles.heard}>{label} </span>
        <span className={styles.value}>{chosen?.label ?? value}</span>
        <IconChevronDown className={styles.chevron} />
      </Button>
    </Menu>
  )
}

type ComboboxProps = SelectProps & {
  icon?: ReactNode
  placeholder?: string | undefined
  /**
   * Called as one types; the caller then passes matching choices. Without it they are filtered
   * here.
   */
  onType?: ((typed: string) => void) | undefined
  /** Said in the list when nothing matches. */
  empty?: string | undefined
}

export function Combobox(props: ComboboxProps) {
  const { label, value, choices, icon, placeholder, onChange } = props
  const [isOpen, setOpen] = useState(false)
  const chosen = choices.find((choice) => choice.value === value)
  const shown = chosen?.label ?? (value === '' ? (placeholder ?? label) : value)
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button icon={icon} className={styles.trigger}>
          <span className={props.show_label === true ? styles.label : styles.heard}>{label} </span>
          <span className={styles.value}>{shown}</span>
          <IconChevronDown className={styles.chevron} />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.pop}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
        >
          <Chooser
            {...props}
            onChange={(next) => {
              onChange(next)
              setOpen(false)
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Chooser({ label, value, choices, onType, onChange, empty }: ComboboxProps) {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const shown = (onType === undefined ? matching(choices, typed) : choices).slice(0, 200)
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((at + step + shown.length) % Math.max(1, shown.length))
    } else if (event.key === 'Enter' && shown[at] !== undefined) {
      event.preventDefault()
      onChange(shown[at].value)
    }
  }
  return (
    <>
      <input
        className={styles.search}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={shown[at] === undefined ? undefined : `${id}-${at}`}
        aria-label={label}
        placeholder={t('ui.type_to_find')}
        value={typed}
        onKeyDown={press}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
          onType?.(event.target.value)
        }}
      />
      <div role="listbox" id={id} aria-label={label} className={styles.list}>
        {shown.map((choice, index) => (
          <div
            key={choice.value}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={choice.value === value}
            data-active={index === at}
            className={styles.option}
            onMouseMove={() => setAt(index)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChange(choice.value)}
            onKeyDown={press}
          >
            <span className={styles.value}>{choice.label}</span>
            <span className={styles.hint}>{choice.hint}</span>
            {choice.value === value ? <IconCheck className={styles.check} /> : null}
          </div>
        ))}
      </div>
      {shown.length === 0 ? <p className={styles.none}>{empty ?? t('ui.nothing_found')}</p> : null}
    </>
  )
}

function matching(choices: readonly Choice[], typed: string): readonly Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return choices.filter((choice) => {
    const text = `${choice.label} ${choice.hint ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
