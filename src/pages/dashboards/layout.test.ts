/** Where panels stand: folded rows, repeated panels and rows, and what moves down for them. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables are written so.
import { expect, test } from 'vitest'
import { chosenIn, withChosen } from './addresses.ts'
import type { PanelModel, Variable } from './contract.ts'
import { blankDashboard, newPanel, nudged, plainOptions, withCopy, withLayout } from './edit.ts'
import { differenceOf } from './editor/difference.ts'
import { applied, fieldKind, suggestionsFor } from './editor/suggest.ts'
import { standing } from './layout.ts'
import type { Chosen } from './replace.ts'
import { chosenOf, inOrder, optionsOf } from './variables.ts'

type Place = [x: number, y: number, w: number, h: number]

function panel(id: string, [x, y, w, h]: Place, more: Partial<PanelModel> = {}): PanelModel {
  return {
    ...{ id, kind: 'stat', title: id, description: '', at: { x, y, w, h }, queries: [] },
    ...{ transforms: [], options: plainOptions, is_folded: false },
    ...more,
  }
}

const chosen = (...values: string[]): Chosen => ({
  ...{ values, shown: values, is_all: false, all: '', is_multi: true },
})

function places(panels: PanelModel[], values: string[] = []): [string, ...Place][] {
  const all = standing(panels, new Map([['v', chosen(...values)]]))
  return all.map(({ key, at }) => [key, at.x, at.y, at.w, at.h])
}

test('panels stand where they are, and a folded row hides its own', () => {
  const row = (folded: boolean) => panel('r', [0, 4, 24, 1], { kind: 'row', is_folded: folded })
  const all = (folded: boolean) => [
    panel('a', [0, 0, 12, 4]),
    row(folded),
    panel('b', [0, 5, 12, 6]),
    panel('r2', [0, 11, 24, 1], { kind: 'row' }),
    panel('c', [0, 12, 12, 6]),
  ]
  expect(places(all(false)).map(([key, , y]) => [key, y])).toEqual([
    ['a', 0],
    ['r', 4],
    ['b', 5],
    ['r2', 11],
    ['c', 12],
  ])
  expect(places(all(true)).map(([key, , y]) => [key, y])).toEqual([
    ['a', 0],
    ['r', 4],
    ['r2', 5],
    ['c', 6],
  ])
})

test('a repeated panel stands once for each value, and what is below makes room', () => {
  const right = panel('a', [0, 0, 24, 4], { repeat: { variable: 'v', way: 'right', per_row: 2 } })
  expect(places([right, panel('b', [0, 4, 24, 4])], ['x', 'y', 'z'])).toEqual([
    ['a=x', 0, 0, 12, 4],
    ['a=y', 12, 0, 12, 4],
    ['a=z', 0, 4, 12, 4],
    ['b', 0, 8, 24, 4],
  ])
  const down = panel('a', [0, 0, 6, 4], { repeat: { variable: 'v', way: 'down', per_row: 4 } })
  expect(places([down, panel('b', [6, 0, 6, 4])], ['x', 'y'])).toEqual([
    ['a=x', 0, 0, 6, 4],
    ['a=y', 0, 4, 6, 4],
    ['b', 6, 0, 6, 4],
  ])
  expect(places([right], [])).toEqual([['a', 0, 0, 24, 4]])
})

test('a repeated row brings its panels, each with its own value', () => {
  const row = panel('r', [0, 0, 24, 1], {
    kind: 'row',
    repeat: { variable: 'v', way: 'down', per_row: 1 },
  })
  const all = standing([row, panel('a', [0, 1, 24, 4])], new Map([['v', chosen('x', 'y')]]))
  expect(all.map(({ key, at, own }) => [key, at.y, own.get('v')?.values])).toEqual([
    ['r=x', 0, ['x']],
    ['a/x', 1, ['x']],
    ['r=y', 5, ['y']],
    ['a/y', 6, ['y']],
  ])
})

test('changes of the grid are changes only when something moved', () => {
  const dashboard = { ...blankDashboard('x'), panels: [panel('a', [0, 0, 6, 4])] }
  expect(withLayout(dashboard, [{ i: 'a', x: 0, y: 0, w: 6, h: 4 }])).toBe(dashboard)
  const moved = withLayout(dashboard, [{ i: 'a', x: 6, y: 0, w: 6, h: 4 }])
  expect(moved.panels[0]?.at.x).toBe(6)
  const copied = withCopy(
    { ...dashboard, panels: [...dashboard.panels, panel('b', [0, 4, 6, 2])] },
    dashboard.panels[0]!,
  )
  expect(copied.panels.map(({ at }) => at.y)).toEqual([0, 8, 4])
  expect(nudged({ x: 23, y: 0, w: 1, h: 1 }, 'right', false).x).toBe(23)
  expect(nudged({ x: 0, y: 0, w: 24, h: 1 }, 'right', true).w).toBe(24)
  expect(nudged({ x: 0, y: 0, w: 2, h: 1 }, 'up', true).h).toBe(1)
})

const variable = (name: string, more: Partial<Variable> = {}): Variable => ({
  ...{ name, label: '', kind: 'query', options: [], pattern: '', sort: 'up', is_multi: false },
  ...{ has_all: false, all: '', chosen: [], is_hidden: false },
  source: { language: 'promql', of: 'values', label: name, selector: '', query: '' },
  ...more,
})

test('variables are asked for after those they need', () => {
  const source = (selector: string) => ({ ...variable('x').source!, selector })
  const pod = variable('pod', { source: source('up{ns="$ns"}') })
  const ns = variable('ns', { source: source('up{cluster="${cluster}"}') })
  const ordered = inOrder([pod, ns, variable('cluster')])
  expect(ordered.map(({ name }) => name)).toEqual(['cluster', 'ns', 'pod'])
  const circle = [variable('a', { source: source('$b') }), variable('b', { source: source('$a') })]
  expect(inOrder(circle)).toHaveLength(2)
})

test('choices are filtered, ordered and chosen', () => {
  const f = (more: Partial<Variable>, words: string[], expected: string[]) =>
    expect(optionsOf(variable('v', more), words).map(({ value }) => value)).toEqual(expected)
  f({}, ['b', 'a', 'b', ''], ['a', 'b'])
  f({ sort: 'number_down' }, ['n2', 'n10', 'n1'], ['n10', 'n2', 'n1'])
  f({ pattern: '/.*pod="([^"]+)".*/' }, ['up{pod="x"} 1', 'up{ns="y"} 1'], ['x'])
  f({ pattern: '(' }, ['a'], ['a'])
  const options = ['a', 'b'].map((value) => ({ value, shown: value }))
  const g = (more: Partial<Variable>, asked: string[] | undefined, expected: unknown) => {
    const { values, is_all } = chosenOf(variable('v', more), options, asked)
    expect([values, is_all]).toEqual(expected)
  }
  g({}, undefined, [['a'], false])
  g({ chosen: ['b'] }, undefined, [['b'], false])
  g({ chosen: ['gone'] }, undefined, [['a'], false])
  g({}, ['quiet'], [['quiet'], false])
  g({ has_all: true }, undefined, [['a', 'b'], true])
  g({ has_all: true, is_multi: true }, ['$__all'], [['a', 'b'], true])
  g({ is_multi: true }, ['a', 'b'], [['a', 'b'], false])
  g({}, ['a', 'b'], [['a'], false])
})

test('the address holds what is chosen', () => {
  const address = withChosen('/dashboards/x?from=now-1h&var-a=1', 'a', ['2', 'x&y'])
  expect(address).toBe('/dashboards/x?from=now-1h&var-a=2&var-a=x%26y')
  expect(chosenIn(address.split('?')[1] ?? '')).toEqual(new Map([['a', ['2', 'x&y']]]))
})

test('a field suggests what can be drawn of it', () => {
  const f = (name: string, detail: string, table: 'metrics' | 'logs', expected: string) =>
    expect(fieldKind({ name, detail, table }), name).toBe(expected)
  f('http_requests_total', '', 'metrics', 'counter')
  f('http_seconds_bucket', '', 'metrics', 'histogram')
  f('k8s.pod.cpu.usage', 'gauge', 'metrics', 'gauge')
  f('service', 'keyword', 'logs', 'keyword')
  f('duration_ns', '', 'logs', 'number')
  const field = { name: 'k8s.pod.cpu.usage', detail: 'gauge', table: 'metrics' as const }
  const [first] = suggestionsFor(field)
  expect(first?.query.query).toBe('{"k8s.pod.cpu.usage"}')
  const made = applied(newPanel(blankDashboard('x'), 'table', 'Table'), first!, field)
  expect([made.kind, made.title, made.queries[0]?.ref]).toEqual(['time_series', field.name, 'A'])
})

test('two versions differ by lines', () => {
  const lines = differenceOf({ a: 1, b: [1, 2, 3, 4, 5], z: 1 }, { a: 2, b: [1, 2, 3, 4, 5], z: 1 })
  expect(lines.map(({ kind, text }) => `${kind} ${text.trim()}`)).toEqual([
    'same {',
    'out "a": 1,',
    'in "a": 2,',
    'same "b": [',
    'same 1,',
    'gap …',
  ])
  expect(differenceOf({ a: 1 }, { a: 1 })).toEqual([])
})
