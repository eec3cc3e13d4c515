/** Templates as a table of facts, and that ids are equal exactly when printed templates are. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { templateOf } from '../model/template.ts'
import { templateIdOf } from './template.ts'

describe('templateOf', () => {
  const f = (body: string, template: string): void => {
    test(body, () => expect(templateOf(body)).toBe(template))
  }
  f('', '')
  f('started', 'started')
  f('user 17 logged in from 10.0.0.1', 'user <*> logged in from <*>')
  f('GET /api/v1/users/17?page=3 200', 'GET /api/<*>/users/<*>?page=<*> <*>')
  f('order=8f14e45f total=12.50EUR', 'order=<*> total=<*>')
  f('id deadbeef and cafe', 'id <*> and cafe')
  f('msg="payment failed" retry=2', 'msg="payment failed" retry=<*>')
  f('[2026-11-21T12:00:00.123Z] ok', '[<*>:<*>:<*>] ok')
  f('заказ 17 принят', 'заказ <*> принят')
})

test('lines of one statement share an id', () => {
  const id = templateIdOf('user 17 logged in from 10.0.0.1')
  expect(templateIdOf('user 9 logged in from 10.0.0.2')).toBe(id)
  expect(templateIdOf('user 9 logged out from 10.0.0.2')).not.toBe(id)
})

test('ids are equal exactly when templates are', () => {
  const word = fc.constantFrom(
    'user',
    'got',
    '17',
    '4',
    'deadbeef',
    '0x1f',
    '<*>',
    'é',
    '=',
    '"',
    '',
  )
  const body = fc.array(word, { maxLength: 60 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(body, body, fc.boolean(), (a, b, isNear) => {
      const other = isNear ? a.replace(/17/g, '4').replace('user', 'got') : b
      expect(templateIdOf(a) === templateIdOf(other)).toBe(templateOf(a) === templateOf(other))
    }),
    { numRuns: 2000 },
  )
})
