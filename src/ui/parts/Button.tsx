/** A button that says what it does, and its small form that is only an icon with a name. */
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './Button.module.css'
import { Tooltip } from './Tooltip.tsx'

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger' | undefined
  icon?: ReactNode
  busy?: boolean | undefined
}

export function Button({ kind = 'plain', icon, busy, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || busy === true}
      aria-busy={busy}
      className={`${styles.button} ${styles[kind]} ${className ?? ''}`}
    >
      {icon}
      {children}
    </button>
  )
}

export type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  /** Read aloud, and shown on hover. */
  label: string
  pressed?: boolean | undefined
  keys?: string | undefined
}

export function IconButton({
  label,
  pressed,
  keys,
  children,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-pressed={pressed}
        className={`${styles.icon} ${className ?? ''}`}
      >
        {children}
      </button>
    </Tooltip>
  )
}
