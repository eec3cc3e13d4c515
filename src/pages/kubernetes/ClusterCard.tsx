/** One cluster in the overview: how much of everything there is, and how full it is. */
import type { ReactNode } from 'react'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { count, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { href } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import styles from './kubernetes.module.css'
import { type Resource, shareOf, type Use } from './prepare.ts'
import type { ClusterRow } from './prepare-clusters.ts'
import { Bar, usageSays } from './UsageBar.tsx'

export function ClusterCard({ row }: { row: ClusterRow }) {
  const { cluster } = row
  const to = (path: string, search = '') => href(path, { cluster, search })
  const unwell = 'health:(bad or warn)'
  return (
    <section className={styles.cluster} aria-label={cluster}>
      <h3 className={styles.clusterName}>
        <StatusDot status={row.health} quiet />
        <EntityLink kind="cluster" name={cluster || '–'} id={cluster} plain />
        <span className={styles.told}>
          {t('kubernetes.told')} <RelativeTime time_ms={row.told_ms} />
        </span>
      </h3>
      <dl className={styles.facts}>
        <Fact
          title={t('kubernetes.nodes.title')}
          unwell={row.nodes_unwell}
          to={to('/kubernetes/nodes', unwell)}
        >
          <TextLink to={to('/kubernetes/nodes')}>{count(row.nodes)}</TextLink>
        </Fact>
        <Fact
          title={t('kubernetes.workloads.title')}
          unwell={row.workloads_unwell}
          to={to('/kubernetes/workloads', unwell)}
        >
          <TextLink to={to('/kubernetes/workloads')}>{count(row.workloads)}</TextLink>
        </Fact>
        <Fact
          title={t('kubernetes.pods.title')}
          unwell={row.pods_unwell}
          to={to('/kubernetes/pods', unwell)}
        >
          <TextLink to={to('/kubernetes/pods')}>{count(row.pods)}</TextLink>
        </Fact>
        <Fact title={t('kubernetes.restarts')} unwell={0}>
          {count(row.restarts)}
        </Fact>
      </dl>
      <Gauge resource="cpu" use={row.cpu} />
      <Gauge resource="memory" use={row.memory} />
      <Places use={row.places} />
    </section>
  )
}

type FactProps = { title: string; unwell: number; to?: string; children: ReactNode }

function Fact({ title, unwell, to, children }: FactProps) {
  const says = t('kubernetes.unwell', { figure: count(unwell) })
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {children}
        {unwell === 0 ? null : (
          <span className={styles.unwell}>
            {to === undefined ? says : <TextLink to={to}>{says}</TextLink>}
          </span>
        )}
      </dd>
    </div>
  )
}

function Gauge({ resource, use }: { resource: Resource; use: Use }) {
  const share = shareOf(use)
  return (
    <div className={styles.gauge}>
      <span>
        {t(`kubernetes.${resource}`)} {share === null ? '' : percent(share)}
      </span>
      <Bar use={use} />
      <span className={styles.gaugeSays}>{usageSays(use, resource)}</span>
    </div>
  )
}

function Places({ use }: { use: Use }) {
  const share = shareOf(use)
  if (share === null) return null
  return (
    <div className={styles.gauge}>
      <span>
        {t('kubernetes.pods.title')} {percent(share)}
      </span>
      <Bar use={use} />
      <span className={styles.gaugeSays}>
        {t('kubernetes.places', { used: count(use.used ?? 0), full: count(use.full ?? 0) })}
      </span>
    </div>
  )
}
