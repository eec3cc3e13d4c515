/**
 * Who calls whom: nodes by kind and health, edges as thick as their traffic. Details open in a
 * drawer.
 */
import {
  IconBox,
  IconCloud,
  IconDatabase,
  IconMaximize,
  IconMinus,
  IconPlus,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react'
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import { figure, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { IconButton } from '../../ui/parts/Button.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { ContextMenu } from '../../ui/parts/Menu.tsx'
import { useRange } from '../../ui/range/range.ts'
import type { PeerKind } from './contract.ts'
import { type Layout, layoutOf, node_height, node_width } from './draw-layout.ts'
import { MapDrawer, nameOf } from './MapDrawer.tsx'
import { nodeMenu } from './node-menu.ts'
import { type MapEdge, type MapGraph, type MapNode, share, shortNames } from './prepare.ts'
import styles from './ServiceMap.module.css'

const icons: Record<PeerKind, typeof IconBox> = {
  service: IconBox,
  database: IconDatabase,
  messaging: IconStack2,
  external: IconCloud,
  user: IconUsers,
}
const zoom_min = 0.2
const zoom_max = 2

type View = { x: number; y: number; zoom: number }
type MapProps = { graph: MapGraph; open: string; onOpen: (id: string) => void }

export function ServiceMap({ graph, open, onOpen }: MapProps) {
  const layout = useMemo(() => layoutOf(graph), [graph])
  const { ref, view, setView, fit, drag } = useView(layout)
  const near = useMemo(() => neighbours(graph, open), [graph, open])
  const short = useMemo(() => shortNames(graph.nodes.map((node) => node.name)), [graph])
  const sent = useMemo(() => callsMade(graph), [graph])
  const label = t('services.map.label', {
    services: graph.nodes.filter((node) => node.kind === 'service').length,
    edges: graph.edges.length,
  })
  const zoomBy = (factor: number) =>
    setView((now) => ({ ...now, zoom: clamp(now.zoom * factor, zoom_min, zoom_max) }))
  return (
    <section className={styles.map} ref={ref} aria-label={label} {...drag}>
      <div
        className={styles.sheet}
        style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.zoom})` }}
      >
        <Edges graph={graph} layout={layout} open={open} />
        {graph.nodes.map((node, at) => (
          <MapBox
            key={node.id}
            node={node}
            short={node.kind === 'user' ? nameOf(node) : (short.get(node.name) ?? node.name)}
            sent={sent.get(node.id) ?? 0}
            x={layout.nodes[at]?.x ?? 0}
            y={layout.nodes[at]?.y ?? 0}
            is_open={node.id === open}
            is_faded={open !== '' && !near.has(node.id)}
            onOpen={onOpen}
          />
        ))}
      </div>
      <div className={styles.tools}>
        <IconButton label={t('services.map.in')} onClick={() => zoomBy(1.25)}>
          <IconPlus />
        </IconButton>
        <IconButton label={t('services.map.out')} onClick={() => zoomBy(0.8)}>
          <IconMinus />
        </IconButton>
        <IconButton label={t('services.map.fit')} onClick={fit}>
          <IconMaximize />
        </IconButton>
      </div>
      <MapDrawer graph={graph} id={open} onOpen={onOpen} />
    </section>
  )
}

function callsMade(graph: MapGraph): Map<string, number> {
  const made = new Map<string, number>()
  for (const { from, calls } of graph.edges) made.set(from, (made.get(from) ?? 0) + calls)
  return made
}

function neighbours(graph: MapGraph, id: string): Set<string> {
  const near = new Set([id])
  for (const edge of graph.edges) {
    if (edge.from === id) near.add(edge.to)
    if (edge.to === id) near.add(edge.from)
  }
  return near
}

function Edges({ graph, layout, open }: { graph: MapGraph; layout: Layout; open: string }) {
  const edges = new Map(graph.edges.map((edge) => [edge.id, edge]))
  return (
    <svg className={styles.edges} width={layout.width} height={layout.height} aria-hidden="true">
      <title>{t('services.map')}</title>
      <defs>
        {(['ok', 'warn', 'bad', 'unknown'] as const).map((health) => (
          <marker
            key={health}
            id={`arrow-${health}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerUnits="userSpaceOnUse"
            markerWidth="9"
            markerHeight="9"
            orient="auto"
          >
            <path d="M0 0.5 8 4 0 7.5Z" className={styles[`head_${health}`]} />
          </marker>
        ))}
      </defs>
      {layout.routes.map((route) => {
        const edge = edges.get(route.id)
        return edge === undefined ? null : (
          <EdgeLine key={route.id} edge={edge} path={route.path} open={open} />
        )
      })}
    </svg>
  )
}

function EdgeLine({ edge, path, open }: { edge: MapEdge; path: string; open: string }) {
  const touches = open === '' || edge.from === open || edge.to === open
  return (
    <path
      d={path}
      className={`${styles.edge} ${styles[`edge_${edge.health}`]} ${touches ? '' : styles.faded}`}
      strokeWidth={1 + Math.min(3, Math.log10(1 + edge.calls) / 2)}
      markerEnd={`url(#arrow-${edge.health})`}
    />
  )
}

type BoxProps = {
  node: MapNode
  /** What of its name tells it apart. */
  short: string
  /** How many calls it makes. */
  sent: number
  x: number
  y: number
  is_open: boolean
  is_faded: boolean
  onOpen: (id: string) => void
}

function MapBox(props: BoxProps) {
  const { node, short, sent, x, y, is_open, is_faded, onOpen } = props
  const { from_ms, to_ms } = useRange()
  const Icon = icons[node.kind]
  const whole = nameOf(node)
  const isUser = node.kind === 'user'
  const rate = figure((isUser ? sent : node.calls) / ((to_ms - from_ms) / 1000), '/s')
  const figures = isUser ? rate : `${rate} · ${percent(share(node.errors, node.calls))}`
  const classes = [styles.box, styles[node.kind], styles[`box_${node.health}`]]
  if (is_open) classes.push(styles.open)
  if (is_faded) classes.push(styles.faded)
  return (
    <ContextMenu items={nodeMenu(node)}>
      <button
        type="button"
        className={classes.join(' ')}
        style={{ left: x, top: y, width: node_width, height: node_height }}
        aria-pressed={is_open}
        title={whole}
        onClick={() => onOpen(is_open ? '' : node.id)}
      >
        <Icon className={styles.icon} aria-hidden="true" />
        <span className={styles.text}>
          <span className={styles.title}>{short}</span>
          <span className={styles.figures}>{figures}</span>
        </span>
        {isUser ? null : (
          <StatusDot status={node.health} label={t(`services.health.${node.health}`)} quiet />
        )}
      </button>
    </ContextMenu>
  )
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}

/** Pan by dragging the ground, zoom with the wheel; fits the whole map at first. */
function useView(layout: Layout) {
  const ref = useRef<HTMLElement>(null)
  const [view, setView] = useState<View>({ x: 0, y: 0, zoom: 1 })
  const start = useRef<{ x: number; y: number; view: View } | undefined>(undefined)
  const fit = () => {
    const box = ref.current?.getBoundingClientRect()
    if (box === undefined || layout.width === 0) return
    const zoom = clamp(
      Math.min(box.width / layout.width, box.height / layout.height),
      zoom_min,
      1.15,
    )
    const x = (box.width - layout.width * zoom) / 2
    setView({ zoom, x, y: Math.max(0, (box.height - layout.height * zoom) / 2) })
  }
  const shapeKey = `${layout.width}x${layout.height}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new shape moves the view.
  useEffect(fit, [shapeKey])
  const drag = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      const pressed = event.target as HTMLElement
      // React hands on what happens in menus and drawers, which are drawn elsewhere.
      const isOnGround = event.currentTarget.contains(pressed) && pressed.closest('button') === null
      if (event.button !== 0 || !isOnGround) return
      start.current = { x: event.clientX, y: event.clientY, view }
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const from = start.current
      if (from === undefined) return
      const x = from.view.x + event.clientX - from.x
      setView({ ...from.view, x, y: from.view.y + event.clientY - from.y })
    },
    onPointerUp: () => {
      start.current = undefined
    },
  }
  return { ref, view, setView, fit, drag }
}
