/** What rows, files, addresses and places in queries are made of: tables of facts. */
import { describe, expect, it } from 'vitest'
import { savedPart } from './address.ts'
import { chartAsk, chartShape, isCharted } from './asks.ts'
import type { QueryRun, SeriesRun, TableRun } from './contract.ts'
import { csvCell, csvOf, jsonOf } from './export.ts'
import { unitOf } from './field-units.ts'
import { placeAt, type WrittenLanguage } from './query-place.ts'
import { entriesOf, exploreRows, fieldOf, flatTable, linesOf, seriesName } from './rows.ts'

const told = { warnings: [], infos: [], capped: false, took_ms: 1 }
const time_ms = Date.UTC(2026, 10, 21, 10)

describe('cells of CSV', () => {
  const f = (value: unknown, expected: string) =>
    it(JSON.stringify(value) ?? 'undefined', () => expect(csvCell(value)).toBe(expected))
  f('plain', 'plain')
  f('a,b', '"a,b"')
  f('say "x"', '"say ""x"""')
  f('two\nlines', '"two\nlines"')
  f('=1+1', "'=1+1")
  f('=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`)
  f('+1', "'+1")
  f('-1', "'-1")
  f('@SUM(A1)', "'@SUM(A1)")
  f('\t=1', "'\t=1")
  f('\r=1', `"'\r=1"`)
  f(-1, '-1')
  f(1.5, '1.5')
  f(null, '')
  f(undefined, '')
  f(true, 'true')
  f({ a: '=1' }, '"{""a"":""=1""}"')
  f(['-x'], '"[""-x""]"')
})

it('writes times as people and spreadsheets read them, and guards titles too', () => {
  const table = {
    columns: [
      { name: 'time', type: 'time_ms' as const },
      { name: '=cmd', type: 'string' as const },
    ],
    rows: [
      [time_ms, 'a'],
      [null, '__proto__'],
    ],
  }
  expect(csvOf(table)).toBe("time,'=cmd\r\n2026-11-21T10:00:00.000Z,a\r\n,__proto__\r\n")
  const hostile = { columns: [{ name: '__proto__', type: 'string' as const }], rows: [['x']] }
  expect(jsonOf(hostile)).toBe('[\n  {\n    "__proto__": "x"\n  }\n]\n')
})

describe('rows', () => {
  const run: TableRun = {
    ...told,
    kind: 'table',
    columns: [
      { name: 'time', type: 'time_ms' },
      { name: 'service', type: 'string' },
      { name: 'attributes', type: 'json' },
    ],
    values: [
      [time_ms, time_ms, time_ms],
      ['a', 'a', 'b'],
      [{ 'x.y': '1' }, { 'x.y': '1' }, {}],
    ],
  }
  const rows = exploreRows(run)
  it('have ids that stay, and are one each', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3)
    expect(exploreRows(run).map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
  })
  it('say what they hold, attributes by their names', () => {
    expect(entriesOf(rows[0]!)).toEqual([
      ['time', '2026-11-21T10:00:00.000Z'],
      ['service', 'a'],
      ['x.y', '1'],
    ])
    expect(fieldOf(rows[0]!, 'x.y')).toBe('1')
    expect(fieldOf(rows[2]!, 'toString')).toBeUndefined()
  })
})

describe('names of series', () => {
  const f = (labels: Record<string, string>, expected: string) =>
    it(expected || 'no labels', () => expect(seriesName(labels)).toBe(expected))
  f({}, '')
  f({ service: 'cart' }, 'cart')
  f({ service: 'cart', severity: 'error' }, 'cart, error')
  f({ __name__: 'up' }, 'up')
  f({ __name__: 'up', job: 'x' }, 'up{job="x"}')
  f({ a: '1', b: '2', c: '3' }, '{a="1", b="2", c="3"}')
})

describe('any answer as a table', () => {
  const f = (run: QueryRun, names: string[], ...rows: unknown[][]) =>
    it(run.kind, () => {
      const table = flatTable(run)
      expect(table.columns.map(({ name }) => name)).toEqual(names)
      expect(table.rows).toEqual(rows)
    })
  const series: SeriesRun = {
    ...told,
    kind: 'series',
    step_ms: 1,
    time_ms: [1, 2],
    labels: [{ a: 'x' }, {}],
    values: [
      [5, null],
      ['NaN', 7],
    ],
  }
  f(series, ['time', 'a', 'value'], [1, 'x', 5], [1, '', 'NaN'], [2, '', 7])
  const lines = { time_ns: [`${time_ms}000001`], severity: ['warn'], body: ['b'] }
  const line = [time_ms, 'warn', 'b', 'cart']
  const names = ['time', 'severity', 'body', 'service']
  f({ ...told, kind: 'logs', ...lines, labels: [{ service: 'cart' }] }, names, line)
  const trace = { root_service: ['s'], root_name: ['n'], duration_ms: [3], spans: [2], errors: [1] }
  f(
    { ...told, kind: 'traces', trace_id: ['ab'], time_ms: [9], ...trace },
    ['time', 'trace_id', 'root_service', 'root_name', 'duration_ms', 'spans', 'errors'],
    [9, 'ab', 's', 'n', 3, 2, 1],
  )
})

it('draws a table over time where it is one', () => {
  const columns: TableRun['columns'] = [
    { name: 'rows', type: 'number' },
    { name: 'bucket', type: 'time_ms' },
    { name: 'service', type: 'string' },
  ]
  const values = [
    [1, 2, 3],
    [20, 10, 20],
    ['a', 'a', 'b'],
  ]
  expect(linesOf({ ...told, kind: 'table', columns, values })).toMatchObject({
    time_ms: [10, 20],
    labels: [{ name: 'a' }, { name: 'b' }],
    values: [
      [2, 1],
      [null, 3],
    ],
  })
  const untimed = columns.filter(({ type }) => type !== 'time_ms')
  expect(linesOf({ ...told, kind: 'table', columns: untimed, values: [[1], ['a']] })).toBe(
    undefined,
  )
})

describe('what the chart asks', () => {
  const url = {
    ...{ language: 'search' as const, table: 'logs' as const, query: '', measure: '' as const },
    ...{ field: '', group_by: [], columns: [], chart: 'time' as const, view: 'result' as const },
    ...{ open: '', saved: false },
  }
  const range = { from_ms: 0, to_ms: 1 }
  it('counts rows by what tells most, until something is chosen', () => {
    expect(isCharted(url)).toBe(false)
    expect(chartShape(url)).toEqual({ table: 'logs', measure: 'count', group_by: ['severity'] })
    expect(chartAsk({ ...url, chart: 'top' }, range).mode).toBe('range')
  })
  it('asks for top values at once', () => {
    const top = { ...url, chart: 'top' as const, measure: 'p95' as const, field: 'duration' }
    expect(chartAsk(top, range)).toMatchObject({
      mode: 'instant',
      shape: { measure: 'p95', field: 'duration', group_by: [] },
    })
    expect(unitOf({ table: 'spans', measure: 'p95', field: 'duration', group_by: [] })).toBe('ns')
    expect(unitOf({ table: 'spans', measure: 'count', group_by: [] })).toBe('count')
  })
  it('keeps of an address what shows the same search', () => {
    const all = '?from=now-1h&table=spans&query=a%3Ab&open=x&saved=1&cluster=eu&chart=top'
    expect(savedPart(all)).toBe('table=spans&query=a%3Ab&chart=top')
  })
})

describe('places in queries', () => {
  const f = (language: WrittenLanguage, text: string, expected: object) =>
    it(`${language} ${text}`, () => {
      const cursor = text.indexOf('▮')
      expect(placeAt(language, text.replace('▮', ''), cursor)).toMatchObject(expected)
    })
  f('promql', 'ra▮', { of: 'metrics', typed: 'ra', from: 0 })
  f('promql', 'sum by (po▮) (up)', { of: 'labels', typed: 'po' })
  f('promql', 'up{jo▮}', { of: 'labels', typed: 'jo', selector: 'up{}' })
  f('promql', 'up{job="a", in▮', { of: 'labels', typed: 'in', selector: 'up{job="a"}' })
  f('promql', 'up{job="▮"}', { of: 'values', label: 'job', typed: '', selector: 'up{}' })
  f('promql', 'up{a="}", job=~"x▮', { of: 'values', label: 'job', typed: 'x' })
  f('promql', 'up{job="a"} + le▮', { of: 'metrics', typed: 'le' })
  f('logql', '{app="x"} |= "er▮', { of: 'labels' })
  f('logql', '{app="ca▮', { of: 'values', label: 'app', typed: 'ca' })
  f('traceql', '{ resource.service.name = "ca▮', {
    ...{ of: 'values', label: 'resource.service.name', typed: 'ca', selector: '' },
  })
  f('traceql', '{ span.ht▮', { of: 'labels', typed: 'span.ht' })
  f('esql', 'FROM logs-* | WHERE serv▮', { of: 'labels', typed: 'serv', selector: 'logs-*' })
  f('esql', '▮', { of: 'labels', typed: '', selector: '' })
})
