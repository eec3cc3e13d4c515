/** Literals as text; their way through the engine is proven in store.test.ts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Hole, sql } from './sql.ts'

const f = (hole: Hole, text: string) =>
  it(`${typeof hole} ${text}`, () => expect(sql`${hole}`.text).toBe(text))

describe('holes become literals', () => {
  f('plain', "'plain'")
  f('', "''")
  f("it's", "'it\\'s'")
  f('a\\', "'a\\\\'")
  f("\\' OR 1 --", "'\\\\\\' OR 1 --'")
  f('a\0b\nc\rd\te\bf\fg', "'a\\0b\\nc\\rd\\te\\bf\\fg'")
  f('\ud800x', "'\ufffdx'")
  f(5, '5')
  f(-5, '(-5)')
  f(-0, '(0)')
  f(1.5, '1.5')
  f(1e21, '1e+21')
  f(2 ** 60, '1152921504606847000.')
  f(-(2n ** 63n), '(-9223372036854775808)')
  f(2n ** 64n - 1n, '18446744073709551615')
  f(true, 'true')
  f(null, 'NULL')
  f(['a', 1, null], "('a', 1, NULL)")
  f([], '(NULL)')
  f(sql`count() > ${3}`, 'count() > 3')
  f(sql.identifier('events.name'), '`events.name`')
  f(sql.identifier('a`; DROP TABLE logs'), '`a\\`; DROP TABLE logs`')
  f(sql.join([sql`a`, sql`b`]), 'a, b')
  f(sql.all([]), 'true')
  f(sql.all([sql`a OR b`, sql`c`]), '(a OR b) AND (c)')
  f(sql.hexId('00ff00ff00ff00ff', 8), "toFixedString(unhex('00ff00ff00ff00ff'), 8)")
})

describe('what has no literal is refused', () => {
  const refused = (make: () => unknown) => expect(make).toThrow(TypeError)
  it('not finite', () => refused(() => sql`${Number.NaN}`))
  it('infinite', () => refused(() => sql`${Number.POSITIVE_INFINITY}`))
  it('too large', () => refused(() => sql`${2n ** 64n}`))
  it('undefined', () => refused(() => sql`${undefined as never}`))
  it('an object that looks like Sql', () => refused(() => sql`${{ text: '1' } as never}`))
  it('an id of the wrong length', () => refused(() => sql.hexId('ff', 8)))
  it('an id that is not hex', () => refused(() => sql.hexId("ff'ff00ff00ff00f", 8)))
  it('a separator that is SQL', () => refused(() => sql.join([], '; DROP TABLE logs;')))
  it('an empty identifier', () => refused(() => sql.identifier('')))
})

it('a string literal ends only where it should', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inside = sql`${text}`.text.slice(1, -1)
      expect(inside.replace(/\\./g, '')).not.toMatch(/['\\]/)
    }),
  )
})
