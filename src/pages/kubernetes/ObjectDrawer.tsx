/** One object beside its list: how it is, where to go from it, its figures and labels. */
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { KeyValues } from '../../ui/entity/KeyValues.tsx'
import { bytes } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { TextLink } from '../../ui/url/TextLink.tsx'
import styles from './kubernetes.module.css'
import { waysFrom } from './object-menu.ts'
import { cores, type ObjectRow, type Resource, resourceUse } from './prepare.ts'
import { usageSays } from './UsageBar.tsx'

type ObjectDrawerProps = { row: ObjectRow | undefined; onClose: () => void }

export function ObjectDrawer({ row, onClose }: ObjectDrawerProps) {
  return (
    <Drawer open={row !== undefined} title={row?.name ?? ''} onClose={onClose}>
      {row === undefined ? null : <About row={row} />}
    </Drawer>
  )
}

function About({ row }: { row: ObjectRow }) {
  const place = [row.kind, row.cluster, row.namespace].filter(Boolean).join(' · ')
  return (
    <div className={styles.drawer}>
      <p className={styles.faint}>{place}</p>
      <p>
        <StatusDot status={row.health} label={row.status || undefined} />
      </p>
      {row.status_message === '' ? null : <p className={styles.message}>{row.status_message}</p>}
      <nav className={styles.links} aria-label={t('kubernetes.ways')}>
        {waysFrom(row).map(({ label, to }) => (
          <TextLink key={label} to={to}>
            {label}
          </TextLink>
        ))}
      </nav>
      <Use row={row} resource="cpu" />
      <Use row={row} resource="memory" />
      <p className={styles.faint}>
        {t('kubernetes.told')} <RelativeTime time_ms={row.told_ms} />
      </p>
      <h3 className={styles.heading}>{t('kubernetes.facts')}</h3>
      <KeyValues entries={factsOf(row)} label={t('kubernetes.facts')} />
    </div>
  )
}

function Use({ row, resource }: { row: ObjectRow; resource: Resource }) {
  const use = resourceUse(row, resource)
  if (use.used === null && use.full === null) return null
  return (
    <p>
      {t(`kubernetes.${resource}`)}: {usageSays(use, resource)}
    </p>
  )
}

function factsOf(row: ObjectRow): [string, string | number][] {
  const named: [string, string][] = [
    ['uid', row.uid],
    ['node', row.node],
    ['owner_name', row.owner_name === '' ? '' : `${row.owner_kind}/${row.owner_name}`],
    ['workload', row.workload === '' ? '' : `${row.workload_kind}/${row.workload}`],
    ...Object.entries(row.details),
  ]
  return [
    ...named.filter(([key, value]) => key !== '' && value !== ''),
    ...Object.entries(row.numbers).map(([key, value]): [string, string | number] => [
      key,
      shown(key, value),
    ]),
  ]
}

/** A figure in the unit that its name ends with. */
function shown(name: string, value: number): string | number {
  if (name.endsWith('_bytes')) return bytes(value)
  return name.endsWith('_cores') ? cores(value) : value
}
