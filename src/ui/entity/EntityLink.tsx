/**
 * The name of a thing, the same link on every screen: a service with its colour, a trace by its
 * id. It keeps the time range.
 */
import {
  IconBox,
  IconChartLine,
  IconCube,
  IconFolder,
  IconServer2,
  IconStack2,
  IconTimeline,
  IconTopologyStar3,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { seriesColor } from '../chart/colors.ts'
import { t } from '../i18n/translate.ts'
import { middle } from '../parts/middle.ts'
import { Link } from '../url/Link.tsx'
import styles from './EntityLink.module.css'
import { type EntityKind, entityAddress } from './paths.ts'

const icons: Partial<Record<EntityKind, typeof IconBox>> = {
  cluster: IconTopologyStar3,
  namespace: IconFolder,
  workload: IconStack2,
  pod: IconCube,
  container: IconBox,
  node: IconServer2,
  trace: IconTimeline,
  metric: IconChartLine,
}

type EntityLinkProps = {
  kind: EntityKind
  /** Shown; also the id unless that differs. */
  name: string
  id?: string | undefined
  /** No icon and no dot: in running text. */
  plain?: boolean | undefined
  children?: ReactNode
}

export function EntityLink({ kind, name, id = name, plain, children }: EntityLinkProps) {
  if (id === '') return <span className={styles.none}>–</span>
  const { path, query } = entityAddress(kind, id)
  const Icon = icons[kind]
  const shown = kind === 'trace' && name === id ? middle(id, 12) : name
  return (
    <Link
      className={`${styles.link} ${kind === 'trace' ? styles.id : ''}`}
      to={path}
      query={query}
      title={`${t(`ui.entity.${kind}`)} ${id}`}
    >
      {plain === true ? null : kind === 'service' ? (
        <span className={styles.dot} style={{ background: seriesColor(id) }} aria-hidden="true" />
      ) : Icon === undefined ? null : (
        <Icon className={styles.icon} aria-hidden="true" />
      )}
      <span className={styles.name}>{children ?? shown}</span>
    </Link>
  )
}
