/** Search parameters: what is written is read back, defaults stay out of the address. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flag, list, number, oneOf, readShape, text, writeShape } from './codec.ts'

const shape = {
  search: text(''),
  rows: number(100),
  live: flag(false),
  sort: oneOf(['newest', 'oldest'], 'newest'),
  columns: list(['time']),
}

test('any values survive the address', () => {
  const values = fc.record({
    search: fc.string(),
    rows: fc.integer(),
    live: fc.boolean(),
    sort: fc.constantFrom('newest' as const, 'oldest' as const),
    columns: fc.array(fc.string({ minLength: 1 })),
  })
  fc.assert(
    fc.property(values, (wanted) => {
      const written = writeShape(shape, new URLSearchParams('from=now-1h'), wanted)
      expect(written.get('from')).toBe('now-1h')
      expect(readShape(shape, new URLSearchParams(written.toString()))).toEqual(wanted)
    }),
  )
})

test('defaults and undefined remove their parameter; nonsense reads as the default', () => {
  const query = new URLSearchParams('search=a&rows=5&live=1')
  const written = writeShape(shape, query, { search: '', rows: undefined, live: false })
  expect(written.toString()).toBe('')
  const read = readShape(shape, new URLSearchParams('rows=many&sort=up&columns=%25zz'))
  expect(read).toMatchObject({ rows: 100, sort: 'newest', columns: ['%zz'] })
})
