/** A name that leads to the page of what it names, where there is one. */
import { EntityLink } from '../../../ui/entity/EntityLink.tsx'
import { entityOfLabels } from '../entities.ts'
import type { Labels } from '../series.ts'
import styles from './Draw.module.css'

export function NameLink({ name, labels }: { name: string; labels: Labels }) {
  const entity = entityOfLabels(labels)
  if (entity === undefined) {
    return (
      <span className={styles.name} title={name}>
        {name}
      </span>
    )
  }
  return (
    <span className={styles.name}>
      <EntityLink kind={entity.kind} name={name} id={entity.id} plain />
    </span>
  )
}
