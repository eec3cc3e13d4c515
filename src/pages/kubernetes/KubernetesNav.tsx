/** The lists of a cluster side by side, so that each is one click from the other. */
import { t } from '../../ui/i18n/translate.ts'
import { Link } from '../../ui/url/Link.tsx'
import { usePath } from '../../ui/url/location.ts'
import styles from './kubernetes.module.css'

const lists = [
  'nodes',
  'namespaces',
  'workloads',
  'pods',
  'services',
  'volumes',
  'jobs',
  'autoscalers',
  'events',
  'changes',
] as const

export function KubernetesNav() {
  const path = usePath()
  return (
    <nav className={styles.nav} aria-label={t('kubernetes.lists')}>
      {lists.map((list) => {
        const to = `/kubernetes/${list}`
        return (
          <Link
            key={list}
            className={styles.navItem}
            to={to}
            aria-current={path === to ? 'page' : undefined}
          >
            {t(`kubernetes.${list}.title`)}
          </Link>
        )
      })}
    </nav>
  )
}
