/** The dashboard's variables in one line; what is chosen is in the address. */
import { IconAlertTriangle, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { Popover } from 'radix-ui'
import { useEffect, useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { Combobox, Select } from '../../ui/parts/Select.tsx'
import { Tooltip } from '../../ui/parts/Tooltip.tsx'
import { go } from '../../ui/url/location.ts'
import { withChosen } from './addresses.ts'
import { every_value } from './contract.ts'
import styles from './Dashboard.module.css'
import type { VariableNow } from './use-variables.ts'
import { chosenText } from './variables.ts'

export function VariablesBar({ variables }: { variables: readonly VariableNow[] }) {
  const shown = variables.filter(
    ({ variable }) => !variable.is_hidden && variable.kind !== 'constant',
  )
  if (shown.length === 0) return null
  return (
    <div className={styles.variables}>
      {shown.map((one) => (
        <VariableControl key={one.variable.name} now={one} />
      ))}
    </div>
  )
}

function choose(name: string, values: readonly string[]): void {
  go(withChosen(window.location.pathname + window.location.search, name, values))
}

function VariableControl({ now }: { now: VariableNow }) {
  const { variable, chosen, options, has_failed, is_loading } = now
  const label = variable.label || variable.name
  if (variable.kind === 'text') {
    return <TextVariable label={label} name={variable.name} value={chosen.values[0] ?? ''} />
  }
  if (has_failed) {
    return (
      <Tooltip text={t('dashboards.variable.failed')}>
        <span className={styles.variableFailed}>
          <IconAlertTriangle aria-hidden="true" /> {label}
        </span>
      </Tooltip>
    )
  }
  if (variable.is_multi) return <MultiVariable now={now} label={label} />
  const all = { value: every_value, label: t('dashboards.variable.all') }
  const choices = [
    ...(variable.has_all ? [all] : []),
    ...options.map(({ value, shown }) => ({ value, label: shown })),
  ]
  const value = chosen.is_all ? every_value : (chosen.values[0] ?? '')
  const props = {
    ...{ label, show_label: true, value, choices },
    onChange: (next: string) => choose(variable.name, [next]),
  }
  const placeholder = is_loading ? '…' : t('dashboards.variable.none')
  if (choices.length > 8 || choices.length === 0) {
    return <Combobox {...props} placeholder={placeholder} />
  }
  return <Select {...props} />
}

type TextProps = { label: string; name: string; value: string }

function TextVariable({ label, name, value }: TextProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const put = () => {
    if (typed !== value) choose(name, [typed])
  }
  return (
    <label className={styles.variableText}>
      <span>{label}</span>
      <input
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={put}
        onKeyDown={(event) => {
          if (event.key === 'Enter') put()
        }}
      />
    </label>
  )
}

function MultiVariable({ now, label }: { now: VariableNow; label: string }) {
  const { chosen } = now
  const text = chosenText(chosen, t('dashboards.variable.all'))
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button className={styles.variable ?? ''}>
          <span className={styles.variableLabel}>{label}</span>
          <span className={styles.variableValue}>
            {now.is_loading ? '…' : text || t('dashboards.variable.none')}
          </span>
          <IconChevronDown className={styles.chevron} aria-hidden="true" />
        </Button>
      </Popover.Trigger>
      <Popover.Portal container={document.getElementById('main')}>
        <Popover.Content
          className={styles.choices}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
        >
          <Choices now={now} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

const choices_max = 300

function Choices({ now }: { now: VariableNow }) {
  const { variable, chosen, options } = now
  const [typed, setTyped] = useState('')
  const { name } = variable
  const values = chosen.is_all ? [] : chosen.values
  const wanted = typed.toLowerCase()
  const shown = options.filter((one) => one.shown.toLowerCase().includes(wanted))
  const toggle = (value: string) => {
    const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value]
    choose(name, next.length === 0 && variable.has_all ? [every_value] : next)
  }
  return (
    <>
      <input
        className={styles.choiceFind}
        aria-label={t('ui.type_to_find')}
        placeholder={t('ui.type_to_find')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className={styles.choiceList}>
        {variable.has_all ? (
          <Choice
            shown={t('dashboards.variable.all')}
            isOn={chosen.is_all}
            act={() => choose(name, [every_value])}
          />
        ) : null}
        {shown.slice(0, choices_max).map((one) => (
          <Choice
            key={one.value}
            shown={one.shown}
            isOn={values.includes(one.value)}
            act={() => toggle(one.value)}
          />
        ))}
        {shown.length === 0 ? <p className={styles.quiet}>{t('ui.nothing_found')}</p> : null}
        {shown.length > choices_max ? (
          <p className={styles.quiet}>{t('ui.more', { count: shown.length - choices_max })}</p>
        ) : null}
      </div>
    </>
  )
}

function Choice({ shown, isOn, act }: { shown: string; isOn: boolean; act: () => void }) {
  return (
    <button type="button" className={styles.choice} aria-pressed={isOn} onClick={act}>
      <span className={styles.choiceMark}>{isOn ? <IconCheck aria-hidden="true" /> : null}</span>
      <span className={styles.choiceText}>{shown}</span>
    </button>
  )
}
