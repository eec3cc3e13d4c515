/** Which parts of an answer `filter_path` leaves, as Elasticsearch documents it. */
import { expect, test } from 'vitest'
import { filtered, isLike, pathFilter } from './filter-path.ts'

const answer = {
  took: 3,
  errors: true,
  items: [
    { create: { _id: 'a', status: 201 } },
    { create: { _id: 'b', status: 400, error: { type: 't', reason: 'r' } } },
  ],
  nodes: { n1: { name: 'one', http: { publish_address: 'x:1' } } },
}

test('patterns take parts of names, any depth, and leave out', () => {
  const f = (parameter: string, expected: unknown) =>
    expect(filtered(answer, pathFilter(parameter)!), parameter).toEqual(expected)
  f('took', { took: 3 })
  f('took,errors', { took: 3, errors: true })
  f('items.*.status', { items: [{ create: { status: 201 } }, { create: { status: 400 } }] })
  f('items.create.error', { items: [{ create: { error: { type: 't', reason: 'r' } } }] })
  f('items.*.error.ty*', { items: [{ create: { error: { type: 't' } } }] })
  f('**.publish_address', { nodes: { n1: { http: { publish_address: 'x:1' } } } })
  f('nodes.**.name', { nodes: { n1: { name: 'one' } } })
  f('nodes.n*.http', { nodes: { n1: { http: { publish_address: 'x:1' } } } })
  f('nothing', undefined)
  f('-items,-nodes', { took: 3, errors: true })
  f('took,items.*.*,-items.create.error,-**._id', {
    took: 3,
    items: [{ create: { status: 201 } }, { create: { status: 400 } }],
  })
  expect(pathFilter('')).toBeUndefined()
  expect(pathFilter(null)).toBeUndefined()
})

test('names from outside stay names', () => {
  const nasty = JSON.parse('{"__proto__":{"a":1},"b":2}') as object
  const kept = filtered(nasty, pathFilter('__proto__')!) as object
  expect(Object.keys(kept)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
})

test('an asterisk stands for any text', () => {
  const f = (pattern: string, text: string, expected: boolean) =>
    expect(isLike(pattern, text), `${pattern} ${text}`).toBe(expected)
  f('logs-*', 'logs-a-b', true)
  f('*', '', true)
  f('a*a', 'a', false)
  f('a*b*c', 'a-b-b-c', true)
  f('a*b*c', 'a-c-b', false)
  f('a.c', 'abc', false)
  f('*-prod', 'logs-prod', true)
  f(`${'a*'.repeat(200)}b`, 'a'.repeat(5000), false)
})
