/** Clicks on values and chips, as edits of the text. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type FilterEdit,
  filtersOf,
  withFilter,
  withoutFilter,
  withoutListedFilter,
} from './filters.ts'
import { parse } from './parse.ts'
import { print } from './print.ts'

const service: FilterEdit = { field: 'service', value: 'cart' }
const not: FilterEdit = { ...service, negate: true }

it('adds conditions', () => {
  const f = (text: string, edit: FilterEdit, edited: string) =>
    expect(withFilter(text, edit)).toBe(edited)
  f('', service, 'service:cart')
  f(' timeout ', service, 'timeout and service:cart')
  f('timeout  refused', service, 'timeout  refused and service:cart')
  f('a or b', service, '(a or b) and service:cart')
  f('pod:(a or b)', service, 'pod:(a or b) and service:cart')
  f('service:cart', service, 'service:cart')
  f('service:"cart" x', service, 'service:"cart" x')
  f('service:cart x', not, 'x and not service:cart')
  f('-service:cart', service, 'service:cart')
  f('not x', service, 'not x and service:cart')
  f('', { field: 'a b', value: 'say "x" \\ and\n' }, '"a b":"say \\"x\\" \\\\ and\\n"')
  f('', { field: 'pod', value: 'a*' }, 'pod:"a*"')
  f('', { field: 'code', value: 500 }, 'code:500')
  f('', { field: 'code', value: -5 }, 'code:"-5"')
  f('', { field: 'pod', negate: true }, 'not pod:*')
})

it('removes conditions, whichever way round', () => {
  const f = (text: string, edit: FilterEdit, edited: string) =>
    expect(withoutFilter(text, edit)).toBe(edited)
  f('service:cart', service, '')
  f('x and not service:cart', service, 'x')
  f('service:cart (a or b) y', service, '(a or b) and y')
  f('service:cart or x', service, 'service:cart or x')
  f('service:carts   x', service, 'service:carts   x')
})

it('lists chips, and removes each', () => {
  const text = 'service:cart not pod:a* duration >= 5s user:* timeout (a or b)'
  const filters = filtersOf(text)
  expect(
    filters.map(({ field, operator, value, negate, pattern }) => [
      field,
      operator,
      value,
      negate,
      pattern,
    ]),
  ).toEqual([
    ['service', ':', 'cart', false, false],
    ['pod', ':', 'a*', true, true],
    ['duration', '>=', '5s', false, false],
    ['user', ':', undefined, false, false],
  ])
  expect(filters.reduce(withoutListedFilter, text)).toBe('timeout and (a or b)')
})

it('finds again what it added, whatever the field and value', () => {
  const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
  const field = word.filter((name) => !name.includes('*'))
  fc.assert(
    fc.property(
      field,
      word,
      fc.boolean(),
      fc.constantFrom('', 'a or b', 'x'),
      (name, value, negate, base) => {
        const text = withFilter(base, { field: name, value, negate })
        expect(filtersOf(text)).toContainEqual({
          field: name,
          value,
          negate,
          operator: ':',
          pattern: false,
        })
        expect(withoutFilter(text, { field: name, value })).toBe(print(parse(base)))
      },
    ),
  )
})
