/** A line of text with its name, a hint, and what is wrong with it. */
import { type InputHTMLAttributes, useId } from 'react'
import styles from './TextInput.module.css'

type TextInputProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> & {
  label: string
  value: string
  onChange: (value: string) => void
  /** The name is shown inside the empty field and read aloud. */
  quiet_label?: boolean | undefined
  hint?: string | undefined
  fault?: string | undefined
}

export function TextInput(props: TextInputProps) {
  const { label, quiet_label, hint, fault, onChange, ...rest } = props
  const id = useId()
  const note = fault ?? hint
  return (
    <div className={styles.field}>
      {quiet_label === true ? null : (
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
      )}
      <input
        {...rest}
        id={id}
        className={styles.input}
        aria-label={quiet_label === true ? label : undefined}
        placeholder={quiet_label === true ? label : rest.placeholder}
        aria-invalid={fault !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onChange={(event) => onChange(event.target.value)}
      />
      {note === undefined ? null : (
        <p id={`${id}-note`} className={fault === undefined ? styles.hint : styles.fault}>
          {note}
        </p>
      )}
    </div>
  )
}
