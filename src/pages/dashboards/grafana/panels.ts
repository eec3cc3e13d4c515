/** One of Grafana's panels as one of ours, with what of it was not taken. */
import type { PanelKind, PanelModel, PanelOptions, PanelQuery, Thresholds } from '../contract.ts'
import { calcOf, fieldOf, legendShown, overridesOf } from './fields.ts'
import { graphOptions, oldTableOptions, type Partly, singlestatOptions } from './old-fields.ts'
import { type Json, listOf, numberOf, objectOf, objectsOf, textOf, told } from './read.ts'
import { type Note, outcomeOf, type PanelReport } from './report.ts'
import type { Sources } from './sources.ts'
import { targetsOf } from './targets.ts'
import { legendOf } from './targets-legend.ts'
import { transformsOf } from './transformations.ts'

type Drawn = { kind: PanelKind; near?: true }

const kinds: Readonly<Record<string, Drawn>> = {
  ...{ timeseries: { kind: 'time_series' }, graph: { kind: 'time_series' } },
  ...{ stat: { kind: 'stat' }, gauge: { kind: 'gauge' }, bargauge: { kind: 'bar' } },
  ...{ singlestat: { kind: 'stat' }, 'grafana-singlestat-panel': { kind: 'stat' } },
  ...{ barchart: { kind: 'bar' }, piechart: { kind: 'bar' } },
  'grafana-piechart-panel': { kind: 'bar' },
  ...{ table: { kind: 'table' }, 'table-old': { kind: 'table' }, traces: { kind: 'table' } },
  ...{ heatmap: { kind: 'heatmap' }, 'heatmap-new': { kind: 'heatmap' } },
  ...{ logs: { kind: 'logs' }, text: { kind: 'markdown' }, row: { kind: 'row' } },
  ...{ trend: { kind: 'time_series', near: true }, histogram: { kind: 'bar', near: true } },
  'state-timeline': { kind: 'heatmap', near: true },
  'status-history': { kind: 'heatmap', near: true },
  'natel-discrete-panel': { kind: 'heatmap', near: true },
  'flant-statusmap-panel': { kind: 'heatmap', near: true },
  'grafana-polystat-panel': { kind: 'waffle', near: true },
  'vonage-status-panel': { kind: 'waffle', near: true },
  nodeGraph: { kind: 'service_map', near: true },
}

/** They show what is not in any query: lists of dashboards and alerts, news, pictures. */
const without = ['alertlist', 'dashlist', 'news', 'annolist', 'pluginlist', 'welcome', 'geomap']
  .concat(['gettingstarted', 'canvas', 'candlestick', 'flamegraph', 'xychart', 'debug'])
  .concat(['grafana-worldmap-panel', 'jdbranham-diagram-panel', 'grafana-clock-panel'])

export type Taken = { panel: Omit<PanelModel, 'id' | 'at'> | undefined; report: PanelReport }

export function panelOf(given: Json, sources: Sources): Taken {
  const type = textOf(given.type)
  const title = textOf(given.title).slice(0, 1024)
  const refuse = (note: Note): Taken => ({
    panel: undefined,
    report: { title, type, kind: undefined, outcome: 'not', notes: [note] },
  })
  // Panels that several dashboards share are exported as a name alone.
  if (type === '' && given.targets === undefined) {
    return refuse({ code: 'kept_elsewhere', detail: title })
  }
  if (without.includes(type)) return refuse({ code: 'kind_none', detail: type })
  const targets = targetsOf(given, sources)
  const drawn = drawnOf(given, type, targets.queries)
  if (drawn === undefined) return refuse({ code: 'kind_unknown', detail: type })
  const needsQuery = !['row', 'markdown', 'service_map'].includes(drawn.kind)
  if (needsQuery && targets.queries.length === 0) {
    return refuse(targets.notes[0] ?? { code: 'target_empty', detail: type })
  }
  const { transforms, notes: transformNotes, hidden_refs } = transformsOf(given)
  const { options, notes: optionNotes } = optionsOf(given, type, drawn.kind)
  const notes = [
    ...(drawn.near === true || kinds[type] === undefined ? [near(type, drawn.kind)] : []),
    ...(drawn.kind === 'row' ? [] : targets.notes),
    ...transformNotes,
    ...optionNotes,
  ]
  const panel = {
    kind: drawn.kind,
    title,
    description: textOf(given.description).slice(0, 8192),
    queries: named(targets.queries, given).map((query) =>
      hidden_refs.includes(query.ref) ? { ...query, is_hidden: true } : query,
    ),
    transforms,
    options: options as PanelOptions,
    ...repeatOf(given),
    is_folded: false,
  }
  const outcome = outcomeOf(drawn.kind, notes)
  return { panel, report: { title, type, kind: drawn.kind, outcome, notes } }
}

function near(type: string, kind: PanelKind): Note {
  return { code: 'kind_near', detail: `${type} → ${kind}` }
}

/** A plugin's panel is drawn as a chart where its queries are understood. */
function drawnOf(given: Json, type: string, queries: readonly PanelQuery[]): Drawn | undefined {
  if (type === 'singlestat' && objectOf(given.gauge).show === true) return { kind: 'gauge' }
  const known = kinds[type]
  if (known !== undefined) return known
  return queries.length > 0 ? { kind: 'time_series', near: true } : undefined
}

/** A name that is made of labels is a legend. */
function named(queries: readonly PanelQuery[], given: Json): PanelQuery[] {
  const name = textOf(objectOf(objectOf(given.fieldConfig).defaults).displayName)
  const legend = name.includes('__field') ? legendOf(name) : ''
  if (legend === '' || legend.includes('${')) return [...queries]
  return queries.map((query) => (query.legend === '' ? { ...query, legend } : query))
}

function repeatOf(given: Json): Pick<PanelModel, 'repeat'> {
  const variable = textOf(given.repeat)
  if (variable === '') return {}
  const isDown = given.repeatDirection === 'v' || given.type === 'row'
  const per_row = Math.min(24, Math.max(1, Math.round(numberOf(given.maxPerRow) ?? 4)))
  return { repeat: { variable: variable.slice(0, 64), way: isDown ? 'down' : 'right', per_row } }
}

function optionsOf(given: Json, type: string, kind: PanelKind): Partly {
  if (type === 'graph') return graphOptions(given)
  if (type === 'singlestat' || type === 'grafana-singlestat-panel') return singlestatOptions(given)
  if (type === 'table-old' || (type === 'table' && given.styles !== undefined)) {
    return oldTableOptions(given)
  }
  if (kind === 'markdown') return markdownOptions(given)
  return kind === 'row' ? { options: {}, notes: [] } : fieldOptions(given, kind)
}

function fieldOptions(given: Json, kind: PanelKind): Partly {
  const config = objectOf(given.fieldConfig)
  const options = objectOf(given.options)
  // What came between the two: options.fieldOptions.
  const between = objectOf(options.fieldOptions)
  const defaults = config.defaults === undefined ? between.defaults : config.defaults
  const shown = objectOf(defaults)
  const custom = objectOf(shown.custom)
  const { overrides, notes } = overridesOf(config.overrides)
  const field = fieldOf(shown)
  const reduce = objectOf(options.reduceOptions ?? between)
  const hasLines = !['', 'off'].includes(textOf(objectOf(custom.thresholdsStyle).mode))
  const isChart = kind === 'time_series'
  const mode = textOf(objectOf(shown.color).mode, 'thresholds')
  const scale = scales[mode]
  const isByThreshold = mode === 'thresholds' || scale !== undefined
  const made = told<Partial<PanelOptions>>({
    ...field,
    overrides,
    // Every chart carries the same two thresholds that nobody set: they count where they are drawn.
    thresholds:
      (isChart && !hasLines) || (kind === 'table' && !coloredCells(custom))
        ? undefined
        : (scale ?? field.thresholds),
    has_lines: isChart && hasLines,
    draw: drawOf(custom),
    stacking: stackingOf(custom),
    legend: isChart ? legendShown(objectOf(options.legend)) : undefined,
    calc: listOf(reduce.calcs)
      .map(calcOf)
      .find((calc) => calc !== undefined),
    has_past: textOf(options.graphMode, 'area') !== 'none',
    shows: showsOf(textOf(options.textMode)),
    colors: isByThreshold || field.color !== undefined ? colorsOf(options.colorMode) : 'none',
    sort: sortOf(options),
    order: textOf(options.sortOrder) === 'Ascending' ? 'oldest' : undefined,
  })
  return { options: made, notes }
}

const rising: Thresholds = {
  of: 'percent',
  steps: [
    { from: null, color: 'ok' },
    { from: 60, color: 'warn' },
    { from: 80, color: 'bad' },
  ],
}
const falling: Thresholds = {
  of: 'percent',
  steps: [
    { from: null, color: 'bad' },
    { from: 20, color: 'warn' },
    { from: 40, color: 'ok' },
  ],
}

/** Colours that run from one to the other, as steps: a step says where it turns. */
const scales: Readonly<Record<string, Thresholds>> = {
  ...{ 'continuous-GrYlRd': rising, 'continuous-RdYlGr': falling },
  ...{ 'continuous-YlRd': rising, 'continuous-greens': { of: 'value', steps: [] } },
}

function coloredCells(custom: Json): boolean {
  const mode = textOf(objectOf(custom.cellOptions).type) || textOf(custom.displayMode)
  return /color|gauge/.test(mode)
}

function drawOf(custom: Json): PanelOptions['draw'] {
  if (custom.drawStyle === 'bars') return 'bar'
  const isPiled = stackingOf(custom) !== 'none'
  return isPiled || (numberOf(custom.fillOpacity) ?? 0) > 15 ? 'area' : 'line'
}

function stackingOf(custom: Json): PanelOptions['stacking'] {
  const mode = textOf(objectOf(custom.stacking).mode)
  return mode === 'normal' ? 'normal' : mode === 'percent' ? 'percent' : 'none'
}

function showsOf(mode: string): PanelOptions['shows'] {
  return mode === 'value' ? 'value' : mode === 'name' ? 'name' : 'auto'
}

function colorsOf(mode: unknown): PanelOptions['colors'] {
  if (mode === 'none') return 'none'
  return textOf(mode).startsWith('background') ? 'ground' : 'value'
}

function sortOf(options: Json): string | undefined {
  const [first] = objectsOf(options.sortBy)
  const name = textOf(first?.displayName)
  return name === '' ? undefined : `${first?.desc === true ? '-' : ''}${name}`
}

function markdownOptions(given: Json): Partly {
  const options = objectOf(given.options)
  const text = textOf(options.content) || textOf(given.content)
  const mode = textOf(options.mode) || textOf(given.mode)
  const isHtml = mode === 'html' || /<\/?[a-z][^>]*>/i.test(text)
  const plain = isHtml ? withoutTags(text) : text
  const notes: Note[] = isHtml ? [{ code: 'html', detail: '' }] : []
  return { options: { text: plain.slice(0, 65_536) }, notes }
}

/** Headings and links keep their meaning; markup of looks has none. */
function withoutTags(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, '')
    .replace(/<h([1-6])[^>]*>([\s\S]*?)<\/h\1>/gi, (_, level: string, text: string) => {
      return `\n${'#'.repeat(Number(level))} ${text}\n`
    })
    .replace(/<a\s[^>]*href="([^"]+)"[^>]*>([\s\S]*?)<\/a>/gi, '[$2]($1)')
    .replace(/<(b|strong)>([\s\S]*?)<\/\1>/gi, '**$2**')
    .replace(/<li[^>]*>/gi, '\n- ')
    .replace(/<br\s*\/?>|<\/p>|<\/div>/gi, '\n')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
