/**
 * A native modal dialog: the browser keeps the focus inside, closes it on Esc and gives it back.
 * For the shell's own business; details of things belong in the drawer.
 */
import { type ReactNode, useEffect, useRef } from 'react'
import styles from './Dialog.module.css'

type DialogProps = {
  open: boolean
  label: string
  onClose: () => void
  /** At the top of the window: palettes that grow downwards. */
  high?: boolean | undefined
  children: ReactNode
}

export function Dialog({ open, label, onClose, high, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    if (element === null) return
    if (open && !element.open) element.showModal()
    if (!open && element.open) element.close()
  }, [open])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a native dialog.
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${high === true ? styles.high : ''}`}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      {open ? <div className={styles.content}>{children}</div> : null}
    </dialog>
  )
}
