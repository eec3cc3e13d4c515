/** The ground of the pages before the shell: the mark, a title, one form, and its fault. */
import type { ReactNode } from 'react'
import type { FaultShown } from '../../ui/ask/ask.ts'
import { language, languageNames, languages, setLanguage } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import styles from './Gate.module.css'

type GateProps = {
  title: string
  says: string
  fault?: FaultShown | undefined
  children?: ReactNode
}

export function Gate({ title, says, fault, children }: GateProps) {
  return (
    <main className={styles.gate}>
      <div className={styles.column}>
        <Mark />
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.says}>{says}</p>
        {fault === undefined ? null : (
          <div className={styles.fault}>
            <FaultNote fault={fault} />
          </div>
        )}
        {children}
      </div>
      <footer className={styles.languages}>
        {languages.map((one) => (
          <button
            key={one}
            type="button"
            lang={one}
            aria-pressed={one === language()}
            onClick={() => setLanguage(one)}
          >
            {languageNames[one]}
          </button>
        ))}
      </footer>
    </main>
  )
}

function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M16 4v24" />
      <path d="M8.5 13.5h15l-1.8 6.2a1.6 1.6 0 0 1-1.5 1.1h-8.4a1.6 1.6 0 0 1-1.5-1.1z" />
      <path d="M16 4.2l6.2 2.5L16 9.2z" />
    </svg>
  )
}
