/** Search text against what it means, written as a short term; and that printing it comes back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fault } from '../faults.ts'
import { parse } from './parse.ts'
import { print } from './print.ts'
import type { SearchTree } from './tree.ts'

/** The tree on one line: pieces are joined by ⋆ so that a star typed with a backslash differs. */
function show(tree: SearchTree): string {
  switch (tree.tag) {
    case 'all':
      return 'ALL'
    case 'text':
      return `'${tree.value.join('⋆')}'`
    case 'exists':
      return `${tree.field}?`
    case 'compare':
      return `${tree.field}${tree.operator}${tree.value.join('⋆')}`
    case 'not':
      return `NOT ${show(tree.part)}`
    default:
      return `${tree.tag.toUpperCase()}[${tree.parts.map(show).join(', ')}]`
  }
}

const f = (text: string, shown: string) => {
  const tree = parse(text)
  expect(show(tree), text).toBe(shown)
  expect(show(parse(print(tree))), `${text} printed as ${print(tree)}`).toBe(shown)
}

const refuse = (text: string, position: number, expected: string) => {
  const fault = faultOf(text)
  expect(fault.code, text).toBe('search_syntax')
  expect(fault.details, text).toMatchObject({ position, expected })
  expect(fault.answer().do.length).toBeGreaterThan(10)
}

function faultOf(text: string): Fault {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error(`parsed: ${text}`)
}

describe('parse', () => {
  it('reads terms', () => {
    f('', 'ALL')
    f('   ', 'ALL')
    f('*', 'ALL')
    f('*:*', 'ALL')
    f('timeout', "'timeout'")
    f('"connection refused"', "'connection refused'")
    f('time*', "'time⋆'")
    f('/api/v1/cart', "'/api/v1/cart'")
    f('http://shop:80/cart', "'http://shop:80/cart'")
    f('service:cart', 'service:cart')
    f('service : cart', 'service:cart')
    f('service:"shopping cart"', 'service:shopping cart')
    f('pod:api*', 'pod:api⋆')
    f('pod:*-7d9*x', 'pod:⋆-7d9⋆x')
    f('pod:*', 'pod?')
    f('pod:""', 'pod:')
    f('time:2026-11-21T10:00:00Z', 'time:2026-11-21T10:00:00Z')
    f('user:system:serviceaccount:shop:cart', 'user:system:serviceaccount:shop:cart')
    f('"my field":x', 'my field:x')
    f('kubernetes.*:cart', 'kubernetes.*:cart')
    f('서비스:장바구니 오류', "AND[서비스:장바구니, '오류']")
  })

  it('reads ranges', () => {
    f('duration >= 200ms', 'duration>=200ms')
    f('duration>200ms', 'duration>200ms')
    f('http.response.status_code >= 500', 'http.response.status_code>=500')
    f('status_code:>=500', 'status_code>=500')
    f('time > now-15m', 'time>now-15m')
    f('temperature < -5', 'temperature<-5')
    f('code:(>=400 and <500)', 'AND[code>=400, code<500]')
  })

  it('joins terms', () => {
    f('a b', "AND['a', 'b']")
    f('a and b AND c', "AND['a', 'b', 'c']")
    f('a or b c', "OR['a', AND['b', 'c']]")
    f('(a or b) c', "AND[OR['a', 'b'], 'c']")
    f('not a b', "AND[NOT 'a', 'b']")
    f('not (a b)', "NOT AND['a', 'b']")
    f('NOT not a', "NOT NOT 'a'")
    f('-pod:x -"y z" -(a b)', "AND[NOT pod:x, NOT 'y z', NOT AND['a', 'b']]")
    f('a - b', "AND['a', '-', 'b']")
    f('a-b', "'a-b'")
    f('x:-5', 'x:-5')
    f('foo(bar)', "AND['foo', 'bar']")
  })

  it('reads lists of values', () => {
    f('pod:(a or b)', 'OR[pod:a, pod:b]')
    f('pod:(a b)', 'OR[pod:a, pod:b]')
    f('pod:(a* and not b)', 'AND[pod:a⋆, NOT pod:b]')
    f('pod:((a or b) and c:d)', 'AND[OR[pod:a, pod:b], pod:c:d]')
    f('pod:(a or b) x', "AND[OR[pod:a, pod:b], 'x']")
    f('not pod:(a or "b c")', 'NOT OR[pod:a, pod:b c]')
  })

  it('reads braces as a prefix', () => {
    f('k8s:{ pod.name:a and node.name:b }', 'AND[k8s.pod.name:a, k8s.node.name:b]')
    f('a:{ b:{ c:1 } } d:2', 'AND[a.b.c:1, d:2]')
    f('items:{ banana }', 'items:banana')
  })

  it('resolves escapes', () => {
    f('a\\:b', "'a:b'")
    f('field:a\\*b', 'field:a*b')
    f('field:a\\*b*', 'field:a*b⋆')
    f('"say \\"hi\\""', `'say "hi"'`)
    f('\\and', "'and'")
    f('"or"', "'or'")
    f('field:"not"', 'field:not')
    f('C\\:\\Windows', "'C:\\Windows'")
    f('x:a\\ b*', 'x:a b⋆')
    f('x:\\u0041', 'x:A')
    f('x:"a\\nb"', 'x:a\nb')
    f('\\-a', "'-a'")
    f('x\\\\y', "'x\\y'")
    f('x\\', "'x\\'")
  })

  it('says where and what is wrong', () => {
    refuse('service:', 8, 'a value')
    refuse('service: and x', 9, 'a value')
    refuse('(a', 2, '")"')
    refuse('a)', 1, 'the end of the search')
    refuse('a and', 5, 'a field, a word or "("')
    refuse('or a', 0, 'a field, a word or "("')
    refuse('"open', 5, 'a closing quote (")')
    refuse('x:"open', 7, 'a closing quote (")')
    refuse('()', 1, 'a field, a word or "("')
    refuse(':a', 0, 'a field, a word or "("')
    refuse('"":a', 0, 'a field')
    refuse('duration > 2*', 11, 'a value without wildcards')
    refuse('code:[400 TO 499]', 5, 'a value')
    refuse('a <nil>', 6, 'the end of the search')
    expect(faultOf('code:[400 TO 499]').answer().do).toBe('Write code >= 400 and code <= 499.')
  })

  it('bounds length, depth and the number of conditions', () => {
    expect(faultOf('a'.repeat(4097)).details.expected).toBe('at most 4096 characters')
    expect(faultOf('('.repeat(100)).details.expected).toBe('at most 64 levels')
    expect(faultOf('not '.repeat(100)).details.expected).toBe('at most 64 levels')
    expect(faultOf('-'.repeat(100).concat('a')).details.expected).toBe('at most 64 levels')
    expect(faultOf('*a'.repeat(20)).details.expected).toBe('at most 16 wildcards in a word')
    expect(faultOf(`x:${'*a'.repeat(20)}`).details.got).toBe('20')
    expect(faultOf('a '.repeat(200)).details.expected).toBe('at most 128 conditions')
    expect(faultOf(`x:(${'a '.repeat(200)})`).details.expected).toBe('at most 128 conditions')
    expect(show(parse(`${'('.repeat(60)}a${')'.repeat(60)}`))).toBe("'a'")
  })
})

/** Text made of the language's own parts, which finds more than plain random text. */
const parts = [
  ...['a', 'b', 'service', 'and', 'or', 'not', 'AND', ':', ':', '(', ')', '{', '}', '"', '\\'],
  ...['*', '-', '<', '>=', ' ', ' ', '\n', '\u00a0', 'é', '😀', '\ud800', '200ms', '[', ']', 'to'],
]
const anyText = fc.oneof(
  fc.array(fc.constantFrom(...parts), { maxLength: 25 }).map((words) => words.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

describe('any text', () => {
  it('parses or is refused with a position inside it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          parse(text)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          expect(error.code).toBe('search_syntax')
          expect(error.details.position).toBeGreaterThanOrEqual(0)
          expect(error.details.position).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('means the same when it is printed', () => {
    let parsed = 0
    fc.assert(
      fc.property(anyText, (text) => {
        let tree: SearchTree
        try {
          tree = parse(text)
        } catch {
          return
        }
        parsed++
        expect(show(parse(print(tree))), print(tree)).toBe(show(tree))
      }),
      { numRuns: 5000 },
    )
    expect(parsed).toBeGreaterThan(500)
  })
})
