/** That searches are answered from indexes, not only rightly: what the engine plans for each. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../test/store/fixture-store.ts'
import { parse } from '../model/search/parse.ts'
import { sql } from './sql.ts'
import { where } from './where.ts'

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  const time = Date.UTC(2026, 10, 21, 10)
  const row = (number: number) => ({
    time: time + number,
    body:
      number % 1000 === 7 ? `Connection refused by 10.0.0.${number % 30}` : `GET /cart ${number}`,
    trace_id: `${number}`.padStart(32, '0'),
    attributes: { 'http.route': `/cart/${number % 500}`, 'a=b': 'c' },
  })
  await fixture.add(
    'logs',
    Array.from({ length: 20_000 }, (_, number) => row(number)),
  )
})
afterAll(() => fixture.close())

async function planOf(text: string): Promise<string> {
  const condition = where(parse(text), 'logs')
  const lines = await fixture.store.rows<{ explain: string }>(
    sql`SELECT explain FROM (EXPLAIN actions = 1, indexes = 1
      SELECT count() FROM logs WHERE ${condition})`,
  )
  return lines.map(({ explain }) => explain).join('\n')
}

/** Rows of the answer without reading what the index replaces. */
const f = (text: string, rows: number, ...planned: string[]) =>
  it(text, async () => {
    const [answer] = await fixture.store.rows<{ rows: string }>(
      sql`SELECT count() AS rows FROM logs WHERE ${where(parse(text), 'logs')}`,
    )
    expect(Number(answer!.rows)).toBe(rows)
    const plan = await planOf(text)
    for (const part of planned) expect(plan).toContain(part)
  })

const bodyIndex = '__text_index_body_words'
const itemIndex = '__text_index_attribute_items_text'
f('REFUSED', 20, bodyIndex)
f('refused connection', 20, bodyIndex)
f('refused or cart', 20_000, bodyIndex)
f('not refused', 19_980, bodyIndex)
f('"connection refused"', 20, bodyIndex)
f('attributes.http.route:"/cart/7"', 40, itemIndex)
f('http.route:"/cart/7"', 40, itemIndex)
f('a:"b=c"', 0, itemIndex)
f('"a=b":c', 20_000, itemIndex)
f(`trace_id:${'1234'.padStart(32, '0')}`, 1, 'trace_id_bloom')
// Words with digits are not in the index: found all the same, by reading.
f('10.0.0.7', 7)
f('1234', 1)
