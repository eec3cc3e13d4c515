/** One setting as what it is: a switch, a number, a choice, lines, or text. */
import { useId } from 'react'
import { hasText, t } from '../../ui/i18n/translate.ts'
import { Select } from '../../ui/parts/Select.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { Toggle } from '../../ui/parts/Toggle.tsx'
import styles from './Fleet.module.css'
import type { Field } from './fields.ts'

type FieldProps = {
  field: Field
  value: unknown
  is_fixed: boolean
  onChange: (value: unknown) => void
}

/** A setting without a text of its own is named as in the document. */
function labelOf(path: string): string {
  return hasText(`fleet.field.${path}`) ? t(`fleet.field.${path}`) : path.replaceAll('_', ' ')
}

function hintOf(path: string): string | undefined {
  return hasText(`fleet.field.${path}.hint`) ? t(`fleet.field.${path}.hint`) : undefined
}

export function FieldInput(props: FieldProps) {
  const { field, value, is_fixed, onChange } = props
  const label = labelOf(field.path)
  const hint = hintOf(field.path)
  if (field.kind === 'switch') {
    return (
      <div className={styles.field}>
        <Toggle label={label} value={value === true} onChange={is_fixed ? () => {} : onChange} />
        {hint === undefined ? null : <p className={styles.hint}>{hint}</p>}
      </div>
    )
  }
  if (field.kind === 'choice') return <Choice {...props} label={label} hint={hint} />
  if (field.kind === 'lines') return <Lines {...props} label={label} hint={hint} />
  const isNumber = field.kind === 'number'
  return (
    <TextInput
      label={label}
      hint={hint}
      value={value === undefined ? '' : String(value)}
      disabled={is_fixed}
      type={isNumber ? 'number' : field.kind === 'password' ? 'password' : 'text'}
      autoComplete={field.kind === 'password' ? 'new-password' : 'off'}
      min={field.minimum}
      max={field.maximum}
      onChange={(text) => onChange(isNumber ? (text === '' ? undefined : Number(text)) : text)}
    />
  )
}

type NamedProps = FieldProps & { label: string; hint: string | undefined }

/** More do not fit beside each other on a phone. */
const segments_max = 5

function Choice({ field, value, is_fixed, onChange, label, hint }: NamedProps) {
  const choices = field.choices.map((one) => ({ value: one, label: one.replaceAll('_', ' ') }))
  const change = is_fixed ? () => {} : onChange
  const shown = { label, value: String(value), choices, onChange: change }
  return (
    <div className={styles.field}>
      <span className={styles.fieldName}>{label}</span>
      {choices.length > segments_max ? <Select {...shown} /> : <Segments {...shown} />}
      {hint === undefined ? null : <p className={styles.hint}>{hint}</p>}
    </div>
  )
}

/** One a line; empty lines are nothing. */
function Lines({ value, is_fixed, onChange, label, hint }: NamedProps) {
  const id = useId()
  const lines = Array.isArray(value) ? value.map(String) : []
  return (
    <div className={styles.field}>
      <label className={styles.fieldName} htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className={styles.lineInput}
        rows={Math.min(8, Math.max(2, lines.length + 1))}
        defaultValue={lines.join('\n')}
        disabled={is_fixed}
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          const written = event.target.value.split('\n').map((line) => line.trim())
          onChange(written.filter(Boolean))
        }}
      />
      <p id={`${id}-hint`} className={styles.hint}>
        {hint ?? t('fleet.field.lines')}
      </p>
    </div>
  )
}
