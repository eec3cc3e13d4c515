/**
 * Spans and traces in memory, as they are read for answers and for what the engine does not
 * compute. Reading them is read-spans.ts's work.
 */

export type Words = ReadonlyMap<string, string>

export type SpanEvent = { time_ns: bigint; name: string; attributes: Words }
export type SpanLink = { trace_id: string; span_id: string; attributes: Words }

/** Ids are hex in small letters; '' is no parent. */
export type Span = {
  trace_id: string
  span_id: string
  parent_span_id: string
  time_ns: bigint
  duration_ns: number
  name: string
  kind: string
  status: string
  status_message: string
  trace_state: string
  /** The instrumentation's name. */
  scope: string
  service: string
  cluster: string
  namespace: string
  pod: string
  container: string
  node: string
  resource_id: string
  attributes: Words
  numbers: ReadonlyMap<string, number>
  resource: Words
  events: readonly SpanEvent[]
  links: readonly SpanLink[]
}

/** Attributes of resources that every span carries as a column. */
export const resourceColumns: Readonly<Record<string, ResourceColumn>> = {
  'service.name': 'service',
  'k8s.cluster.name': 'cluster',
  'k8s.namespace.name': 'namespace',
  'k8s.pod.name': 'pod',
  'k8s.container.name': 'container',
  'k8s.node.name': 'node',
}
export type ResourceColumn = 'service' | 'cluster' | 'namespace' | 'pod' | 'container' | 'node'

export function columnOf(attribute: string): ResourceColumn | undefined {
  return Object.hasOwn(resourceColumns, attribute) ? resourceColumns[attribute] : undefined
}

/** Places in the tree of a trace, counted from 1; 0 is none, -1 the parent of a root. */
export type Nested = { left: number; right: number; parent: number }

export type Trace = {
  trace_id: string
  spans: readonly Span[]
  parentOf: ReadonlyMap<Span, Span>
  childrenOf: ReadonlyMap<Span, readonly Span[]>
  nested: ReadonlyMap<Span, Nested>
  root_service: string
  root_name: string
  time_ns: bigint
  duration_ns: number
}

/** Of spans of one trace: all of them, or those that the caller may see. */
export function traceOf(trace_id: string, spans: readonly Span[]): Trace {
  const byId = new Map(spans.map((span) => [span.span_id, span]))
  const parentOf = new Map<Span, Span>()
  const childrenOf = new Map<Span, Span[]>()
  let first: bigint | undefined
  let last = 0n
  let root_service = ''
  let root_name = ''
  for (const span of spans) {
    const parent = span.parent_span_id === '' ? undefined : byId.get(span.parent_span_id)
    if (parent !== undefined && parent !== span) {
      parentOf.set(span, parent)
      const siblings = childrenOf.get(parent)
      if (siblings === undefined) childrenOf.set(parent, [span])
      else siblings.push(span)
    }
    if (span.parent_span_id === '') {
      if (span.service > root_service) root_service = span.service
      if (span.name > root_name) root_name = span.name
    }
    const end = span.time_ns + BigInt(span.duration_ns)
    if (first === undefined || span.time_ns < first) first = span.time_ns
    if (end > last) last = end
  }
  const time_ns = first ?? 0n
  const duration_ns = Number(last - time_ns)
  const nested = nestedOf(spans, parentOf, childrenOf)
  return {
    trace_id,
    spans,
    parentOf,
    childrenOf,
    nested,
    root_service,
    root_name,
    time_ns,
    duration_ns,
  }
}

/** Numbers each span before and after its descendants. Spans in a circle get zeros. */
function nestedOf(
  spans: readonly Span[],
  parentOf: ReadonlyMap<Span, Span>,
  childrenOf: ReadonlyMap<Span, readonly Span[]>,
): Map<Span, Nested> {
  const nested = new Map<Span, Nested>()
  let count = 0
  for (const root of spans) {
    if (parentOf.has(root)) continue
    // Without its parent the place of a span in the tree is not known.
    if (root.parent_span_id !== '') continue
    const path: { span: Span; next: number }[] = [{ span: root, next: 0 }]
    nested.set(root, { left: ++count, right: 0, parent: -1 })
    while (path.length > 0) {
      const top = path[path.length - 1]!
      const child = childrenOf.get(top.span)?.[top.next++]
      const place = nested.get(top.span)!
      if (child === undefined) {
        place.right = ++count
        path.pop()
      } else if (!nested.has(child)) {
        nested.set(child, { left: ++count, right: 0, parent: place.left })
        path.push({ span: child, next: 0 })
      }
    }
  }
  return nested
}
