/** The columns of each list, in the words that kubectl prints. */
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import type { Column } from '../../ui/table/DataTable.tsx'
import type { ListName } from './contract.ts'
import styles from './kubernetes.module.css'
import { ObjectLink } from './ObjectLink.tsx'
import {
  age,
  type ObjectRow,
  type Resource,
  readyOf,
  resourceUse,
  shareOf,
  statusOf,
  troubleOf,
} from './prepare.ts'
import { UsageBar } from './UsageBar.tsx'

/** Of all columns those that are wanted; the cluster's only where there are several. */
export function columnsShown<Row extends { cluster: string }>(
  all: readonly Column<Row>[],
  rows: readonly Row[],
  wanted: ReadonlySet<string> | undefined,
): Column<Row>[] {
  const hasClusters = new Set(rows.map(({ cluster }) => cluster)).size > 1
  return all.filter(({ id }) => (wanted?.has(id) ?? true) && (hasClusters || id !== 'cluster'))
}

type Columns = Column<ObjectRow>[]
type Make = (now_ms: number) => Columns

const lists: Readonly<Record<ListName, Make>> = {
  nodes: (now) => [
    name(),
    cluster(),
    status(),
    detail('roles', 110),
    figure('pods', 70),
    use('cpu'),
    use('memory'),
    detail('version', 90),
    ageOf(now),
  ],
  namespaces: (now) => [
    name(),
    cluster(),
    status(110),
    figure('pods', 70),
    figure('restarts', 90),
    use('cpu'),
    use('memory'),
    ageOf(now),
  ],
  workloads: (now) => [
    name(),
    kind(),
    namespace(),
    cluster(),
    ready(),
    reason(),
    figure('restarts', 84),
    use('cpu'),
    use('memory'),
    ageOf(now),
  ],
  pods: (now) => [
    name(),
    namespace(),
    cluster(),
    ready(),
    status(150),
    figure('restarts', 84),
    use('cpu'),
    use('memory'),
    node(),
    ageOf(now),
  ],
  services: (now) => [
    name(),
    kind(),
    namespace(),
    cluster(),
    detail('type', 110),
    detail('cluster_ip', 120),
    detail('external', 140),
    detail('ports', 150),
    ready('kubernetes.endpoints'),
    ageOf(now),
  ],
  volumes: (now) => [
    name(),
    kind(180),
    namespace(),
    cluster(),
    status(110),
    detail('capacity', 90),
    detail('storage_class', 130),
    detail('volume', 150),
    ageOf(now),
  ],
  jobs: (now) => [
    name(),
    kind(),
    namespace(),
    cluster(),
    status(130),
    ready('kubernetes.completions'),
    figure('failed', 70),
    figure('active', 70),
    detail('schedule', 130),
    ageOf(now),
  ],
  autoscalers: (now) => [
    name(),
    namespace(),
    cluster(),
    detail('target', 220),
    figure('replicas_min', 90),
    figure('replicas_max', 90),
    figure('replicas_current', 90),
    figure('rescales', 90),
    reason(),
    ageOf(now),
  ],
  troubled: (now) => [
    name(),
    kind(),
    namespace(),
    cluster(),
    status(220),
    figure('restarts', 84),
    ageOf(now),
  ],
}

export type Shown = { now_ms: number; has_clusters: boolean; is_phone: boolean }

const onPhone = new Set(['name', 'status'])

/** With one cluster alone its column says nothing. */
export function columnsOf(list: ListName, { now_ms, has_clusters, is_phone }: Shown): Columns {
  return lists[list](now_ms)
    .filter(({ id }) => has_clusters || id !== 'cluster')
    .filter(({ id }) => !is_phone || onPhone.has(id))
}

function name(): Column<ObjectRow> {
  return {
    id: 'name',
    title: t('kubernetes.name'),
    width: '2fr',
    sort: (row) => row.name,
    cell: (row) => (
      <span className={styles.name}>
        <StatusDot status={row.health} quiet />
        <ObjectLink
          kind={row.kind}
          cluster={row.cluster}
          namespace={row.namespace}
          name={row.name}
        />
      </span>
    ),
  }
}

function status(width: number | '1fr' = 170): Column<ObjectRow> {
  return {
    id: 'status',
    title: t('kubernetes.status'),
    width,
    // Sorts by trouble: that is what the word is read for.
    sort: troubleOf,
    cell: (row) => (
      <span
        className={row.health === 'bad' ? styles.bad : row.health === 'warn' ? styles.warn : ''}
        title={row.status_message}
      >
        {statusOf(row) || '–'}
      </span>
    ),
  }
}

/** Why it is not as it should be; how many there are says another column. */
function reason(): Column<ObjectRow> {
  return {
    id: 'status',
    title: t('kubernetes.status'),
    width: '1fr',
    sort: troubleOf,
    cell: (row) => (
      <span
        className={row.health === 'bad' ? styles.bad : row.health === 'warn' ? styles.warn : ''}
        title={row.status_message}
      >
        {statusOf(row).replace(/^\d+\/\d+ ?/, '') || row.status_message || '–'}
      </span>
    ),
  }
}

function ready(title = 'kubernetes.ready'): Column<ObjectRow> {
  return {
    id: 'ready',
    title: t(title),
    width: 96,
    align: 'end',
    sort: (row) => {
      const found = readyOf(row)
      return found === undefined || found.wanted === 0 ? -1 : found.ready / found.wanted
    },
    cell: (row) => {
      const found = readyOf(row)
      if (found === undefined) return <span className={styles.faint}>–</span>
      return (
        <span className={found.ready < found.wanted ? styles.warn : ''}>
          {found.ready}/{found.wanted}
        </span>
      )
    },
  }
}

function kind(width = 120): Column<ObjectRow> {
  return {
    id: 'kind',
    title: t('kubernetes.kind'),
    width,
    sort: (row) => row.kind,
    cell: (row) => row.kind,
  }
}

function namespace(): Column<ObjectRow> {
  return {
    id: 'namespace',
    title: t('kubernetes.namespace'),
    width: 120,
    sort: (row) => row.namespace,
    cell: (row) => (
      <ObjectLink kind="Namespace" cluster={row.cluster} namespace="" name={row.namespace} />
    ),
  }
}

function cluster(): Column<ObjectRow> {
  return {
    id: 'cluster',
    title: t('kubernetes.cluster'),
    width: 110,
    sort: (row) => row.cluster,
    cell: (row) => <EntityLink kind="cluster" name={row.cluster} plain />,
  }
}

function node(): Column<ObjectRow> {
  return {
    id: 'node',
    title: t('kubernetes.node'),
    width: 110,
    sort: (row) => row.node,
    cell: (row) => <ObjectLink kind="Node" cluster={row.cluster} namespace="" name={row.node} />,
  }
}

function figure(which: string, width: number): Column<ObjectRow> {
  return {
    id: which,
    title: t(`kubernetes.${which}`),
    width,
    align: 'end',
    sort: (row) => row.numbers[which] ?? -1,
    cell: (row) => row.numbers[which] ?? <span className={styles.faint}>–</span>,
  }
}

function use(resource: Resource): Column<ObjectRow> {
  return {
    id: resource,
    title: t(`kubernetes.${resource}`),
    width: 150,
    align: 'end',
    hint: t('kubernetes.use.hint'),
    sort: (row) => shareOf(resourceUse(row, resource)) ?? -1,
    cell: (row) => <UsageBar use={resourceUse(row, resource)} resource={resource} />,
  }
}

function detail(which: string, width: number): Column<ObjectRow> {
  return {
    id: which,
    title: t(`kubernetes.${which}`),
    width,
    sort: (row) => row.details[which] ?? '',
    cell: (row) => row.details[which] || <span className={styles.faint}>–</span>,
  }
}

function ageOf(now_ms: number): Column<ObjectRow> {
  return {
    id: 'age',
    title: t('kubernetes.age'),
    width: 64,
    align: 'end',
    sort: (row) => row.created_ms,
    cell: (row) => age(row.created_ms, now_ms),
  }
}
