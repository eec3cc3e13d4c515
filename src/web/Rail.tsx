/** The pages, at the left: icons that expand to names. At the bottom on a phone. */
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { useState } from 'react'
import { t } from '../ui/i18n/translate.ts'
import { Tooltip } from '../ui/parts/Tooltip.tsx'
import { Link } from '../ui/url/Link.tsx'
import mark from './crowsnest.svg'
import styles from './Rail.module.css'
import { type Route, routes } from './routes.ts'

const stored = 'crowsnest.rail'
const groups: readonly Route['group'][] = ['observe', 'kubernetes', 'manage']

export function Rail({ here }: { here: string | undefined }) {
  const [isWide, setWide] = useState(localStorage.getItem(stored) === 'wide')
  const toggle = () => {
    localStorage.setItem(stored, isWide ? '' : 'wide')
    setWide(!isWide)
  }
  const Toggle = isWide ? IconLayoutSidebarLeftCollapse : IconLayoutSidebarLeftExpand
  const toggleLabel = t(isWide ? 'shell.collapse' : 'shell.expand')
  return (
    <nav className={styles.rail} data-wide={isWide} aria-label={t('shell.pages')}>
      <Link className={styles.brand} to="/" aria-label="Crowsnest">
        <img src={mark} alt="" width={26} height={26} />
        <span className={styles.name}>Crowsnest</span>
      </Link>
      {groups.map((group) => (
        <Group key={group} group={group} here={here} isWide={isWide} />
      ))}
      <button
        type="button"
        className={styles.toggle}
        aria-label={toggleLabel}
        title={toggleLabel}
        onClick={toggle}
      >
        <Toggle aria-hidden="true" />
      </button>
    </nav>
  )
}

type GroupProps = { group: Route['group']; here: string | undefined; isWide: boolean }

function Group({ group, here, isWide }: GroupProps) {
  const members = routes.filter((route) => route.group === group)
  if (members.length === 0) return null
  return (
    <div className={styles.group} data-group={group}>
      <p className={styles.heading} aria-hidden={!isWide}>
        {t(`shell.group.${group}`)}
      </p>
      <ul className={styles.list}>
        {members.map((route) => {
          const name = t(`shell.page.${route.name}`)
          const link = (
            <Link
              className={styles.item}
              to={route.paths[0]?.pattern ?? '/'}
              aria-label={name}
              aria-current={here === route.name ? 'page' : undefined}
            >
              <route.icon aria-hidden="true" stroke={1.6} />
              <span className={styles.name}>{name}</span>
            </Link>
          )
          return (
            <li key={route.name}>
              {isWide ? (
                link
              ) : (
                <Tooltip text={name} keys={route.keys} side="right">
                  {link}
                </Tooltip>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
