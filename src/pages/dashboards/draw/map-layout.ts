/** Services and the calls between them, placed in layers from left to right. Pure. */
import dagre from '@dagrejs/dagre'
import type { ServiceMap } from '../../services/contract.ts'

export const node_width = 136
export const node_height = 34

export type MapNode = {
  id: string
  name: string
  kind: string
  calls: number
  errors: number
  x: number
  y: number
}
export type MapEdge = { id: string; path: string; calls: number; errors: number }
export type MapSheet = { nodes: MapNode[]; edges: MapEdge[]; width: number; height: number }

type Point = { x: number; y: number }

export function mapOf(answer: ServiceMap): MapSheet {
  const sheet = new dagre.graphlib.Graph()
  sheet.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 48, marginx: 6, marginy: 6 })
  sheet.setDefaultEdgeLabel(() => ({}))
  const nodes = new Map<string, Omit<MapNode, 'x' | 'y'>>()
  const add = (id: string, name: string, kind: string) => {
    const node = nodes.get(id) ?? { id, name, kind, calls: 0, errors: 0 }
    nodes.set(id, node)
    return node
  }
  const told = answer.service.flatMap((name, at) => {
    const kind = answer.peer_kind[at] ?? 'service'
    const peer = answer.peer_service[at] ?? ''
    const calls = answer.calls[at] ?? 0
    const errors = answer.errors[at] ?? 0
    const from = name === '' ? add('user', '', 'user') : add(`service ${name}`, name, 'service')
    const to = add(`${kind} ${peer}`, peer, kind)
    to.calls += calls
    to.errors += errors
    return from.id === to.id ? [] : [{ from: from.id, to: to.id, calls, errors }]
  })
  for (const id of nodes.keys()) sheet.setNode(id, { width: node_width, height: node_height })
  for (const { from, to } of told) sheet.setEdge(from, to)
  dagre.layout(sheet)
  const placed = [...nodes.values()].map((node) => {
    const { x, y } = sheet.node(node.id) as Point
    return { ...node, x: x - node_width / 2, y: y - node_height / 2 }
  })
  const edges = told.map(({ from, to, calls, errors }) => ({
    ...{ id: `${from} ${to}`, calls, errors },
    path: curve(sheet.node(from) as Point, sheet.node(to) as Point),
  }))
  const { width = 0, height = 0 } = sheet.graph() as { width?: number; height?: number }
  return { nodes: placed, edges, width, height }
}

function curve(from: Point, to: Point): string {
  const half = node_width / 2
  const [x1, x2] = from.x < to.x ? [from.x + half, to.x - half] : [from.x - half, to.x + half]
  const middle = (x1 + x2) / 2
  return `M${x1} ${from.y} C${middle} ${from.y} ${middle} ${to.y} ${x2} ${to.y}`
}
