/**
 * The tables below a service's charts. Each asks its own question, so that none waits for another.
 */
import { useAsk } from '../../ui/ask/ask.ts'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { count, duration, figure, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { go, href } from '../../ui/url/location.ts'
import { serviceErrors, serviceInstances, serviceMap, serviceOperations } from './contract.ts'
import { EdgeList } from './MapDrawer.tsx'
import { type MapNode, mapGraph, nodeId, share } from './prepare.ts'
import styles from './ServicePage.module.css'

type Of = { service: string }

/** Turns an answer's columns into rows for a table. */
function rowsOf<Answer extends object, Row>(
  answer: Answer,
  length: number,
  row: (at: number) => Row,
): Row[] {
  return Object.keys(answer).length === 0 ? [] : Array.from({ length }, (_, at) => row(at))
}

type OperationRow = {
  name: string
  kind: string
  per_second: number
  error_share: number
  p50_ns: number | null
  p95_ns: number | null
  p99_ns: number | null
  share: number
}

type OperationsProps = Of & { selected: string; onSelect: (operation: string) => void }

export function Operations({ service, selected, onSelect }: OperationsProps) {
  const range = useRangeAsk()
  const asked = useAsk(serviceOperations, { ...range, service })
  const seconds = (range.to_ms - range.from_ms) / 1000
  return (
    <Panel
      asked={asked}
      flush
      is_empty={(answer) => answer.name.length === 0}
      empty={{ title: t('services.gone'), do: t('services.gone.do') }}
      capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
    >
      {(answer) => {
        const all = answer.duration_ns_sum.reduce((sum, ns) => sum + ns, 0)
        const rows = rowsOf(
          answer,
          answer.name.length,
          (at): OperationRow => ({
            name: answer.name[at] ?? '',
            kind: answer.kind[at] ?? '',
            per_second: (answer.calls[at] ?? 0) / seconds,
            error_share: share(answer.errors[at] ?? 0, answer.calls[at] ?? 0),
            p50_ns: answer.p50_ns[at] ?? null,
            p95_ns: answer.p95_ns[at] ?? null,
            p99_ns: answer.p99_ns[at] ?? null,
            share: share(answer.duration_ns_sum[at] ?? 0, all),
          }),
        )
        return (
          <DataTable
            label={t('services.operations')}
            rows={rows}
            columns={operationColumns()}
            row_id={(row) => `${row.kind} ${row.name}`}
            selected={
              rows.filter((row) => row.name === selected).map((row) => `${row.kind} ${row.name}`)[0]
            }
            height={Math.min(480, 34 + rows.length * 28)}
            onOpen={(row) => onSelect(selected === row.name ? '' : row.name)}
          />
        )
      }}
    </Panel>
  )
}

const orDash = (ns: number | null) => (ns === null ? '–' : duration(ns))

function operationColumns(): Column<OperationRow>[] {
  const time = (which: 'p50_ns' | 'p95_ns' | 'p99_ns'): Column<OperationRow> => ({
    id: which,
    title: which.slice(0, 3),
    width: 90,
    align: 'end',
    sort: (row) => row[which] ?? -1,
    cell: (row) => orDash(row[which]),
  })
  return [
    {
      id: 'name',
      title: t('services.operation'),
      width: '1fr',
      sort: (row) => row.name,
      cell: (row) => row.name,
    },
    {
      id: 'kind',
      title: t('services.kind'),
      width: 90,
      sort: (row) => row.kind,
      cell: (row) => <span className={styles.muted}>{row.kind}</span>,
    },
    {
      id: 'rate',
      title: t('services.rate'),
      width: 90,
      align: 'end',
      sort: (row) => row.per_second,
      cell: (row) => figure(row.per_second, '/s'),
    },
    {
      id: 'errors',
      title: t('services.errors'),
      width: 90,
      align: 'end',
      sort: (row) => row.error_share,
      cell: (row) => (
        <span className={row.error_share >= 0.05 ? styles.worse : ''}>
          {percent(row.error_share)}
        </span>
      ),
    },
    time('p50_ns'),
    time('p95_ns'),
    time('p99_ns'),
    {
      id: 'share',
      title: t('services.share'),
      width: 130,
      sort: (row) => row.share,
      cell: (row) => (
        <span className={styles.bar} title={percent(row.share)}>
          <span className={styles.fill} style={{ width: `${row.share * 100}%` }} />
        </span>
      ),
    },
  ]
}

export function Dependencies({ service }: Of) {
  const asked = useAsk(serviceMap, { ...useRangeAsk(), service })
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.service.length === 0}
      empty={{ title: t('services.no_peers'), do: t('services.no_peers.do') }}
    >
      {(answer) => {
        const graph = mapGraph(answer)
        const own = nodeId('service', service)
        const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
        const rows = (side: 'from' | 'to', other: 'from' | 'to') =>
          graph.edges
            .filter((edge) => edge[side] === own)
            .map((edge) => ({ edge, peer: nodes.get(edge[other]) as MapNode }))
        return (
          <>
            <EdgeList title={t('services.called_by')} rows={rows('to', 'from')} />
            <EdgeList title={t('services.calls')} rows={rows('from', 'to')} />
          </>
        )
      }}
    </Panel>
  )
}

type ErrorRow = {
  name: string
  exception: string
  message: string
  count: number
  last_ms: number
  trace_id: string
  span_id: string
}

export function ErrorGroups({ service }: Of) {
  const asked = useAsk(serviceErrors, { ...useRangeAsk(), service })
  return (
    <Panel
      asked={asked}
      flush
      is_empty={(answer) => answer.name.length === 0}
      empty={{ title: t('services.no_errors'), do: t('services.no_errors.do') }}
    >
      {(answer) => {
        const rows = rowsOf(
          answer,
          answer.name.length,
          (at): ErrorRow => ({
            name: answer.name[at] ?? '',
            exception: answer.exception[at] ?? '',
            message: answer.message[at] ?? '',
            count: answer.count[at] ?? 0,
            last_ms: answer.last_ms[at] ?? 0,
            trace_id: answer.trace_id[at] ?? '',
            span_id: answer.span_id[at] ?? '',
          }),
        )
        return (
          <DataTable
            label={t('services.error_groups')}
            rows={rows}
            columns={errorColumns()}
            row_id={(row) => `${row.name} ${row.exception}`}
            height={Math.min(480, 34 + rows.length * 28)}
            onOpen={(row) => go(href(`/traces/${row.trace_id}`, { span: row.span_id }))}
          />
        )
      }}
    </Panel>
  )
}

function errorColumns(): Column<ErrorRow>[] {
  return [
    {
      id: 'error',
      title: t('services.error_group'),
      width: '1fr',
      cell: (row) => (
        <span className={styles.mono}>
          <strong className={styles.worse}>{row.exception}</strong>{' '}
          {row.message || t('services.unnamed')}
        </span>
      ),
    },
    {
      id: 'name',
      title: t('services.operation'),
      width: 240,
      sort: (row) => row.name,
      cell: (row) => row.name,
    },
    {
      id: 'count',
      title: t('services.count'),
      width: 80,
      align: 'end',
      sort: (row) => row.count,
      cell: (row) => count(row.count),
    },
    {
      id: 'last',
      title: t('services.last_seen'),
      width: 120,
      sort: (row) => row.last_ms,
      cell: (row) => <RelativeTime time_ms={row.last_ms} />,
    },
    {
      id: 'trace',
      title: t('services.example'),
      width: 150,
      cell: (row) => <EntityLink kind="trace" name={row.trace_id} />,
    },
  ]
}

type InstanceRow = {
  pod: string
  node: string
  namespace: string
  cluster: string
  version: string
  resource_id: string
  calls: number
  error_share: number
  p95_ns: number | null
  last_ms: number
}

export function Instances({ service }: Of) {
  const asked = useAsk(serviceInstances, { ...useRangeAsk(), service })
  return (
    <Panel
      asked={asked}
      flush
      is_empty={(answer) => answer.pod.length === 0}
      empty={{ title: t('services.gone'), do: t('services.gone.do') }}
    >
      {(answer) => {
        const rows = rowsOf(
          answer,
          answer.pod.length,
          (at): InstanceRow => ({
            pod: answer.pod[at] ?? '',
            node: answer.node[at] ?? '',
            namespace: answer.namespace[at] ?? '',
            cluster: answer.cluster[at] ?? '',
            version: answer.version[at] ?? '',
            resource_id: answer.resource_id[at] ?? '',
            calls: answer.calls[at] ?? 0,
            error_share: share(answer.errors[at] ?? 0, answer.calls[at] ?? 0),
            p95_ns: answer.p95_ns[at] ?? null,
            last_ms: answer.last_ms[at] ?? 0,
          }),
        )
        return (
          <DataTable
            label={t('services.instances')}
            rows={rows}
            columns={instanceColumns()}
            row_id={(row) => row.resource_id}
            height={Math.min(480, 34 + rows.length * 28)}
          />
        )
      }}
    </Panel>
  )
}

function instanceColumns(): Column<InstanceRow>[] {
  return [
    {
      id: 'pod',
      title: t('services.pod'),
      width: '1fr',
      sort: (row) => row.pod,
      cell: ({ cluster, namespace, pod }) => (
        <EntityLink kind="pod" name={pod} id={pod && [cluster, namespace, pod].join('/')} />
      ),
    },
    {
      id: 'node',
      title: t('services.node'),
      width: 140,
      sort: (row) => row.node,
      cell: ({ cluster, node }) => (
        <EntityLink kind="node" name={node} id={node && [cluster, '', node].join('/')} />
      ),
    },
    {
      id: 'version',
      title: t('services.version'),
      width: 110,
      sort: (row) => row.version,
      cell: (row) => row.version,
    },
    {
      id: 'calls',
      title: t('services.rate'),
      width: 90,
      align: 'end',
      sort: (row) => row.calls,
      cell: (row) => count(row.calls),
    },
    {
      id: 'errors',
      title: t('services.errors'),
      width: 90,
      align: 'end',
      sort: (row) => row.error_share,
      cell: (row) => percent(row.error_share),
    },
    {
      id: 'p95',
      title: t('services.p95'),
      width: 90,
      align: 'end',
      sort: (row) => row.p95_ns ?? -1,
      cell: (row) => orDash(row.p95_ns),
    },
    {
      id: 'last',
      title: t('services.last_seen'),
      width: 120,
      sort: (row) => row.last_ms,
      cell: (row) => <RelativeTime time_ms={row.last_ms} />,
    },
  ]
}
