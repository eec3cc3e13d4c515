/** On or off, with its name beside it. */
import { Switch } from 'radix-ui'
import { useId } from 'react'
import styles from './Toggle.module.css'

type ToggleProps = { label: string; value: boolean; onChange: (value: boolean) => void }

export function Toggle({ label, value, onChange }: ToggleProps) {
  const id = useId()
  return (
    <span className={styles.toggle}>
      <Switch.Root id={id} className={styles.track} checked={value} onCheckedChange={onChange}>
        <Switch.Thumb className={styles.thumb} />
      </Switch.Root>
      <label htmlFor={id}>{label}</label>
    </span>
  )
}
