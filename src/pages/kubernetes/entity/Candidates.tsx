/** Things that an address could mean: of the same name in other clusters, namespaces or kinds. */
import { t } from '../../../ui/i18n/translate.ts'
import { DataTable } from '../../../ui/table/DataTable.tsx'
import { go, href } from '../../../ui/url/location.ts'
import type { Entity, EntityPlace } from '../contract-entity.ts'
import { ObjectLink } from '../ObjectLink.tsx'
import { objectPath } from '../object-path.ts'
import styles from './entity.module.css'

export function Candidates({ entity }: { entity: Entity }) {
  const { cluster, kind, namespace, name } = entity
  const rows: EntityPlace[] = [{ cluster, kind, namespace, name }, ...entity.others]
  const id = (row: EntityPlace) => [row.cluster, row.kind, row.namespace].join('/')
  return (
    <>
      <p className={styles.message}>{t('entity.several', { name })}</p>
      <DataTable
        label={t('entity.several', { name })}
        rows={rows.toSorted((a, b) => id(a).localeCompare(id(b)))}
        row_id={id}
        height={34 + rows.length * 28}
        onOpen={(row) =>
          go(href(objectPath(row.kind, row.namespace, row.name), { cluster: row.cluster }))
        }
        columns={[
          { id: 'name', title: t('kubernetes.name'), width: '1fr', cell: ObjectLink },
          {
            id: 'cluster',
            title: t('kubernetes.cluster'),
            width: 160,
            cell: (row) => row.cluster || '–',
          },
          {
            id: 'namespace',
            title: t('kubernetes.namespace'),
            width: 160,
            cell: (row) => row.namespace || '–',
          },
          { id: 'kind', title: t('kubernetes.kind'), width: 140, cell: (row) => row.kind },
        ]}
      />
    </>
  )
}
