/** What is TraceQL and what is not; printing and reading again; hostile text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomQuery } from '../../../test/query/traceql-arbitrary.ts'
import { QueryError } from '../series.ts'
import { readTraceql } from './check.ts'
import { readDuration, writeDuration } from './duration.ts'
import { printTraceql } from './print.ts'

describe('queries, as they are printed', () => {
  const f = (text: string, printed = text) =>
    it(text, () => {
      expect(printTraceql(readTraceql(text))).toBe(printed)
      expect(printTraceql(readTraceql(printed))).toBe(printed)
    })
  f('{}', '{ }')
  f('{ true }', '{ }')
  f('{ !true }')
  f('{ 1 <= 1.1 }')
  f('{ 1 < 1h }')
  f('{ .a }')
  f('{ -.a = 2 }')
  f(
    '{ !("test" != .c || true && .b || 3 < .a) }',
    '{ !((("test" != .c || true) && .b) || 3 < .a) }',
  )
  f('{status=error&&kind=server}', '{ status = error && kind = server }')
  f('{ statusMessage =~ ".*" }')
  f('{ name !~ `a"b\\d` }', '{ name !~ "a\\"b\\\\d" }')
  f('{ trace:duration > 2s }', '{ traceDuration > 2s }')
  f('{ span:id = "6162" && trace:id = "1" && event:timeSinceStart > 1500ms }')
  f(
    '{ trace:rootService = "a" && instrumentation:name = "b" && link:spanID != nil }',
    '{ rootServiceName = "a" && instrumentation:name = "b" && link:spanID != nil }',
  )
  f('{ span."odd name" = 1 && ."a\\"b\\\\" = 2 && ."1" = 3 }')
  f('{ .a-b/c:d[0] = 1 }')
  f('{ parent.resource.a = 1 && parent.span.b = 2 && parent.duration = 1h }')
  f('{ .a + 1 * 2 ^ 3 ^ 4 = 2 }', '{ .a + 1 * 2 ^ (3 ^ 4) = 2 }')
  f('{ (.a + 1) * 2 = (2 ^ 3) ^ 4 }')
  f('{ .a - 1 - 2 = .a - (1 - 2) }')
  f('{ .a = -1 }')
  f('{ (-1) ^ 2 = -(1 ^ 2) }')
  f('{ true } && { true } || { true }', '({ } && { }) || { }')
  f('{ .a } >> { .b } &>> { .c }', '({ .a } >> { .b }) &>> { .c }')
  f('{ .a } !~ { .b } ~ { .c } !<< { .d }', '(({ .a } !~ { .b }) ~ { .c }) !<< { .d }')
  f(
    '({ true } | count() > 1 | { false }) >> ({ true } | count() > 1 | { false })',
    '({ } | count() > 1 | { false }) >> ({ } | count() > 1 | { false })',
  )
  f('max(duration) > 3s | { status = error || .http.status = 500 }')
  f('{ } | max((1 + .a) * 2) = 1')
  f('{ } | by(3 * .field - 2) | max(duration) < 1s | coalesce()')
  f('{ } | avg(.b) * 2 > count() - -1')
  f('{ } | select(.a, resource.b, name)')
  f('rate()', '{ } | rate()')
  f('{ } | count_over_time() by(name, span.http.path) with(sample=0.1)')
  f(
    '{ } | quantile_over_time(duration, .99, 0.5, 1) by (name) | topk(5)',
    '{ } | quantile_over_time(duration, 0.99, 0.5, 1) by(name) | topk(5)',
  )
  f('{ } | compare({ status = error }, 10, 1700000000000000000, 1700000001000000000)')
  f('{ } | histogram_over_time(span.size) > 10 | bottomk(2) with(exemplars=true, x=1s)')
  f('{ /* a } */ .a = 1 // b\n }', '{ .a = 1 }')
  f('{ nestedSetParent < 0 && true } | rate() by(resource.service.name)')
})

describe('what is refused, and where', () => {
  const f = (text: string, message: RegExp, from?: number) =>
    it(text.slice(0, 60), () => {
      let error: unknown
      try {
        readTraceql(text)
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(QueryError)
      expect((error as QueryError).message).toMatch(message)
      if (from !== undefined) expect((error as QueryError).from).toBe(from)
    })
  for (const text of ['true', '[ true ]', '( true )', '{ . }', '{ < }', '{ .a < }', '{ .a < 3']) {
    f(text, /^parse error/)
  }
  f('', /unexpected end of the query/, 0)
  f('{ (.a < 3 }', /unexpected }, expecting \)/, 10)
  f('{ attribute = 4 }', /unexpected attribute/, 2)
  f('{ .attribute == 4 }', /unexpected =/, 14)
  f('{ span. }', /unexpected/)
  f('{ true } + { true }', /unexpected \+/, 9)
  f('{ true } <= { true }', /unexpected <=/)
  f('max(name) = 1', /aggregate field expressions must resolve to a number type: max\(name\)/)
  f('avg(.field) + 1', /unexpected end of the query/)
  f('count() > 3 && { true }', /unexpected &&/)
  f('coalesce() | { true }', /unexpected coalesce/)
  f('select()', /unexpected \)/)
  f('select(1 + "string")', /unexpected/)
  f('{ true } | count()', /unexpected end/)
  f('{ true } | notAnAggregate() = 1', /unexpected notAnAggregate/, 11)
  f('{ true } | by()', /unexpected \)/)
  f('{ trace:status = error }', /unknown field trace:status/, 2)
  f('{ status }', /span filter field expressions must resolve to a boolean: { status }/)
  f('{ 1 + 1 }', /must resolve to a boolean/)
  f('{ 1 + "foo" = 1 }', /binary operations must operate on the same type: 1 \+ "foo"/, 2)
  f('{ 1 ^ name = 1 }', /same type/)
  f('{ status > ok }', /illegal operation for the given types: status > ok/)
  f('{ 1 =~ 2 }', /illegal operation/)
  f('{ .a =~ .b }', /must be a string/)
  f('{ rootServiceName = 1 }', /same type/)
  f('{ span.foo =~ "[" }', /invalid regex/, 14)
  f('{ .a =~ "((a{100}){100}){100}" }', /invalid regex/)
  f('{ -true }', /illegal operation for the given type: -true/)
  f('{ !1h = 1 }', /illegal operation for the given type: !1h/)
  f('sum(3) = 2', /aggregate field expressions must reference the span: sum\(3\)/)
  f('{ true } | by(1)', /grouping field expressions must reference the span: 1/)
  f('{ nestedSetLeft = "foo" }', /same type/)
  f('{ } | quantile_over_time(duration)', /expecting a quantile/)
  f('{ } | quantile_over_time(duration, 2)', /quantile must be between 0 and 1/)
  f('{ } | rate() by(.a, .b, .c, .d, .e, .f)', /grouped by 5/)
  f('{ } | rate() | topk(0)', /whole number/)
  f('{ } | min_over_time(name)', /needs a number/)
  f('{ name = "a', /not terminated/, 9)
  f('{ /* a }', /not terminated/, 2)
  f(`{ ${'('.repeat(5_000)}`, /nest/)
  f(`{ ${'!'.repeat(5_000)}.a }`, /nest|300/)
  f(`{ ${'.a && '.repeat(5_000)}.a }`, /300 operators/)
  f(`{ ${'a'.repeat(200_000)} }`, /131072 characters/)
  f(`{ ${'/*'.repeat(50_000)}`, /not terminated/)
})

it('a random query prints as text that prints the same', () => {
  fc.assert(
    fc.property(randomQuery, (text) => {
      const printed = printTraceql(readTraceql(text))
      expect(printTraceql(readTraceql(printed))).toBe(printed)
    }),
    { numRuns: 400 },
  )
})

it('mangled and random text is read or refused with its place, never anything else', () => {
  const pieces = fc.constantFrom(
    ...['{', '}', '(', ')', '|', '&&', '>>', '!~', '=~', '"', '`', '\\', '.', ',', '-', '^', 'nil'],
    ...[
      'span.',
      'parent.',
      'resource."',
      'by(',
      'rate()',
      'count() >',
      'trace:',
      '1e999',
      '9'.repeat(40),
    ],
    ...[
      'with(',
      'topk(',
      '\u0000',
      '\ud800',
      '한',
      '/*',
      '//',
      '1h2',
      '1.5.5s',
      '__proto__',
      '%',
      'x',
    ],
  )
  const mangled = fc
    .tuple(randomQuery, fc.nat(), fc.nat(4), fc.array(pieces, { maxLength: 3 }))
    .map(([text, at, cut, more]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + more.join('') + text.slice(place + cut)
    })
  const noise = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(' '))
  fc.assert(
    fc.property(fc.oneof(mangled, noise, fc.string({ unit: 'binary' })), (text) => {
      try {
        const printed = printTraceql(readTraceql(text))
        expect(printTraceql(readTraceql(printed))).toBe(printed)
      } catch (error) {
        if (!(error instanceof QueryError)) throw error
        expect(error.kind).toBe('bad_data')
      }
    }),
    { numRuns: 1_500 },
  )
})

describe('durations', () => {
  const f = (text: string, ns: number | undefined) =>
    it(text, () => expect(readDuration(text)).toBe(ns))
  f('1h30m', 5_400_000_000_000)
  f('1.5s', 1_500_000_000)
  f('2µs', 2_000)
  f('1d', 86_400_000_000_000)
  f('1', undefined)
  f('', undefined)
  f('1x', undefined)
  f('999999999999y', undefined)
  it('are written as they are read', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (ns) => {
        expect(readDuration(writeDuration(ns))).toBe(ns)
      }),
    )
  })
})
