/** What can be typed at the cursor; the bar in a text stands for the cursor. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { completionAt } from './complete.ts'
import { parse } from './parse.ts'
import { suggestions } from './suggest.ts'

const f = (text: string, shown: string) => {
  const cursor = text.indexOf('|')
  const { kind, field, prefix, from, to } = completionAt(text.replace('|', ''), cursor)
  expect(`${kind}${field === undefined ? '' : ` ${field}`} "${prefix}" ${from}-${to}`, text).toBe(
    shown,
  )
}

it('knows what is typed', () => {
  f('|', 'field "" 0-0')
  f('ser|', 'field "ser" 0-3')
  f('ser|vice', 'field "ser" 0-7')
  f('service|', 'field "service" 0-7')
  f('service |', 'operator "" 8-8')
  f('service:|', 'value service "" 8-8')
  f('service: |', 'value service "" 9-9')
  f('service:ca|', 'value service "ca" 8-10')
  f('service:ca|rt x', 'value service "ca" 8-12')
  f('service:"shopping c|art" x', 'value service "shopping c" 8-23')
  f('service:"shopping c|', 'value service "shopping c" 8-19')
  f('service:(a or b|', 'value service "b" 14-15')
  f('service:(a |', 'value service "" 11-11')
  f('service:((a or |', 'value service "" 15-15')
  f('service:(a) |', 'operator "" 12-12')
  f('service:cart |', 'operator "" 13-13')
  f('service:cart and |', 'field "" 17-17')
  f('service:cart p|', 'field "p" 13-14')
  f('not -|', 'field "-" 4-5')
  f('-p|', 'field "p" 1-2')
  f('(p|', 'field "p" 1-2')
  f('duration >= |', 'value duration "" 12-12')
  f('duration >= 2|', 'value duration "2" 12-13')
  f('k8s:{ pod.name:a|', 'value k8s.pod.name "a" 15-16')
  f('a | b', 'operator "" 2-2')
})

it('answers for any text and cursor', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, cursor) => {
      const { from, to } = completionAt(text, cursor)
      expect(from).toBeLessThanOrEqual(to)
      expect(to).toBeLessThanOrEqual(text.length)
    }),
  )
})

it('asks "did you mean" for near misses only', () => {
  const g = (text: string, ...found: string[]) =>
    expect(
      suggestions(parse(text), ['order.id']).map((item) => `${item.position} ${item.suggestion}`),
      text,
    ).toEqual(found)
  g('sevrity:error', '0 severity')
  g('a sevice:cart', '2 service')
  g('oder.id:5', '0 order.id')
  g('order.id:5')
  g('k8s.pod.name:x')
  g('http.status_code:5')
  g('completely.different:5')
  g('sevrity')
})
