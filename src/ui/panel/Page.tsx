/** The anatomy of a page: title and the question it answers, one search line, then its panels. */
import type { ReactNode } from 'react'
import styles from './Page.module.css'

type PageProps = {
  title: ReactNode
  question?: ReactNode
  actions?: ReactNode
  /** SearchBar and FilterChips. */
  search?: ReactNode
  /** The content takes what is left of the window, and scrolls inside itself. */
  fill?: boolean | undefined
  children: ReactNode
}

export function Page({ title, question, actions, search, fill, children }: PageProps) {
  return (
    <div className={`${styles.page} ${fill === true ? styles.fill : ''}`}>
      <header className={styles.header}>
        <h1 className={styles.title}>{title}</h1>
        {question === undefined ? null : <p className={styles.question}>{question}</p>}
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </header>
      {search === undefined ? null : <div className={styles.search}>{search}</div>}
      <div className={styles.content}>{children}</div>
    </div>
  )
}
