/**
 * What a dashboard is: variables, and panels with queries on a grid of 24 columns. One stored form,
 * with all defaults written out, for files in content/ and for the state. How it is drawn is the
 * view's; who may change it is the server's.
 */
import { z } from 'zod'
import { queryLanguages, runAsk } from '../explore/contract.ts'

export const grid_columns = 24
export const panels_max = 400
export const document_bytes_max = 2 * 1024 * 1024

/** Colours by their meaning or place in the palette: themes decide how they look. */
export const colors = [
  ...(['ok', 'warn', 'bad', 'neutral', 'accent'] as const),
  ...(['series-1', 'series-2', 'series-3', 'series-4', 'series-5'] as const),
  ...(['series-6', 'series-7', 'series-8', 'series-9', 'series-10'] as const),
] as const
export type Color = (typeof colors)[number]
const color = z.enum(colors)

const text = (length: number) => z.string().max(length)
const name = text(1024)

export const panelKinds = [
  ...(['time_series', 'stat', 'gauge', 'bar', 'table', 'heatmap', 'logs'] as const),
  ...(['waffle', 'service_map', 'markdown', 'row'] as const),
] as const
export type PanelKind = (typeof panelKinds)[number]

/** How many values become one. */
export const calcs = ['last', 'first', 'mean', 'min', 'max', 'sum', 'count', 'range'] as const
export type Calc = (typeof calcs)[number]
const calc = z.enum(calcs)

const query = z.strictObject({
  ref: z.string().regex(/^[A-Za-z0-9_]{1,16}$/),
  language: z.enum(queryLanguages),
  query: text(16_384),
  mode: runAsk.mode,
  /** `{{label}}` stands for the label's value; empty names a series by its labels. */
  legend: name.default(''),
  is_hidden: z.boolean().default(false),
  /** A duration such as 1m, or a variable; the step is no shorter. */
  min_step: text(64).default(''),
  /** Of the search language: what is computed. */
  shape: runAsk.shape,
})
export type PanelQuery = z.infer<typeof query>

const thresholds = z.strictObject({
  /** percent: of the way from min to max. */
  of: z.enum(['value', 'percent']).default('value'),
  /** Upwards; the first holds from below all. */
  steps: z
    .array(z.strictObject({ from: z.number().nullable(), color }))
    .max(32)
    .default([]),
})
export type Thresholds = z.infer<typeof thresholds>

const mapping = z.strictObject({
  /** A value as text, or `null` and `nan` for what is none; or all from…to. */
  value: text(256).optional(),
  from: z.number().nullable().optional(),
  to: z.number().nullable().optional(),
  pattern: text(512).optional(),
  shown: text(256).default(''),
  color: color.optional(),
})
export type Mapping = z.infer<typeof mapping>

/** How values of a field read. */
const field = {
  /** UCUM or plain words, as of metrics. */
  unit: text(64).default(''),
  decimals: z.number().int().min(0).max(10).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  thresholds: thresholds.prefault({}),
  mappings: z.array(mapping).max(200).default([]),
  color: color.optional(),
}

const override = z.strictObject({
  by: z.enum(['name', 'pattern', 'query']),
  of: name,
  unit: text(64).optional(),
  decimals: z.number().int().min(0).max(10).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  thresholds: thresholds.optional(),
  mappings: z.array(mapping).max(200).optional(),
  color: color.optional(),
  title: name.optional(),
  is_hidden: z.boolean().optional(),
  /** Below zero: what goes out under what comes in. */
  is_negative: z.boolean().optional(),
  draw: z.enum(['line', 'area', 'bar']).optional(),
  cell: z.enum(['text', 'color', 'bar']).optional(),
  width_px: z.number().int().min(20).max(2000).optional(),
})
export type Override = z.infer<typeof override>

const options = z.strictObject({
  ...field,
  overrides: z.array(override).max(500).default([]),
  draw: z.enum(['line', 'area', 'bar']).default('line'),
  stacking: z.enum(['none', 'normal', 'percent']).default('none'),
  legend: z.enum(['auto', 'none', 'bottom', 'table']).default('auto'),
  /** Lines at the thresholds of a chart. */
  has_lines: z.boolean().default(false),
  calc: calc.default('last'),
  /** Of a stat: its past, small. */
  has_past: z.boolean().default(true),
  /** value: its text only; name: the series' name only. */
  shows: z.enum(['auto', 'value', 'name']).default('auto'),
  colors: z.enum(['value', 'ground', 'none']).default('value'),
  /** Of a table: by column, `-` before it for downwards. */
  sort: name.default(''),
  /** Of a waffle: groups by the values of this label. */
  group_by: name.default(''),
  /** Of a log: newest or oldest first. */
  order: z.enum(['newest', 'oldest']).default('newest'),
  /** Of markdown. */
  text: text(65_536).default(''),
})
export type PanelOptions = z.infer<typeof options>
export type FieldOptions = z.infer<z.ZodObject<typeof field>>

const transform = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('organize'),
    hidden: z.array(name).max(500).default([]),
    names: z
      .array(z.tuple([name, name]))
      .max(500)
      .default([]),
    order: z.array(name).max(500).default([]),
  }),
  z.strictObject({ kind: z.literal('merge') }),
  z.strictObject({ kind: z.literal('join'), field: name }),
  z.strictObject({
    kind: z.literal('filter_names'),
    names: z.array(name).max(500).default([]),
    pattern: text(512).default(''),
    is_out: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('rename'), pattern: text(512), to: name }),
  z.strictObject({ kind: z.literal('reduce'), calcs: z.array(calc).max(8) }),
  z.strictObject({
    kind: z.literal('group'),
    by: z.array(name).max(32),
    sums: z.array(z.tuple([name, calc])).max(64),
  }),
  z.strictObject({ kind: z.literal('sort'), field: name, is_down: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('limit'), rows: z.number().int().min(1).max(10_000) }),
  z.strictObject({
    kind: z.literal('calculate'),
    left: name,
    operator: z.enum(['+', '-', '*', '/']),
    right: name,
    as: name,
  }),
  z.strictObject({
    kind: z.literal('filter_rows'),
    is_out: z.boolean().default(false),
    is_any: z.boolean().default(false),
    conditions: z
      .array(
        z.strictObject({
          field: name,
          is: z.enum(['equal', 'not_equal', 'greater', 'less', 'null', 'not_null', 'matches']),
          value: name.default(''),
        }),
      )
      .max(32),
  }),
  /** One value of several fields, row by row; of all when none is named. */
  z.strictObject({
    kind: z.literal('combine'),
    fields: z.array(name).max(100).default([]),
    calc,
    as: name,
    /** The others are left out. */
    is_alone: z.boolean().default(false),
  }),
])
export type Transform = z.infer<typeof transform>

const place = z.strictObject({
  x: z
    .number()
    .int()
    .min(0)
    .max(grid_columns - 1),
  y: z.number().int().min(0).max(100_000),
  w: z.number().int().min(1).max(grid_columns),
  h: z.number().int().min(1).max(200),
})
export type Place = z.infer<typeof place>

const panel = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  kind: z.enum(panelKinds),
  title: name.default(''),
  description: text(8192).default(''),
  at: place,
  queries: z.array(query).max(26).default([]),
  transforms: z.array(transform).max(32).default([]),
  options: options.prefault({}),
  /** Once for each chosen value of the variable. */
  repeat: z
    .strictObject({
      variable: text(64),
      way: z.enum(['right', 'down']).default('right'),
      per_row: z.number().int().min(1).max(24).default(4),
    })
    .optional(),
  /** Of a row: its panels are folded away. */
  is_folded: z.boolean().default(false),
})
export type PanelModel = z.infer<typeof panel>

export const variableKinds = ['query', 'custom', 'interval', 'constant', 'text'] as const

const variable = z.strictObject({
  name: z.string().regex(/^[A-Za-z_]\w{0,63}$/),
  label: text(128).default(''),
  kind: z.enum(variableKinds),
  /** Of a query variable: where its values come from. */
  source: z
    .strictObject({
      language: z.enum(queryLanguages),
      of: z.enum(['values', 'labels', 'metrics', 'query']),
      label: name.default(''),
      selector: text(4096).default(''),
      query: text(16_384).default(''),
      shape: runAsk.shape,
    })
    .optional(),
  options: z
    .array(z.strictObject({ value: name, shown: name }))
    .max(1000)
    .default([]),
  /** RE2: values that do not match are left out, a group's part is the value. */
  pattern: text(1024).default(''),
  sort: z.enum(['none', 'up', 'down', 'number_up', 'number_down']).default('up'),
  is_multi: z.boolean().default(false),
  has_all: z.boolean().default(false),
  /** What "all" is in a query; all values joined when empty. */
  all: name.default(''),
  /** Chosen at first; `$__all` is all. */
  chosen: z.array(name).max(1000).default([]),
  is_hidden: z.boolean().default(false),
})
export type Variable = z.infer<typeof variable>
export const every_value = '$__all'

export const refreshes = ['', '5s', '10s', '30s', '1m'] as const

export const dashboardSchema = z
  .strictObject({
    format: z.literal(1),
    title: text(256).min(1),
    description: text(8192).default(''),
    tags: z.array(text(64).min(1)).max(32).default([]),
    time: z
      .strictObject({ from: text(64).default('now-1h'), to: text(64).default('now') })
      .prefault({}),
    refresh: z.enum(refreshes).default(''),
    variables: z.array(variable).max(64).default([]),
    panels: z.array(panel).max(panels_max).default([]),
  })
  .refine(({ panels }) => new Set(panels.map(({ id }) => id)).size === panels.length, {
    error: 'expected panels with ids of their own',
    path: ['panels'],
  })
  .refine(({ variables }) => isDistinct(variables.map((one) => one.name)), {
    error: 'expected variables with names of their own',
    path: ['variables'],
  })
export type Dashboard = z.infer<typeof dashboardSchema>

function isDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length
}

/** As they are called in files and addresses. */
export const dashboardId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)

/** What GET /api/dashboards answers, without the panels. */
export type DashboardShown = {
  id: string
  title: string
  description: string
  tags: string[]
  panels: number
  /** A file of the product's: it is copied to be changed. */
  is_shipped: boolean
  is_starred: boolean
  version: number
  updated_ms: number
  updated_by: string
}
export type DashboardWhole = Omit<DashboardShown, 'title' | 'description' | 'tags' | 'panels'> & {
  dashboard: Dashboard
}
export type DashboardVersion = { version: number; author: string; note: string; created_ms: number }
