/** ES|QL on a real engine, its forms of answers, its errors; parsing what was printed. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ElasticRefusal } from '../../src/query/elastic/refusal.ts'
import { parseEsql } from '../../src/query/esql/parse.ts'
import { printEsql } from '../../src/query/esql/print.ts'
import { docs, type ElasticRig, openElasticRig } from './elastic-rig.ts'

let rig: ElasticRig
beforeAll(async () => {
  rig = await openElasticRig()
}, 60_000)
afterAll(() => rig?.fixture.close())

const from = 'FROM logs-shop.log-default'
const count = (means: (doc: (typeof docs)[number]) => boolean) => docs.filter(means).length

async function rows(query: string, more: object = {}) {
  const called = await rig.ask('/_query', { query, ...more })
  return called.status === 200 ? called.json().values : called.json().error.reason
}

test('computes what the oracle does', async () => {
  const facts: readonly (readonly [string, unknown])[] = [
    [`${from} | STATS COUNT(*)`, [[400]]],
    [
      `${from} | WHERE log.level == "error" AND bytes > 1000 | STATS c = COUNT(*)`,
      [[count((d) => d.level === 'error' && d.bytes > 1000)]],
    ],
    [
      `${from} | WHERE user.name IN ("user1", "user2") OR host.name LIKE "*-1" ` +
        `| STATS c = COUNT(*)`,
      [[count((d) => /^user[12]$/.test(d.user) || d.host === 'node-1')]],
    ],
    [
      `${from} | WHERE NOT (kubernetes.pod.name RLIKE "redis-.") | STATS c = COUNT(*)`,
      [[count((d) => d.pod === 'nginx-0')]],
    ],
    [
      `${from} | WHERE message : "timed" | STATS c = COUNT(*)`,
      [[count((d) => d.message.includes('timed'))]],
    ],
    [
      `${from} | STATS c = COUNT(*) BY tags | SORT tags`,
      ['a', 'b', 'c'].map((tag) => [count((d) => d.tags.includes(tag)), tag]),
    ],
    [
      `${from} | EVAL big = CASE(bytes >= 1250, "big", "small") ` +
        `| STATS m = MAX(bytes), c = COUNT(*) WHERE log.level == "info" BY big | SORT big`,
      ['big', 'small'].map((size) => {
        const own = docs.filter(({ bytes }) => bytes >= 1250 === (size === 'big'))
        return [
          Math.max(...own.map(({ bytes }) => bytes)),
          own.filter(({ level }) => level === 'info').length,
          size,
        ]
      }),
    ],
    [
      `${from} | SORT @timestamp DESC | LIMIT 2 | KEEP message, @timestamp`,
      docs.slice(0, 2).map((d) => [d.message, new Date(d.time_ms).toISOString()]),
    ],
    [
      `${from} | DISSECT message "request %{n} %{?skip} %{rest}" ` +
        `| SORT @timestamp DESC | LIMIT 1 | KEEP n`,
      [['0']],
    ],
    [
      `${from} | GROK message "request %{INT:n:int} %{WORD:verb}" ` +
        `| STATS m = MAX(n), COUNT_DISTINCT(verb)`,
      [[399, 3]],
    ],
    [
      `${from} | WHERE @timestamp >= NOW() - 1 minute ` +
        `| STATS c = COUNT(*) BY b = BUCKET(@timestamp, 1 minute) | SORT b`,
      [
        [
          count((d) => d.time_ms > 1_799_999_939_999 && d.time_ms < 1_800_000_000_000),
          '2027-01-15T07:59:00.000Z',
        ],
        [1, '2027-01-15T08:00:00.000Z'],
      ],
    ],
    [
      'ROW a = 7, b = 2, s = "a;b;c" ' +
        '| EVAL q = a / b, r = a % b, d = a / 2.0, z = a / 0, p = SPLIT(s, ";") ' +
        '| MV_EXPAND p | DROP s',
      ['a', 'b', 'c'].map((p) => [7, 2, 3, 1, 3.5, null, p]),
    ],
    [
      'ROW d = "2026-11-21T10:33:21Z"::datetime ' +
        '| EVAL t = DATE_TRUNC(1 month, d), y = DATE_EXTRACT("year", d),' +
        ' f = DATE_FORMAT("yyyy/MM/dd", d), w = d + 1 day',
      [
        [
          '2026-11-21T10:33:21.000Z',
          '2026-11-01T00:00:00.000Z',
          2026,
          '2026/11/21',
          '2026-11-22T10:33:21.000Z',
        ],
      ],
    ],
    [
      'ROW x = 1 | RENAME x AS y | EVAL z = TO_STRING(y), n = null ' +
        '| EVAL m = COALESCE(n, z), l = LENGTH(CONCAT(z, "añ")), g = GREATEST(y, 5)',
      [[1, '1', null, '1', 3, 5]],
    ],
  ]
  for (const [query, expected] of facts)
    expect([query, await rows(query)]).toEqual([query, expected])
}, 60_000)

test('says what is wrong, and where', async () => {
  const facts: readonly (readonly [string, RegExp])[] = [
    [`${from} | WHERE nope == 1`, /^Found 1 problem\nline 1:36: Unknown column \[nope\]/],
    [
      `${from}\n| STATS SUM(user.name)`,
      /line 2:9: first argument of \[SUM\(user.name\)\] must be \[numeric\]/,
    ],
    [`${from} | EVAL a = user.name + 1`, /must be \[numeric\]/],
    [`${from} | WHERE bytes`, /Condition expression needs to be boolean/],
    [`${from} | STATS c = COUNT(*) BY user.name | WHERE bytes > 1`, /Unknown column \[bytes\]/],
    [`${from} | EVAL x = NOPE(1)`, /Unknown function \[nope\]/],
    [`${from} | LIMIT x`, /^line 1:36: mismatched input 'x' expecting INTEGER_LITERAL/],
    ['FROM nowhere', /no such index \[nowhere\]/],
    [`${from} | GROK message "%{NOPE:x}"`, /Unable to find pattern \[NOPE\]/],
  ]
  for (const [query, reason] of facts)
    expect([query, await rows(query)]).toEqual([query, expect.stringMatching(reason)])
}, 60_000)

test('answers in columns, text and with parameters', async () => {
  const query = 'ROW a = ?, b = ?name, c = null, d = "x,y"'
  const params = [1, { name: 'n' }]
  const columnar = (
    await rig.ask('/_query?drop_null_columns', { query, params, columnar: true })
  ).json()
  expect(columnar).toMatchObject({
    all_columns: [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }],
    columns: [{ name: 'a', type: 'integer' }, { name: 'b', type: 'keyword' }, { name: 'd' }],
    values: [[1], ['n'], ['x,y']],
  })
  expect((await rig.ask('/_query?format=csv', { query, params })).text).toBe(
    'a,b,c,d\r\n1,n,,"x,y"\r\n',
  )
  expect((await rig.ask('/_query?format=tsv', { query, params })).text).toBe(
    'a\tb\tc\td\n1\tn\t\tx,y\n',
  )
  expect((await rig.ask('/_query?format=txt', { query, params })).text).toContain('n')
  const filter = { term: { 'log.level': 'warn' } }
  expect(await rows(`${from} | STATS COUNT(*)`, { filter })).toEqual([
    [count((d) => d.level === 'warn')],
  ])
}, 30_000)

describe('text', () => {
  const name = fc.constantFrom('a', 'b.c', '@timestamp', 'weird name', 'x`y', 'where')
  const { expression } = fc.letrec<{ expression: string; atom: string }>((tie) => ({
    atom: fc.oneof(
      fc.integer({ min: -50, max: 50 }).map(String),
      fc.double({ noNaN: true, min: -9, max: 9 }).map((value) => `(${value.toFixed(2)})`),
      fc
        .string({ maxLength: 6 })
        .map((text) => JSON.stringify(text).replace(/\\u[\da-f]{4}|\\[bf]/g, '')),
      fc.constantFrom('true', 'null', '?p', '1 hour', 'now()', '[1, 2]'),
      name.map((text) =>
        /^[@\w.]+$/.test(text) && text !== 'where' ? text : `\`${text.replaceAll('`', '``')}\``,
      ),
    ),
    expression: fc.oneof(
      { maxDepth: 4 },
      tie('atom'),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('+', '-', '*', '/', '%', '==', '<', 'and', 'or'),
          tie('expression'),
        )
        .map(([a, op, b]) => `(${a}) ${op} (${b})`),
      tie('expression').map((one) => `not (${one})`),
      tie('expression').map((one) => `(${one}) is not null`),
      tie('expression').map((one) => `-(${one})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `f(${a}, ${b})::long`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) not in (${b})`),
      tie('atom').map((one) => `(${one}) like ("a*", "b")`),
    ),
  }))
  const command = fc.oneof(
    expression.map((one) => `where ${one}`),
    fc.tuple(name, expression).map(([n, one]) => `eval \`${n.replaceAll('`', '``')}\` = ${one}`),
    expression.map((one) => `stats c = f(${one}) where ${one} by ${one}`),
    expression.map((one) => `sort ${one} desc nulls first`),
    fc.constantFrom(
      'limit 5',
      'keep a*, b',
      'drop *',
      'rename a as b, c = d',
      'mv_expand a',
      'dissect a "%{x} %{y}" append_separator=","',
      'grok a "%{WORD:x}"',
    ),
  )
  const query = fc
    .tuple(
      fc.constantFrom('from logs-*,x metadata _id', 'row a = 1'),
      fc.array(command, { maxLength: 4 }),
    )
    .map(([first, rest]) => [first, ...rest].join(' | '))

  test('is the same once it was printed', () => {
    const property = fc.property(query, (text) => {
      const printed = printEsql(parseEsql(text))
      expect(printEsql(parseEsql(printed))).toBe(printed)
    })
    fc.assert(property, { numRuns: 500, seed: 3 })
  })

  test('of any kind is refused in words', () => {
    const pieces = fc.constantFrom(
      'from',
      'x',
      '|',
      'where',
      '(',
      ')',
      '"',
      '`',
      ',',
      '==',
      'stats',
      'by',
      '1',
      '.',
      '*',
      '-',
      '?',
      '/*',
      'in',
      '[',
      'é',
      '\n',
    )
    const property = fc.property(fc.array(pieces, { maxLength: 30 }), (list) => {
      try {
        parseEsql(list.join(' '))
      } catch (error) {
        expect(error).toBeInstanceOf(ElasticRefusal)
        expect((error as Error).message).toMatch(/^line \d+:\d+: /)
      }
    })
    fc.assert(property, { numRuns: 1000, seed: 5 })
    for (const deep of ['(', 'not ', '-', '[', 'f(']) {
      expect(() => parseEsql(`row a = ${deep.repeat(30_000)}`)).toThrow(ElasticRefusal)
    }
  })
})
