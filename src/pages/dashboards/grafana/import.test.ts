/** What is taken of Grafana's dashboards, panel by panel, and what is told of the rest. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables are written so.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { falco, kubernetes, oldNodes } from '../../../../test/dashboards/grafana-inputs.ts'
import { dashboardSchema, type PanelModel } from '../contract.ts'
import { readImport } from '../editor/read-import.ts'
import { importGrafana } from './import.ts'
import { colorOf, unitOf } from './units.ts'

function taken(given: unknown) {
  const result = importGrafana(given)
  if (result === undefined) throw new Error('it was not taken for a dashboard')
  const panel = (title: string): PanelModel => {
    const found = result.dashboard.panels.find((one) => one.title === title)
    if (found === undefined) throw new Error(`no panel ${title}`)
    return found
  }
  return { ...result, panel }
}

describe('dashboards of nodes, from before there was a grid', () => {
  const { dashboard, report, panel } = taken(oldNodes)

  test('spans become places', () => {
    expect(dashboard.panels.map(({ title, kind, at }) => [title, kind, at.x, at.y, at.w])).toEqual([
      ['CPU busy', 'gauge', 0, 0, 6],
      ['Cores', 'stat', 6, 0, 6],
      ['Network', 'row', 0, 4, 24],
      ['Traffic', 'time_series', 0, 5, 12],
      ['Both axes', 'time_series', 12, 5, 12],
    ])
    expect(dashboard.panels[2]?.is_folded).toBe(true)
    expect(report.panels.map(({ outcome }) => outcome)).toEqual(Array(4).fill('taken'))
  })

  test('options of singlestats and graphs are read', () => {
    expect(panel('CPU busy').options).toMatchObject({
      ...{ unit: '%', min: 0, max: 100, calc: 'last' },
      thresholds: {
        steps: [
          { from: null, color: 'ok' },
          { from: 85, color: 'warn' },
          { from: 95, color: 'bad' },
        ],
      },
      mappings: [],
    })
    expect(panel('Traffic').options).toMatchObject({
      ...{ unit: 'bit/s', min: 0, draw: 'area', stacking: 'normal', legend: 'table' },
      has_lines: true,
      overrides: [
        { by: 'name', of: 'eth0', color: 'ok' },
        { by: 'pattern', of: '/.*sent.*/', is_negative: true },
      ],
    })
    expect(panel('Both axes').options.overrides[0]).toMatchObject({ of: 'share', unit: '%' })
  })

  test('variables keep their patterns and what they need', () => {
    expect(dashboard.variables).toMatchObject([
      {
        name: 'node',
        pattern: '/([^:]+):.*/',
        source: { label: 'instance', selector: 'boot_time' },
      },
      {
        name: 'port',
        is_hidden: true,
        source: { selector: 'boot_time{instance=~"$node:(.*)", a="b,c"}', label: 'instance' },
      },
    ])
  })
})

describe('dashboards of clusters', () => {
  const { dashboard, report, panel } = taken(kubernetes)

  test('a folded row is opened, and what was below it moves down', () => {
    const places = dashboard.panels.map(({ title, at }) => [title, at.y])
    expect(places).toEqual([
      ['Overview', 0],
      ['CPU', 1],
      ['Nodes', 1],
      ['Pods of $namespace', 1],
      ['Tables', 9],
      ['Quota', 10],
      ['', 18],
      ['Latency', 21],
    ])
  })

  test('panels keep what they show and how', () => {
    expect(panel('CPU')).toMatchObject({
      kind: 'bar',
      options: { unit: '1', thresholds: { of: 'percent' } },
      transforms: [
        { kind: 'combine', fields: ['Real Linux', 'Real Windows'], calc: 'mean', as: 'Real' },
        { kind: 'organize', hidden: ['Real Linux', 'Real Windows', 'Time'] },
      ],
      queries: [{ ref: 'Real_Linux', legend: 'Real Linux' }, { ref: 'Real_Windows' }],
    })
    expect(panel('Nodes')).toMatchObject({
      queries: [{ mode: 'instant' }],
      options: {
        ...{ has_past: false, colors: 'ground', shows: 'value' },
        mappings: [
          { value: '0', shown: 'none', color: 'bad' },
          { value: 'null', shown: '-' },
          { value: 'nan', shown: '-' },
          { from: 1, to: 2, shown: 'few' },
        ],
      },
    })
    const pods = panel('Pods of $namespace')
    expect(pods).toMatchObject({
      repeat: { variable: 'namespace', way: 'right', per_row: 3 },
      queries: [{ legend: '{{pod}}', min_step: '$resolution', mode: 'range' }],
      options: { unit: 'By/s', draw: 'area', stacking: 'normal', legend: 'table' },
    })
    expect(pods.options.thresholds.steps).toEqual([])
    expect(pods.options.overrides).toEqual([
      { by: 'pattern', of: '/limit.*/', color: 'bad', is_negative: true },
    ])
    expect(panel('Quota')).toMatchObject({
      options: {
        sort: '-CPU',
        overrides: [{ by: 'name', of: 'CPU', unit: '', cell: 'bar', width_px: 120 }],
      },
      transforms: [
        { kind: 'join', field: 'pod' },
        { kind: 'organize', names: [['Value #A', 'CPU']] },
      ],
    })
    expect(panel('').options.text).toBe('## About\n[docs](https://a.b)')
  })

  test('variables of every kind', () => {
    expect(dashboard.variables).toMatchObject([
      { name: 'cluster', chosen: ['eu'], has_all: false },
      { name: 'namespace', chosen: ['$__all'], all: '.+', is_multi: true, has_all: true },
      { name: 'resolution', kind: 'interval', options: [{ value: '30s' }, {}, {}] },
      {
        name: 'kind',
        kind: 'custom',
        options: [{ shown: 'Pods', value: 'pod' }, { value: 'node' }],
      },
      { name: 'result', source: { of: 'query', query: 'topk(3, up)' } },
    ])
    expect(dashboard).toMatchObject({
      refresh: '1m',
      tags: ['kubernetes'],
      time: { from: 'now-3h' },
    })
  })

  test('what was not taken is told, with the reason', () => {
    const told = report.panels.filter(({ outcome }) => outcome !== 'taken')
    expect(
      told.map(({ title, outcome, notes }) => [title, outcome, notes.map((n) => n.code)]),
    ).toEqual([
      ['Pods of $namespace', 'partly', ['override']],
      ['Quota', 'partly', ['transform']],
      ['', 'partly', ['html']],
      ['Alerts', 'not', ['kind_none']],
    ])
    expect(report.notes.map(({ code, detail }) => `${code} ${detail}`)).toEqual([
      'variable_source datasource',
      'variable_adhoc filters',
      'annotations deploys',
    ])
  })
})

describe('dashboards of Falco', () => {
  const { report, panel } = taken(falco)

  test('every language is known by its source', () => {
    const asked = (title: string) =>
      panel(title).queries.map(({ language, query, mode }) => [language, query, mode])
    expect(asked('Events')[0]?.[0]).toBe('promql')
    expect(asked('By rule')).toEqual([['promql', 'sum by (rule) (falco_events)', 'instant']])
    expect(asked('Lines')).toEqual([['logql', '{app="falco"} |= "Notice" | json', 'range']])
    expect(asked('Priorities')[0]?.[2]).toBe('instant')
    expect(asked('Traces')).toEqual([
      ['traceql', '{ resource.service.name = "shop" && duration > 1s }', 'range'],
    ])
    expect(asked('Rules')).toEqual([
      ['search', 'priority:Critical and not rule:"x AND y"', 'range'],
    ])
    expect(panel('Rules').queries[0]).toMatchObject({
      legend: '{{rule}}',
      shape: { table: 'logs', measure: 'count', group_by: ['rule'] },
    })
    expect(asked('Documents')).toEqual([['search', '', 'range']])
  })

  test('kinds, nearest kinds and none', () => {
    expect(report.panels.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['time_series', 'taken'],
      ['table', 'taken'],
      ['logs', 'taken'],
      ['bar', 'taken'],
      ['time_series', 'taken'],
      ['logs', 'taken'],
      ['service_map', 'partly'],
      ['table', 'taken'],
      ['time_series', 'partly'],
      [undefined, 'not'],
    ])
    expect(report.panels.at(-1)?.notes).toEqual([{ code: 'source_unknown', detail: 'mysql' }])
    expect(panel('By rule').options.overrides).toMatchObject([
      { of: 'Time', is_hidden: true },
      { of: 'Value', title: 'Events', cell: 'color' },
    ])
  })
})

test('units and colours', () => {
  const f = (unit: string, expected: string) => expect(unitOf(unit), unit).toBe(expected)
  f('bytes', 'By')
  f('percentunit', '1')
  f('reqps', '{request}/s')
  f('suffix: cores', 'cores')
  f('furlongs', 'furlongs')
  const g = (color: string, expected: string | undefined) =>
    expect(colorOf(color), color).toBe(expected)
  g('semi-dark-red', 'bad')
  g('#d44a3a', 'bad')
  g('rgba(50, 172, 45, 0.97)', 'ok')
  g('rgb(237, 129, 40)', 'warn')
  g('#37872D', 'ok')
  g('#1F60C4', 'series-1')
  g('#fff', 'neutral')
  g('nonsense', undefined)
})

test('what is pasted is told apart', () => {
  const f = (text: string, expected: string) => {
    const read = readImport(text)
    expect('problem' in read ? read.problem : read.dashboard.title).toBe(expected)
  }
  f('', 'empty')
  f('{', 'json')
  f('[]', 'unknown')
  f('{"a":1}', 'unknown')
  f('{"format":1,"title":"Ours"}', 'Ours')
  f('{"format":2,"title":"Ours"}', 'own')
  f(JSON.stringify(kubernetes), 'Cluster')
})

test('anything at all gives a dashboard that can be kept, or none', () => {
  const named = fc.constantFrom(...keysOf([oldNodes, kubernetes, falco]))
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, 0, -1, 1e9, '', 'row', 'table', 'graph', 'now-1h', '$a', '{{a}}'),
      fc.string({ maxLength: 8 }),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(named, tie('any'), { maxKeys: 6 }),
    ),
  })).any
  fc.assert(
    fc.property(value, fc.array(value, { maxLength: 4 }), (extra, panels) => {
      const made = importGrafana({ title: 'x', panels, templating: { list: panels }, rows: extra })
      if (made !== undefined) dashboardSchema.parse(made.dashboard)
    }),
    { numRuns: 400, seed: 7 },
  )
})

/** All names of objects in the inputs: what a reader looks for. */
function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Array.isArray(value) ? [] : Object.keys(value)
  return [...new Set([...own, ...Object.values(value).flatMap(keysOf)])]
}
