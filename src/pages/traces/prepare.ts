/**
 * Turns a trace's columns into the rows of a waterfall: the tree, what is folded, gaps in it. Pure.
 */
import type { Trace } from './contract.ts'

export type WaterfallRow = {
  /** The span's place in the trace's columns. */
  at: number
  depth: number
  children: number
  is_folded: boolean
  /** Its parent was never received: drawn at the top level and marked. */
  is_orphan: boolean
}

export type Tree = { roots: number[]; children: number[][]; orphans: Set<number> }

/**
 * Children in order of start, as the columns are. A span that is its own ancestor becomes a root.
 */
export function treeOf(trace: Trace): Tree {
  const place = new Map(trace.span_id.map((id, at) => [id, at]))
  const children: number[][] = trace.span_id.map(() => [])
  const roots: number[] = []
  const orphans = new Set<number>()
  const parentAt = trace.parent_span_id.map((id) => (id === '' ? -1 : (place.get(id) ?? -2)))
  trace.span_id.forEach((_, at) => {
    const parent = parentAt[at] ?? -1
    if (parent >= 0 && !isInLoop(at, parentAt)) {
      children[parent]?.push(at)
      return
    }
    roots.push(at)
    if (parent !== -1) orphans.add(at)
  })
  return { roots, children, orphans }
}

/** Follows parents; a walk longer than the trace has met itself. */
function isInLoop(start: number, parentAt: readonly number[]): boolean {
  let at = parentAt[start] ?? -1
  for (let steps = 0; at >= 0 && at !== start; steps++) {
    if (steps > 1000) return false
    at = parentAt[at] ?? -1
  }
  return at === start
}

export function waterfallRows(tree: Tree, folded: ReadonlySet<number>): WaterfallRow[] {
  const rows: WaterfallRow[] = []
  const pending = tree.roots.toReversed().map((at) => ({ at, depth: 0 }))
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { at, depth } = next
    const below = tree.children[at] ?? []
    const is_folded = folded.has(at)
    const is_orphan = tree.orphans.has(at)
    rows.push({ at, depth, children: below.length, is_folded, is_orphan })
    if (is_folded) continue
    for (let i = below.length - 1; i >= 0; i--)
      pending.push({ at: below[i] ?? 0, depth: depth + 1 })
  }
  return rows
}

export type Segment = { at: number; from_ns: number; to_ns: number }

/**
 * The path that the trace's duration is made of: back from the end of the longest root, always into
 * the child that ended last. Shortening anything else would not have made the trace faster.
 */
export function criticalPath(trace: Trace, tree: Tree): Segment[] {
  const end = (at: number) => (trace.offset_ns[at] ?? 0) + (trace.duration_ns_each[at] ?? 0)
  const first = tree.roots.toSorted((a, b) => end(b) - end(a))[0]
  if (first === undefined) return []
  const segments: Segment[] = []
  const pending = [{ at: first, to_ns: end(first) }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    let { to_ns } = next
    const start = trace.offset_ns[next.at] ?? 0
    const below = (tree.children[next.at] ?? []).toSorted((a, b) => end(b) - end(a))
    for (const child of below) {
      const childStart = trace.offset_ns[child] ?? 0
      const childEnd = Math.min(end(child), to_ns)
      if (childStart >= to_ns || childEnd <= start) continue
      if (childEnd < to_ns) segments.push({ at: next.at, from_ns: childEnd, to_ns })
      pending.push({ at: child, to_ns: childEnd })
      to_ns = Math.max(start, childStart)
    }
    if (to_ns > start) segments.push({ at: next.at, from_ns: start, to_ns })
  }
  return segments.sort((a, b) => a.from_ns - b.from_ns)
}

export type ServiceShare = { service: string; spans: number; critical_ns: number; errors: number }

/** How much of the critical path each service is, the most first. */
export function serviceShares(trace: Trace, path: readonly Segment[]): ServiceShare[] {
  const shares = new Map<string, ServiceShare>()
  const of = (service: string) => {
    const known = shares.get(service) ?? { service, spans: 0, critical_ns: 0, errors: 0 }
    shares.set(service, known)
    return known
  }
  trace.service.forEach((service, at) => {
    const share = of(service)
    share.spans += 1
    if (trace.status[at] === 'error') share.errors += 1
  })
  for (const { at, from_ns, to_ns } of path)
    of(trace.service[at] ?? '').critical_ns += to_ns - from_ns
  return [...shares.values()].sort((a, b) => b.critical_ns - a.critical_ns)
}

/** Round times for the waterfall's axis: about `wanted` of them, in steps of 1, 2 or 5. */
export function axisTicks(duration_ns: number, wanted: number): number[] {
  if (duration_ns <= 0) return [0]
  const rough = duration_ns / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough
  return Array.from({ length: Math.floor(duration_ns / step) + 1 }, (_, at) => at * step)
}
