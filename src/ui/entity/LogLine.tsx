/** One log line in a list: what it says, then its fields, quieter; cut where it does not fit. */
import { Fragment, type ReactNode } from 'react'
import { readable } from '../../model/readable.ts'
import { templateOf } from '../../model/template.ts'
import styles from './LogLine.module.css'

type LogLineProps = {
  body: string
  /** Shown before the line. */
  mark?: ReactNode
  /** Draws a text, for example with the searched words marked. */
  draw?: ((text: string) => ReactNode) | undefined
}

export function LogLine({ body, mark, draw = plain }: LogLineProps) {
  const { says, fields } = readable(body)
  return (
    <span className={styles.line}>
      {mark}
      {draw(says)}
      {fields === '' ? null : <span className={styles.fields}>{draw(fields)}</span>}
    </span>
  )
}

const plain = (text: string): ReactNode => text

/** What lines of a pattern share. The holes stand out: they are where the lines differ. */
export function LogPattern({ example }: { example: string }) {
  return <LogLine body={example} draw={withHoles} />
}

function withHoles(text: string): ReactNode {
  const parts = templateOf(text).replace(/\s+/g, ' ').split('<*>')
  return parts.map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place.
    <Fragment key={at}>
      {at === 0 ? null : <span className={styles.hole}>‹•›</span>}
      {part}
    </Fragment>
  ))
}
