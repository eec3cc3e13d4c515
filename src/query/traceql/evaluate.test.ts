/** Relations, groups and values of spans in memory, as a table over one small trace. */
import { describe, expect, it } from 'vitest'
import { readTraceql } from './check.ts'
import { runStages } from './evaluate.ts'
import { type Span, traceOf } from './span.ts'

const span = (id: string, parent: string, more: Partial<Span> = {}): Span => ({
  trace_id: 't',
  span_id: id,
  parent_span_id: parent,
  time_ns: 1_000n + BigInt(id.charCodeAt(0)),
  duration_ns: 10,
  name: id,
  kind: 'internal',
  status: 'unset',
  status_message: '',
  trace_state: '',
  scope: '',
  service: 's',
  cluster: '',
  namespace: '',
  pod: '',
  container: '',
  node: '',
  resource_id: '1',
  attributes: new Map(),
  numbers: new Map(),
  resource: new Map(),
  events: [],
  links: [],
  ...more,
})

/**
 *     a            x (its parent is not there)    p ⇄ q (a circle)
 *    / \
 *   b   c
 *  / \
 * d   e
 */
const trace = traceOf('t', [
  span('a', '', { numbers: new Map([['n', 1]]), service: 'front' }),
  span('b', 'a', { numbers: new Map([['n', 2]]), attributes: new Map([['flag', 'true']]) }),
  span('c', 'a', {
    attributes: new Map([
      ['flag', 'false'],
      ['n', '2'],
    ]),
  }),
  span('d', 'b', { duration_ns: 30, resource: new Map([['n', '7']]) }),
  span('e', 'b', { status: 'error' }),
  span('x', 'gone'),
  span('p', 'q'),
  span('q', 'p'),
])

/** Names of the spans of each group, groups divided by a bar. */
function run(query: string): string {
  const groups = runStages(readTraceql(query).stages, [{ spans: trace.spans, by: [] }], trace)
  return groups.map(({ spans }) => spans.map(({ name }) => name).join('')).join('|')
}

describe('what is left of the trace', () => {
  const f = (query: string, expected: string) => it(query, () => expect(run(query)).toBe(expected))
  f('{ }', 'abcdexpq')
  f('{ name = "a" } > { }', 'bc')
  f('{ name = "a" } >> { }', 'bcde')
  f('{ name = "e" } < { }', 'b')
  f('{ name = "e" } << { }', 'ab')
  f('{ name = "d" } ~ { }', 'e')
  f('{ name =~ "[de]" } ~ { }', 'de')
  f('{ name = "a" } !> { }', 'adexpq')
  f('{ name = "a" } !>> { }', 'axpq')
  f('{ name = "e" } !<< { }', 'cdexpq')
  f('{ name = "e" } !< { name =~ "[a-e]" }', 'acde')
  f('{ name = "d" } !~ { name =~ "[a-e]" }', 'abcd')
  f('{ name = "a" } &> { }', 'abc')
  f('{ name =~ "[ac]" } &>> { name = "e" }', 'ae')
  f('{ name = "e" } &<< { }', 'abe')
  f('{ name =~ "[dx]" } &~ { name =~ "[ex]" }', 'de')
  f('{ name = "zz" } !>> { name = "a" }', 'a')
  f('{ name = "zz" } && { name = "a" }', '')
  f('{ name = "zz" } || { name = "a" }', 'a')
  f('{ name = "b" } && { name = "a" }', 'ab')
  f('{ name = "p" } >> { }', 'pq')
  f('{ name = "a" } > { name = "b" } > { }', 'de')
  f('{ } | count() > 7', 'abcdexpq')
  f('{ } | count() > 8', '')
  f('{ } | by(span.n) | count() = 1', 'a|b|c')
  f('{ } | by(span.n) | count() = 1 | coalesce()', 'abc')
  f('{ } | avg(span.n) = 1.5', 'abcdexpq')
  f('{ name = "d" } | avg(span.n) = 1.5', '')
  f('{ } | max(duration) - min(duration) = 20ns', 'abcdexpq')
  f('({ } | count() > 1 | { name = "b" }) > { }', 'de')
  f('{ childCount = 2 }', 'ab')
  f('{ nestedSetParent < 0 }', 'a')
  f('{ nestedSetLeft = 2 && nestedSetRight = 7 }', 'b')
  f('{ nestedSetParent = 2 }', 'de')
  f('{ parent.name = "b" }', 'de')
  f('{ parent = nil }', 'a')
  f('{ parent.span.n != nil }', 'bcde')
  f('{ rootName = "a" && rootServiceName = "front" && name = "c" }', 'c')
  f('{ span.flag }', 'b')
  f('{ !span.flag }', 'c')
  f('{ !(span.flag = true) }', 'acdexpq')
  f('{ span.n != 1 }', 'b')
  f('{ span.n != "1" }', 'c')
  f('{ .n = 7 }', 'd')
  f('{ resource.n = "7" }', 'd')
  f('{ span.n = nil }', 'dexpq')
  f('{ span.n + 1 = 3 || 30ns = duration }', 'bd')
  f('{ -span.n = -2 }', 'b')
  f('{ name =~ "" }', '')
  f('{ status != unset }', 'e')
})
