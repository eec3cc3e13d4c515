/** A link that stands alone as words, and looks like one. */

import { Link, type LinkProps } from './Link.tsx'
import styles from './TextLink.module.css'

export function TextLink({ className, ...rest }: LinkProps) {
  return <Link {...rest} className={`${styles.link} ${className ?? ''}`} />
}
