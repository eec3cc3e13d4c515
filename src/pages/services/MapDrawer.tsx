/** One node of the map in full: its figures, who calls it, what it calls, and where to go next. */

import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { duration, figure, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { useRange } from '../../ui/range/range.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { nodeMenu } from './node-menu.ts'
import { type MapEdge, type MapGraph, type MapNode, share } from './prepare.ts'
import styles from './ServiceMap.module.css'

type DrawerProps = { graph: MapGraph; id: string; onOpen: (id: string) => void }

export function MapDrawer({ graph, id, onOpen }: DrawerProps) {
  const node = graph.nodes.find((one) => one.id === id)
  const title = node === undefined ? '' : nameOf(node)
  return (
    <Drawer open={node !== undefined} title={title} onClose={() => onOpen('')}>
      {node === undefined ? null : <NodeDetail graph={graph} node={node} onOpen={onOpen} />}
    </Drawer>
  )
}

export function nameOf(node: { kind: string; name: string }): string {
  return node.kind === 'user' ? t('services.users') : node.name
}

function NodeDetail({
  graph,
  node,
  onOpen,
}: {
  graph: MapGraph
  node: MapNode
  onOpen: (id: string) => void
}) {
  const nodes = new Map(graph.nodes.map((one) => [one.id, one]))
  const incoming = graph.edges.filter((edge) => edge.to === node.id)
  const outgoing = graph.edges.filter((edge) => edge.from === node.id)
  const rows = (edges: MapEdge[], other: (edge: MapEdge) => string) =>
    edges.map((edge) => ({ edge, peer: nodes.get(other(edge)) as MapNode }))
  return (
    <div className={styles.detail}>
      <p className={styles.kind}>
        {t(`services.kind.${node.kind}`)}
        {node.system === '' ? null : ` · ${node.system}`}
      </p>
      <nav className={styles.links} aria-label={nameOf(node)}>
        {nodeMenu(node).map((item) =>
          typeof item === 'object' && 'to' in item && item.to !== undefined ? (
            <TextLink key={item.label} to={item.to}>
              {item.label}
            </TextLink>
          ) : null,
        )}
      </nav>
      <EdgeList
        title={t('services.called_by')}
        rows={rows(incoming, (edge) => edge.from)}
        onOpen={onOpen}
      />
      <EdgeList
        title={t('services.calls')}
        rows={rows(outgoing, (edge) => edge.to)}
        onOpen={onOpen}
      />
    </div>
  )
}

type EdgeListProps = {
  title: string
  rows: { edge: MapEdge; peer: MapNode }[]
  onOpen?: ((id: string) => void) | undefined
}

/** Also shown on a service's own page, where a peer links to its page. */
export function EdgeList({ title, rows, onOpen }: EdgeListProps) {
  const { from_ms, to_ms } = useRange()
  if (rows.length === 0) return null
  const seconds = (to_ms - from_ms) / 1000
  return (
    <table className={styles.peers}>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">{t('services.rate')}</th>
          <th scope="col">{t('services.errors')}</th>
          <th scope="col">{t('services.p95')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ edge, peer }) => (
          <tr key={edge.id}>
            <th scope="row">
              <span className={styles.peerName}>
                <StatusDot status={edge.health} label={t(`services.health.${edge.health}`)} quiet />
                <PeerName peer={peer} onOpen={onOpen} />
              </span>
            </th>
            <td>{figure(edge.calls / seconds, '/s')}</td>
            <td>{percent(share(edge.errors, edge.calls))}</td>
            <td>{edge.p95_ns === null ? '–' : duration(edge.p95_ns)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function PeerName({
  peer,
  onOpen,
}: {
  peer: MapNode
  onOpen?: ((id: string) => void) | undefined
}) {
  const name = nameOf(peer)
  if (onOpen !== undefined) {
    return (
      <button type="button" className={styles.peer} onClick={() => onOpen(peer.id)}>
        {name}
      </button>
    )
  }
  if (peer.kind !== 'service') return <span>{name}</span>
  return <EntityLink kind="service" name={peer.name} plain />
}
