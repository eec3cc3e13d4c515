/** Text as its author laid it out. It is drawn as elements, never as HTML of somebody's. */
import Markdown from 'react-markdown'
import { Link } from '../../../ui/url/Link.tsx'
import { replaced } from '../replace.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'

export function MarkdownBody({ panel, replacing }: Pick<Drawing, 'panel' | 'replacing'>) {
  return (
    <div className={styles.markdown}>
      <Markdown components={components}>{replaced(panel.options.text, replacing)}</Markdown>
    </div>
  )
}

type AnchorProps = { href?: string | undefined; children?: React.ReactNode }
type ImageProps = { alt?: string | undefined }

const components = {
  a: ({ href = '', children }: AnchorProps) =>
    href.startsWith('/') && !href.startsWith('//') ? (
      <Link to={href}>{children}</Link>
    ) : (
      <a href={href} target="_blank" rel="noreferrer">
        {children}
      </a>
    ),
  // Nothing is loaded from other hosts.
  img: ({ alt = '' }: ImageProps) => <span>{alt}</span>,
}
