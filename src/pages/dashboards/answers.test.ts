/** From answers to what is drawn: series on one time line, tables, single figures, heat. */
import { describe, expect, test } from 'vitest'
import type { QueryRun } from '../explore/contract.ts'
import type { PanelModel, PanelQuery, Transform } from './contract.ts'
import { heatOf } from './draw/heat.ts'
import { newQuery, plainOptions } from './edit.ts'
import { figuresOf } from './figures.ts'
import { asSeries, calculated, type Ran, seriesName, seriesOf } from './series.ts'
import { sheetOf } from './sheet.ts'
import { fieldFor, shownValue, thresholdColor } from './values.ts'

const told = { warnings: [], infos: [], capped: false, took_ms: 1 }
type Values = (number | null | 'NaN' | '+Inf' | '-Inf')[]

function ran(lines: [Record<string, string>, Values][], time_ms: number[], more = {}): Ran {
  const query: PanelQuery = { ...newQuery('A', 'promql'), ...more }
  const run: QueryRun = {
    ...{ ...told, kind: 'series', step_ms: 10, time_ms },
    labels: lines.map(([labels]) => labels),
    values: lines.map(([, values]) => values),
  }
  return { query, run }
}

const panel = (transforms: Transform[] = [], options = {}): PanelModel => ({
  ...{ id: 'p', kind: 'table', title: '', description: '', at: { x: 0, y: 0, w: 12, h: 8 } },
  ...{ queries: [], transforms, options: { ...plainOptions, ...options }, is_folded: false },
})

describe('series', () => {
  test('names', () => {
    const f = (labels: Record<string, string>, legend: string, expected: string) =>
      expect(seriesName(labels, legend, 'A')).toBe(expected)
    f({ pod: 'a', ns: 'b' }, '{{pod}} of {{ ns }}', 'a of b')
    f({ pod: 'a' }, '{{none}}', 'a')
    f({}, '{{none}}', 'A')
    f({ pod: 'a' }, '', 'a')
    f({ __name__: 'up', pod: 'a' }, '', 'up pod=a')
    f({ __name__: 'up' }, '__auto', 'up')
    f({}, '', 'A')
  })

  test('share a time line; gaps and what is no number stay gaps', () => {
    const a = ran([[{ pod: 'a' }, [1, 'NaN', 3]]], [10, 20, 30])
    const b = ran([[{ pod: 'a' }, [5, '+Inf']]], [20, 40])
    expect(seriesOf([a, b])).toEqual({
      time_ms: [10, 20, 30, 40],
      series: [
        { name: 'a', ref: 'A', labels: { pod: 'a' }, values: [1, null, 3, null] },
        { name: 'a (2)', ref: 'A', labels: { pod: 'a' }, values: [null, 5, null, null] },
      ],
    })
  })

  test('a table with times is series', () => {
    const run: QueryRun = {
      ...{ ...told, kind: 'table' },
      columns: [
        { name: 'time', type: 'time_ms' },
        { name: 'service', type: 'string' },
        { name: 'count', type: 'number' },
      ],
      values: [
        [10, 10, 20],
        ['a', 'b', 'a'],
        [1, 2, 3],
      ],
    }
    const { series, time_ms } = seriesOf([{ query: newQuery('A', 'esql'), run }])
    expect(time_ms).toEqual([10, 20])
    expect(series.map(({ name, values }) => [name, values])).toEqual([
      ['a', [1, 3]],
      ['b', [2, null]],
    ])
  })

  test('samples of one moment are series of one point', () => {
    const run: QueryRun = {
      ...{ ...told, kind: 'table' },
      columns: [
        { name: 'pod', type: 'string' },
        { name: 'ns', type: 'string' },
        { name: 'value', type: 'number' },
      ],
      values: [
        ['a', 'b'],
        ['x', ''],
        [1, 'NaN'],
      ],
    }
    expect(asSeries(run, 9)).toEqual({
      ...{ ...told, kind: 'series', step_ms: 1, time_ms: [9] },
      labels: [{ pod: 'a', ns: 'x' }, { pod: 'b' }],
      values: [[1], ['NaN']],
    })
    const rows: QueryRun = { ...run, columns: run.columns.slice(0, 2) }
    expect(asSeries(rows, 9)).toBe(rows)
  })

  test('are left out, renamed and combined', () => {
    const lines = ran(
      [
        [{ p: 'aa' }, [1]],
        [{ p: 'ab' }, [3]],
        [{ p: 'c' }, [9]],
      ],
      [10],
    )
    const f = (steps: Transform[], expected: [string, number | null][]) =>
      expect(seriesOf([lines], steps).series.map(({ name, values }) => [name, values[0]])).toEqual(
        expected,
      )
    f(
      [{ kind: 'filter_names', names: [], pattern: '^a', is_out: false }],
      [
        ['aa', 1],
        ['ab', 3],
      ],
    )
    f(
      [{ kind: 'filter_names', names: ['c'], pattern: '', is_out: true }],
      [
        ['aa', 1],
        ['ab', 3],
      ],
    )
    f(
      [{ kind: 'rename', pattern: '^a(.)', to: '$1!' }],
      [
        ['a!', 1],
        ['b!', 3],
        ['c', 9],
      ],
    )
    f(
      [
        { kind: 'combine', fields: ['aa', 'ab'], calc: 'mean', as: 'both', is_alone: false },
        { kind: 'organize', hidden: ['aa', 'ab'], names: [['c', 'other']], order: [] },
      ],
      [
        ['other', 9],
        ['both', 2],
      ],
    )
  })

  test('many values become one', () => {
    const values = [4, null, 1, 7]
    const f = (calc: Parameters<typeof calculated>[1], expected: number) =>
      expect(calculated(values, calc), calc).toBe(expected)
    f('last', 7)
    f('first', 4)
    f('mean', 4)
    f('min', 1)
    f('max', 7)
    f('sum', 12)
    f('count', 3)
    f('range', 6)
    expect([calculated([null], 'last'), calculated([], 'count')]).toEqual([null, 0])
  })
})

describe('tables', () => {
  const cpu = ran(
    [
      [{ pod: 'a' }, [1, 2]],
      [{ pod: 'b' }, [3, null]],
    ],
    [10, 20],
  )
  const memory = ran(
    [
      [{ pod: 'b' }, [30]],
      [{ pod: 'c' }, [40]],
    ],
    [20],
    { ref: 'B' },
  )
  const rows = (rans: Ran[], steps: Transform[]) => {
    const { columns, rows } = sheetOf(rans, panel(steps))
    const row = (at: number) => columns.map(({ values }) => values[at])
    return [columns.map(({ name }) => name), ...Array.from({ length: rows }, (_, at) => row(at))]
  }

  test('queries become one table by the labels they share', () => {
    expect(rows([cpu], [])).toEqual([
      ['pod', 'Value'],
      ['a', 2],
      ['b', 3],
    ])
    expect(rows([cpu, memory], [{ kind: 'merge' }])).toEqual([
      ['pod', 'Value #A', 'Value #B'],
      ['a', 2, null],
      ['b', 3, 30],
      ['c', null, 40],
    ])
    expect(rows([cpu, memory], [{ kind: 'join', field: 'pod' }])[2]).toEqual(['b', 3, 30])
  })

  test('are organized, sorted, limited, filtered, grouped and computed', () => {
    const merge: Transform = { kind: 'merge' }
    const names: Transform = {
      kind: 'organize',
      hidden: ['Value #A'],
      names: [['Value #B', 'Memory']],
      order: ['Value #B', 'pod'],
    }
    expect(rows([cpu, memory], [merge, names])[0]).toEqual(['Memory', 'pod'])
    const sort: Transform = { kind: 'sort', field: 'Value', is_down: true }
    expect(rows([cpu], [sort, { kind: 'limit', rows: 1 }])).toEqual([
      ['pod', 'Value'],
      ['b', 3],
    ])
    const above = { field: 'Value', is: 'greater' as const, value: '2' }
    const filter = { is_out: false, is_any: false, conditions: [above] }
    expect(rows([cpu], [{ kind: 'filter_rows', ...filter }])).toEqual([
      ['pod', 'Value'],
      ['b', 3],
    ])
    const share = { left: 'Value #A', operator: '/' as const, right: 'Value #B', as: 'share' }
    expect(rows([cpu, memory], [{ kind: 'calculate', ...share }])[2]).toEqual(['b', 3, 30, 0.1])
    expect(rows([cpu], [{ kind: 'group', by: [], sums: [['Value', 'sum']] }])).toEqual([
      ['Value (sum)'],
      [5],
    ])
    expect(rows([cpu], [{ kind: 'reduce', calcs: ['max', 'mean'] }])).toEqual([
      ['Field', 'max', 'mean'],
      ['a', 2, 1.5],
      ['b', 3, 3],
    ])
  })
})

test('single figures are by series, or by row', () => {
  const series = ran(
    [
      [{ pod: 'a' }, [1, 2]],
      [{ pod: 'b' }, [3, null]],
    ],
    [10, 20],
  )
  const f = (figures: ReturnType<typeof figuresOf>) =>
    figures.map(({ name, value }) => [name, value])
  expect(f(figuresOf([series], panel([], { calc: 'sum' })))).toEqual([
    ['a', 3],
    ['b', 3],
  ])
  const run: QueryRun = {
    ...{
      ...told,
      kind: 'table',
      values: [
        ['x', 'y'],
        [1, 2],
      ],
    },
    columns: [
      { name: 'service', type: 'string' },
      { name: 'count', type: 'number' },
    ],
  }
  expect(f(figuresOf([{ query: newQuery('A', 'search'), run }], panel()))).toEqual([
    ['x', 1],
    ['y', 2],
  ])
})

test('buckets that hold all below them are taken apart', () => {
  const bucket = (le: string, value: number): [Record<string, string>, Values] => [{ le }, [value]]
  const rans = [ran([bucket('+Inf', 9), bucket('0.1', 2), bucket('1', 7)], [10])]
  const heat = heatOf(seriesOf(rans), panel([], { unit: 's' }))
  expect(heat.rows.map(({ name, values }) => [name, values[0]])).toEqual([
    ['∞', 2],
    ['≤ 1 s', 5],
    ['≤ 100 ms', 2],
  ])
})

test('values read by mappings, thresholds, units and overrides', () => {
  const options = {
    ...plainOptions,
    unit: 's',
    thresholds: {
      of: 'value' as const,
      steps: [
        { from: null, color: 'ok' as const },
        { from: 2, color: 'bad' as const },
      ],
    },
    mappings: [
      { value: '0', shown: 'down', color: 'bad' as const },
      { value: 'null', shown: '?' },
    ],
    overrides: [{ by: 'pattern' as const, of: '/mem/i', unit: 'By', decimals: 0 }],
  }
  const f = (name: string, value: number | null, text: string, color?: string) =>
    expect(shownValue(value, fieldFor(options, { name }))).toEqual({ text, color })
  f('cpu', 0, 'down', 'bad')
  f('cpu', 1.5, '1.5 s', 'ok')
  f('cpu', 3, '3 s', 'bad')
  f('cpu', null, '?')
  f('Memory', 1536, '2 KiB', 'bad')
  f('cpu', Number.NaN, 'NaN')
  const percent = { ...options, thresholds: { ...options.thresholds, of: 'percent' as const } }
  expect(thresholdColor(0.5, { ...percent, min: 0, max: 1 })).toBe('bad')
})
