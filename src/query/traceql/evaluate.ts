/**
 * Runs a pipeline on one trace in memory: filters, relations between spans, aggregates, groups.
 * Exact and slow: search.ts and metrics.ts use it for what the engine does not compute.
 */
import type { Span, Trace } from './span.ts'
import type { Aggregate, Field, Scalar, Spanset, SpansetOperator, Stage } from './tree.ts'
import { calculate, compare, fieldValue, isTrue, type Value } from './value.ts'

/** Spans that belong together, and what they were grouped by. */
export type SpanGroup = { spans: readonly Span[]; by: readonly { field: Field; value: Value }[] }

/** What is left of the trace behind the last stage; groups are never empty. */
export function runStages(
  stages: readonly Stage[],
  input: readonly SpanGroup[],
  trace: Trace,
): readonly SpanGroup[] {
  let groups = input
  for (const stage of stages) {
    groups = groups.length === 0 ? groups : runStage(stage, groups, trace)
  }
  return groups
}

function runStage(stage: Stage, groups: readonly SpanGroup[], trace: Trace): readonly SpanGroup[] {
  switch (stage.tag) {
    case 'spanset':
      return groups.flatMap((group) => runSpanset(stage.spanset, group, trace))
    case 'scalar':
      return groups.filter(({ spans }) =>
        compare(
          stage.operator,
          scalarOf(stage.left, spans, trace),
          scalarOf(stage.right, spans, trace),
        ),
      )
    case 'by':
      return groups.flatMap((group) => grouped(stage.field, group, trace))
    case 'coalesce':
      return [
        {
          spans: inOrder(
            groups.flatMap(({ spans }) => spans),
            trace,
          ),
          by: [],
        },
      ]
    case 'select':
      return groups
  }
}

/** Each span once, in the order of the trace. */
function inOrder(spans: Iterable<Span>, trace: Trace): Span[] {
  const chosen = new Set(spans)
  return trace.spans.filter((span) => chosen.has(span))
}

function runSpanset(spanset: Spanset, group: SpanGroup, trace: Trace): readonly SpanGroup[] {
  if (spanset.tag === 'pipeline') return runStages(spanset.stages, [group], trace)
  if (spanset.tag === 'filter') {
    const spans = group.spans.filter((span) => isTrue(spanset.condition, span, trace))
    return spans.length === 0 ? [] : [{ spans, by: group.by }]
  }
  const side = (part: Spanset) => runSpanset(part, group, trace).flatMap(({ spans }) => spans)
  const spans = inOrder(
    related(spanset.operator, side(spanset.left), side(spanset.right), trace),
    trace,
  )
  return spans.length === 0 ? [] : [{ spans, by: group.by }]
}

function grouped(field: Field, group: SpanGroup, trace: Trace): SpanGroup[] {
  const groups = new Map<string, { spans: Span[]; by: SpanGroup['by'] }>()
  for (const span of group.spans) {
    const value = fieldValue(field, span, trace)
    const key = JSON.stringify([value.text, value.number, value.boolean, value.status, value.kind])
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { spans: [span], by: [...group.by, { field, value }] })
    else known.spans.push(span)
  }
  return [...groups.values()]
}

/** The spans that an operator leaves of both sides. */
function related(
  operator: SpansetOperator,
  left: readonly Span[],
  right: readonly Span[],
  trace: Trace,
): Iterable<Span> {
  if (operator === '||') return [...left, ...right]
  if (operator === '&&') return left.length === 0 || right.length === 0 ? [] : [...left, ...right]
  const relation = operator.replace(/^[!&]/, '') as Relation
  const found = matches(relation, left, right, trace)
  if (operator.startsWith('!')) {
    const chosen = new Set(found)
    return right.filter((span) => !chosen.has(span))
  }
  if (!operator.startsWith('&')) return found
  return [...found, ...matches(opposite[relation], right, left, trace)]
}

type Relation = '>' | '>>' | '<' | '<<' | '~'
const opposite = { '>': '<', '>>': '<<', '<': '>', '<<': '>>', '~': '~' } as const

/** The right spans that stand so to any left one: `left > right` is a child of left. */
function matches(
  relation: Relation,
  left: readonly Span[],
  right: readonly Span[],
  trace: Trace,
): Span[] {
  const { parentOf } = trace
  switch (relation) {
    case '>': {
      const parents = new Set(left)
      return right.filter((span) => parents.has(parentOf.get(span)!))
    }
    case '>>':
      return right.filter(belowAny(new Set(left), trace))
    case '<': {
      const parents = new Set(left.map((span) => parentOf.get(span)))
      return right.filter((span) => parents.has(span))
    }
    case '<<': {
      const above = new Set<Span>()
      for (const span of left) {
        for (
          let at = parentOf.get(span);
          at !== undefined && !above.has(at);
          at = parentOf.get(at)
        ) {
          above.add(at)
        }
      }
      return right.filter((span) => above.has(span))
    }
    case '~':
      return siblings(left, right, trace)
  }
}

/** Whether a span lies below one of these; each span's answer is remembered. */
function belowAny(chosen: ReadonlySet<Span>, { parentOf }: Trace): (span: Span) => boolean {
  const known = new Map<Span, boolean>()
  return (span) => {
    const path: Span[] = []
    let isBelow = false
    for (let at: Span | undefined = span; at !== undefined; ) {
      const answer = known.get(at)
      if (answer !== undefined) {
        isBelow = answer
        break
      }
      known.set(at, false)
      path.push(at)
      at = parentOf.get(at)
      if (at !== undefined && chosen.has(at)) {
        isBelow = true
        break
      }
    }
    for (const passed of path) known.set(passed, isBelow)
    return isBelow
  }
}

/** Children of one parent, not the span itself. */
function siblings(left: readonly Span[], right: readonly Span[], { parentOf }: Trace): Span[] {
  const childrenOf = new Map<Span, Span[]>()
  for (const span of new Set(left)) {
    const parent = parentOf.get(span)
    if (parent !== undefined)
      childrenOf.set(parent, [...(childrenOf.get(parent) ?? []).slice(0, 1), span])
  }
  return right.filter((span) => {
    const parent = parentOf.get(span)
    const others = parent === undefined ? undefined : childrenOf.get(parent)
    return others?.some((other) => other !== span) ?? false
  })
}

/** NaN where no span has a value. */
function scalarOf(scalar: Scalar, spans: readonly Span[], trace: Trace): number {
  switch (scalar.tag) {
    case 'static':
      return Number(scalar.value)
    case 'arithmetic': {
      const left = scalarOf(scalar.left, spans, trace)
      return calculate(scalar.operator, left, scalarOf(scalar.right, spans, trace))
    }
    case 'aggregate':
      return aggregate(scalar, spans, trace)
  }
}

function aggregate(scalar: Aggregate, spans: readonly Span[], trace: Trace): number {
  const { field } = scalar
  if (field === undefined) return spans.length
  const numbers: number[] = []
  for (const span of spans) {
    const { number } = fieldValue(field, span, trace)
    if (number !== undefined) numbers.push(number)
  }
  if (numbers.length === 0) return Number.NaN
  const sum = () => numbers.reduce((total, number) => total + number, 0)
  switch (scalar.function) {
    case 'avg':
      return sum() / numbers.length
    case 'sum':
      return sum()
    case 'min':
      return numbers.reduce((least, number) => Math.min(least, number))
    default:
      return numbers.reduce((most, number) => Math.max(most, number))
  }
}
