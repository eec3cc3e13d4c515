/**
 * Where the map's nodes stand: dagre's layers from left to right. Pure: boxes and edge paths in
 * pixels.
 */
import dagre from '@dagrejs/dagre'
import type { MapGraph } from './prepare.ts'

export const node_width = 168
export const node_height = 48

export type Placed = { id: string; x: number; y: number }
export type Route = { id: string; path: string; x: number; y: number }
export type Layout = { width: number; height: number; nodes: Placed[]; routes: Route[] }

export function layoutOf(graph: MapGraph): Layout {
  const sheet = new dagre.graphlib.Graph({ multigraph: true })
  sheet.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 84, marginx: 24, marginy: 24 })
  sheet.setDefaultEdgeLabel(() => ({}))
  for (const node of graph.nodes) {
    sheet.setNode(node.id, { width: node_width, height: node_height })
  }
  for (const edge of graph.edges) {
    if (edge.from !== edge.to) sheet.setEdge(edge.from, edge.to, {}, edge.id)
  }
  dagre.layout(sheet)
  const nodes = graph.nodes.map(({ id }) => {
    const { x, y } = sheet.node(id) as { x: number; y: number }
    return { id, x: x - node_width / 2, y: y - node_height / 2 }
  })
  const routes = graph.edges
    .filter((edge) => edge.from !== edge.to)
    .map((edge) => {
      const { points } = sheet.edge({ v: edge.from, w: edge.to, name: edge.id }) as {
        points: { x: number; y: number }[]
      }
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 }
      return { id: edge.id, path: curve(points), x: middle.x, y: middle.y }
    })
  const { width = 0, height = 0 } = sheet.graph() as { width?: number; height?: number }
  return { width, height, nodes, routes }
}

/** A smooth line through the points: quadratic curves whose ends are the middles between points. */
function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${first.x} ${first.y}`
  rest.forEach((point, at) => {
    const next = rest[at + 1]
    path +=
      next === undefined
        ? ` L${point.x} ${point.y}`
        : ` Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`
  })
  return path
}
