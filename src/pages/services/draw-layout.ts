/**
 * Where the map's nodes stand: dagre's layers from left to right. Pure: boxes and edge paths in
 * pixels.
 */
import dagre from '@dagrejs/dagre'
import type { MapGraph } from './prepare.ts'

export const node_width = 204
export const node_height = 48

type Point = { x: number; y: number }
export type Placed = { id: string; x: number; y: number }
export type Route = { id: string; path: string }
export type Layout = { width: number; height: number; nodes: Placed[]; routes: Route[] }

export function layoutOf(graph: MapGraph): Layout {
  const sheet = new dagre.graphlib.Graph({ multigraph: true })
  sheet.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 76, marginx: 24, marginy: 24 })
  sheet.setDefaultEdgeLabel(() => ({}))
  for (const node of graph.nodes) {
    sheet.setNode(node.id, { width: node_width, height: node_height })
  }
  for (const edge of graph.edges) {
    if (edge.from !== edge.to) sheet.setEdge(edge.from, edge.to, {}, edge.id)
  }
  dagre.layout(sheet)
  const middleOf = (id: string) => sheet.node(id) as Point
  const layers = new Set(graph.nodes.map(({ id }) => Math.round(middleOf(id).x)))
  const nodes = graph.nodes.map(({ id }) => {
    const { x, y } = middleOf(id)
    return { id, x: x - node_width / 2, y: y - node_height / 2 }
  })
  const routes = graph.edges
    .filter((edge) => edge.from !== edge.to)
    .map((edge) => {
      const { points } = sheet.edge({ v: edge.from, w: edge.to, name: edge.id }) as {
        points: Point[]
      }
      const ends = [middleOf(edge.from), middleOf(edge.to)] as const
      return { id: edge.id, path: curve(sided(points, ...ends, layers)) }
    })
  const { width = 0, height = 0 } = sheet.graph() as { width?: number; height?: number }
  return { width, height, nodes, routes }
}

/**
 * An edge leaves at the right side of its caller and enters at the left side of the called, through
 * the lanes that the layout keeps free between other nodes. One that leads back keeps its own way.
 */
function sided(
  points: readonly Point[],
  from: Point,
  to: Point,
  layers: ReadonlySet<number>,
): Point[] {
  if (to.x <= from.x) return [...points]
  const half = node_width / 2
  // Beside the nodes of a layer in between, the line stays level for as long as they are wide.
  const level = points
    .filter(({ x }) => layers.has(Math.round(x)) && x > from.x + half && x < to.x - half)
    .flatMap(({ x, y }) => [
      { x: x - half, y },
      { x: x + half, y },
    ])
  return [{ x: from.x + half, y: from.y }, ...level, { x: to.x - half, y: to.y }]
}

/** Level at every point, so that lines leave and enter boxes straight. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${first.x} ${first.y}`
  let before = first
  for (const point of rest) {
    const middle = (before.x + point.x) / 2
    path += ` C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`
    before = point
  }
  return path
}
