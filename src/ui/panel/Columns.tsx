/** Panels side by side, in as many columns as fit. */
import type { ReactNode } from 'react'
import styles from './Columns.module.css'

export function Columns({ of = 2, children }: { of?: 2 | 3 | 4; children: ReactNode }) {
  return <div className={`${styles.columns} ${styles[`of_${of}`]}`}>{children}</div>
}
