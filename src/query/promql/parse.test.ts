/** Facts of parsing, printing and refusing PromQL in Prometheus's words. */
import { describe, expect, it } from 'vitest'
import { QueryError } from '../series.ts'
import { toJson } from './ast-json.ts'
import { parse, parseSelector } from './parse.ts'
import { pretty, print } from './print.ts'

function printed(query: string, expected: string): void {
  it(query, () => expect(print(parse(query))).toBe(expected))
}

function refused(query: string, expected: string): void {
  it(query.slice(0, 60), () => {
    let said = ''
    try {
      parse(query)
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
      said = error.message
      expect(error.kind).toBe('bad_data')
    }
    expect(said).toBe(expected)
  })
}

describe('prints', () => {
  printed(
    'SUM BY (a,"b.c") (x{b="c",a=~"d",}) > BOOL ON(a) GROUP_LEFT(b) y',
    'sum by (a, "b.c") (x{a=~"d",b="c"}) > bool on (a) group_left (b) y',
  )
  printed('{"m.x", a="b"}', '{__name__="m.x",a="b"}')
  printed('a + b offset 5m', 'a + b offset 5m')
  printed('-a @ 5 offset -1m', '-a @ 5.000 offset -1m')
  printed('a*b offset 5m ^ 2 + c', 'a * b offset 5m ^ 2 + c')
  printed('-1 ^ 2', '-1 ^ 2')
  printed('rate(a[300])', 'rate(a[5m])')
  printed('a[90s:1m30s] @ end()', 'a[1m30s:1m30s] @ end()')
  printed('a[5m + 1m]', 'a[5m + 1m]')
  printed('a[min_of(step(), 1h)]', 'a[min_of(step(), 1h)]')
  printed('min_of(1, 2) + max_of(2., 0x1F)', 'min_of(1, 2) + max_of(2, 31)')
  printed('topk(3,a) without (x)', 'topk without (x) (3, a)')
  printed('a + fill(0) b', 'a + fill (0) b')
  printed('a </ 5', 'a </ 5')
  printed("count_values('v\\t', a)", 'count_values("v\\t", a)')
  printed('1e6 + 1_000 + .5 + 1d', '1e+06 + 1000 + 0.5 + 1d')
  printed('rate(a[5m] smoothed)', 'rate(a[5m] smoothed)')
  printed('start + end + sum + offset_x', 'start + end + sum + offset_x')
  printed('a # why\n + b', 'a + b')
})

const wrongNumber = 'wrong number of arguments for aggregate expression provided'

describe('refuses', () => {
  refused('', 'unknown position: parse error: no expression found in input')
  refused('sum(a', '1:6: parse error: unclosed left parenthesis')
  refused('a b', '1:3: parse error: unexpected identifier "b"')
  refused('a +', '1:4: parse error: unexpected end of input')
  refused('a\n  + $', "2:5: parse error: unexpected character: '$'")
  refused('é', "1:1: parse error: unexpected character: 'é'")
  refused('"é" + ', '1:8: parse error: unexpected end of input')
  refused('a{b=1}', '1:5: parse error: unexpected number "1" in label matching, expected string')
  refused('"a', '1:1: parse error: unterminated quoted string')
  refused('a{b="c"', '1:8: parse error: unexpected end of input inside braces')
  refused('a)', '1:2: parse error: unexpected right parenthesis ")"')
  refused('foo(a)', '1:1: parse error: unknown function with name "foo"')
  refused(
    'rate(a)',
    '1:6: parse error: expected type range vector in call to function "rate", got instant vector',
  )
  refused('abs()', '1:1: parse error: expected 1 argument(s) in call to "abs", got 0')
  refused(
    'round(a, 1, 2)',
    '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3',
  )
  refused('topk(a)', `1:1: parse error: ${wrongNumber}, expected 2, got 1`)
  refused(
    'sum(1)',
    '1:5: parse error: expected type instant vector in aggregation expression, got scalar',
  )
  refused('1 == 1', '1:3: parse error: comparisons between scalars must use BOOL modifier')
  refused('a + bool b', '1:3: parse error: bool modifier can only be used on comparison operators')
  refused('a and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression')
  refused('a and on(b) group_left c', '1:1: parse error: no grouping allowed for "and" operation')
  refused('a + on(b) 1', '1:1: parse error: vector matching only allowed between instant vectors')
  refused(
    'a + on(b) group_left(b) c',
    '1:3: parse error: label "b" must not occur in ON and GROUP clause at once',
  )
  refused('{a=""}', '1:1: parse error: vector selector must contain at least one non-empty matcher')
  refused(
    '{a=~".*"}',
    '1:1: parse error: vector selector must contain at least one non-empty matcher',
  )
  refused('a{__name__="b"}', '1:1: parse error: metric name must not be set twice: "a" or "b"')
  refused('a[-5m]', '1:3: parse error: duration must be greater than 0')
  refused('(a)[5m]', '1:4: parse error: ranges only allowed for vector selectors')
  refused('a offset 1m[5m]', '1:12: parse error: no offset modifiers allowed before range')
  refused(
    'a[5m][3m:1m]',
    '1:1: parse error: subquery is only allowed on instant vector, got matrix instead',
  )
  refused('a offset 1m offset 2m', '1:1: parse error: offset may not be set multiple times')
  refused('a @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times')
  refused('rate(a[5m],)', '1:11: parse error: trailing commas not allowed in function call args')
  refused('1d3x', '1:1: parse error: bad number or duration syntax: "1d3x"')
  refused('a{b=~"("}', '1:3: parse error: error parsing regexp: missing closing ): `^(?s:()$`')
  refused('a[5m', '1:5: parse error: unclosed left bracket')
})

describe('other forms', () => {
  it('breaks long expressions up', () => {
    const long = 'a_rather_long_metric_name_that_fills_the_line{label="with a value"}'
    expect(pretty(parse(`sum by (x) (rate(${long}[5m])) / on(x) group_left ${long}`))).toBe(
      [`  sum by (x) (rate(${long}[5m]))`, '/ on (x) group_left ()', `  ${long}`].join('\n'),
    )
  })

  it('gives the JSON of parse_query', () => {
    expect(toJson(parse('sum by (x) (a{b!="c"} offset 5m)'))).toEqual({
      type: 'aggregation',
      op: 'sum',
      expr: {
        type: 'vectorSelector',
        name: 'a',
        offset: 300_000,
        matchers: [
          { name: 'b', type: '!=', value: 'c' },
          { name: '__name__', type: '=', value: 'a' },
        ],
        timestamp: null,
        startOrEnd: null,
        anchored: false,
        smoothed: false,
      },
      param: null,
      grouping: ['x'],
      without: false,
    })
  })

  it('reads selectors alone', () => {
    expect(parseSelector('a{b="c"}')).toEqual([
      { name: 'b', operator: '=', value: 'c' },
      { name: '__name__', operator: '=', value: 'a' },
    ])
    expect(() => parseSelector('a + b')).toThrow(QueryError)
    expect(() => parseSelector('a[5m]')).toThrow(QueryError)
  })
})
