/** The name of any Kubernetes object as a link to its page, keeping cluster and time range. */
import { Link } from '../../ui/url/Link.tsx'
import styles from './kubernetes.module.css'
import { objectPath } from './object-path.ts'

type ObjectLinkProps = { kind: string; cluster: string; namespace: string; name: string }

export function ObjectLink({ kind, cluster, namespace, name }: ObjectLinkProps) {
  if (name === '') return <span className={styles.faint}>–</span>
  const place = [cluster, namespace, name].filter(Boolean).join(' / ')
  return (
    <Link
      className={styles.link}
      to={objectPath(kind, namespace, name)}
      query={{ cluster }}
      title={`${kind} ${place}`}
    >
      {name}
    </Link>
  )
}
