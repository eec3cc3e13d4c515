/** The table of agents, trouble first. */
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { bytes, duration, figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge, StatusDot } from '../../ui/parts/Marks.tsx'
import { Tooltip } from '../../ui/parts/Tooltip.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { Link } from '../../ui/url/Link.tsx'
import type { AgentShown } from './contract.ts'
import styles from './Fleet.module.css'
import { toneOf, troubleOrder, versionOrder } from './prepare.ts'

type TableProps = {
  agents: AgentShown[]
  version: string
  selected: string
  onOpen: (id: string) => void
}

const onPhone = new Set(['name', 'seen'])
const besideDrawer = new Set(['cluster', 'node', 'version', 'memory'])

export function AgentsTable({ agents, version, selected, onOpen }: TableProps) {
  const isPhone = useIsPhone()
  const ordered = [...agents].sort(
    (one, other) =>
      troubleOrder[one.status] - troubleOrder[other.status] || (one.name < other.name ? -1 : 1),
  )
  const columns = [...identity(), ...standing(version), ...flow()]
  // Beside the drawer there is room for the name or for its place.
  const isShown = ({ id }: { id: string }) =>
    isPhone ? onPhone.has(id) : selected === '' || !besideDrawer.has(id)
  return (
    <DataTable
      label={t('fleet.view.agents')}
      rows={ordered}
      columns={columns.filter(isShown)}
      row_id={(row) => row.id}
      selected={selected}
      onOpen={(row) => onOpen(row.id)}
      row_height={32}
      row_tone={(row) =>
        row.status === 'failed' || row.status === 'offline'
          ? 'bad'
          : row.status === 'degraded'
            ? 'warn'
            : undefined
      }
    />
  )
}

function identity(): Column<AgentShown>[] {
  return [
    {
      id: 'name',
      title: t('fleet.name'),
      width: '2fr',
      sort: (row) => row.name,
      cell: (row) => (
        <span className={styles.name}>
          <StatusDot status={toneOf[row.status]} label={t(`fleet.status.${row.status}`)} quiet />
          <span className={styles.cut}>{row.name}</span>
          {row.reason === '' || row.status === 'unenrolled' ? null : (
            <Tooltip text={row.reason}>
              <span className={styles.reason}>{row.reason}</span>
            </Tooltip>
          )}
        </span>
      ),
    },
    {
      id: 'kind',
      title: t('fleet.kind'),
      width: 90,
      sort: (row) => row.kind,
      cell: (row) => t(`fleet.kind.${row.kind}`),
    },
    {
      id: 'cluster',
      title: t('fleet.cluster'),
      width: 130,
      sort: (row) => row.cluster,
      cell: (row) => <EntityLink kind="cluster" name={row.cluster} />,
    },
    {
      id: 'node',
      title: t('fleet.node'),
      width: 140,
      sort: (row) => row.node,
      cell: (row) => <EntityLink kind="node" name={row.node} />,
    },
  ]
}

function standing(version: string): Column<AgentShown>[] {
  return [
    {
      id: 'policy',
      title: t('fleet.policy'),
      width: 170,
      sort: (row) => `${row.policy_name} ${row.revision}`,
      cell: (row) => (
        <span className={styles.name}>
          <Link
            className={styles.link}
            to={`/agents/policies/${encodeURIComponent(row.policy_id)}`}
          >
            {row.policy_name}
          </Link>
          <Revision agent={row} />
        </span>
      ),
    },
    {
      id: 'version',
      title: t('fleet.version'),
      width: 90,
      sort: (row) => row.version,
      cell: (row) => <Version of={row.version} server={version} />,
    },
    {
      id: 'seen',
      title: t('fleet.seen'),
      width: 105,
      sort: (row) => -row.contact_ms,
      cell: (row) => <RelativeTime time_ms={row.contact_ms} />,
    },
  ]
}

function Version({ of, server }: { of: string; server: string }) {
  const order = versionOrder(of, server)
  if (order === 0) return of
  const says = order < 0 ? 'fleet.version.older' : 'fleet.version.newer'
  return (
    <Badge tone={order < 0 ? 'warn' : 'neutral'} title={t(says, { version: server })}>
      {of}
    </Badge>
  )
}

/** What it runs; beside it what it is to run, while they differ. */
export function Revision({ agent }: { agent: AgentShown }) {
  const { revision, meant_revision, is_current, refused, policy_id } = agent
  if (refused?.policy_id === policy_id && refused.revision > revision) {
    const says = t('fleet.revision.refused', { revision: refused.revision })
    return (
      <Badge tone="bad" title={`${says} ${refused.reason}`}>
        {t('fleet.revision', { revision })}
      </Badge>
    )
  }
  if (is_current) return <Badge>{t('fleet.revision', { revision })}</Badge>
  return (
    <Badge tone="accent" title={t('fleet.revision.pending')}>
      {revision} → {meant_revision}
    </Badge>
  )
}

function flow(): Column<AgentShown>[] {
  return [
    {
      id: 'lag',
      title: t('fleet.lag'),
      width: 75,
      align: 'end',
      sort: (row) => row.figures?.lag_s ?? -1,
      cell: (row) =>
        row.figures === undefined ? '–' : duration(Math.round(row.figures.lag_s * 1e3) * 1e6),
    },
    {
      id: 'rate',
      title: t('fleet.rate'),
      width: 95,
      align: 'end',
      sort: (row) => row.figures?.records_per_s ?? -1,
      cell: (row) =>
        row.figures?.records_per_s === undefined ? '–' : figure(row.figures.records_per_s, '/s'),
    },
    {
      id: 'memory',
      title: t('fleet.memory'),
      width: 90,
      align: 'end',
      sort: (row) => row.figures?.memory_bytes ?? -1,
      cell: (row) => (row.figures === undefined ? '–' : bytes(row.figures.memory_bytes)),
    },
  ]
}
