/**
 * Options of Grafana's panels from before fieldConfig: graph, singlestat and the old table. They
 * still are in most dashboards that people share.
 */
import type { Color, Mapping, Override, PanelOptions, Thresholds } from '../contract.ts'
import { calcOf, cellOf, decimalsOf, ends } from './fields.ts'
import { type Json, listOf, numberOf, objectOf, objectsOf, textOf, told } from './read.ts'
import type { Note } from './report.ts'
import { colorOf, unitOf } from './units.ts'

export type Partly = { options: Partial<PanelOptions>; notes: Note[] }

export function graphOptions(panel: Json): Partly {
  const notes: Note[] = []
  const [left = {}, right = {}] = objectsOf(panel.yaxes)
  const legend = objectOf(panel.legend)
  const overrides = [...colored(panel), ...seriesOverrides(panel, right, notes)]
  const fill = numberOf(panel.fill) ?? 0
  const limits = objectsOf(panel.thresholds)
  const options = told<Partial<PanelOptions>>({
    unit: unitOf(textOf(left.format) || textOf(listOf(panel.y_formats)[0])),
    decimals: decimalsOf(left.decimals ?? panel.decimals),
    min: numberOf(left.min),
    max: numberOf(left.max),
    draw: panel.bars === true ? 'bar' : panel.stack === true || fill > 2 ? 'area' : 'line',
    stacking: panel.stack !== true ? 'none' : panel.percentage === true ? 'percent' : 'normal',
    legend: legendOf(legend),
    thresholds: limits.length === 0 ? undefined : graphLimits(limits),
    has_lines: limits.length > 0,
    overrides,
  })
  return { options, notes }
}

function legendOf(legend: Json): PanelOptions['legend'] {
  if (legend.show === false) return 'none'
  return legend.alignAsTable === true || legend.rightSide === true ? 'table' : 'bottom'
}

const limitColors: Readonly<Record<string, Color>> = { critical: 'bad', warning: 'warn', ok: 'ok' }

function graphLimits(limits: readonly Json[]): Thresholds {
  const steps = limits
    .map((limit) => ({
      from: numberOf(limit.value) ?? null,
      color: limitColors[textOf(limit.colorMode)] ?? ('bad' as Color),
    }))
    .filter(({ from }) => from !== null)
    .sort((a, b) => (a.from ?? 0) - (b.from ?? 0))
  return { of: 'value', steps: [{ from: null, color: 'neutral' as Color }, ...steps] }
}

function colored(panel: Json): Override[] {
  return Object.entries(objectOf(panel.aliasColors)).flatMap(([of, told]): Override[] => {
    const color = colorOf(textOf(told))
    return color === undefined ? [] : [{ by: 'name', of, color }]
  })
}

function seriesOverrides(panel: Json, right: Json, notes: Note[]): Override[] {
  return objectsOf(panel.seriesOverrides).flatMap((one): Override[] => {
    const alias = textOf(one.alias)
    const by = /^\/.*\/[a-z]*$/.test(alias) ? 'pattern' : 'name'
    const isRight = one.yaxis === 2
    const unit = isRight ? unitOf(textOf(right.format)) : undefined
    if (isRight) notes.push({ code: 'second_axis', detail: alias })
    const isFilled = (numberOf(one.fill) ?? 0) > 0
    const changes = told<Partial<Override>>({
      unit,
      color: colorOf(textOf(one.color)),
      is_negative: one.transform === 'negative-Y' ? true : undefined,
      draw: one.bars === true ? 'bar' : isFilled ? 'area' : one.fill === 0 ? 'line' : undefined,
    })
    return alias === '' || Object.keys(changes).length === 0 ? [] : [{ by, of: alias, ...changes }]
  })
}

export function singlestatOptions(panel: Json): Partly {
  const gauge = objectOf(panel.gauge)
  const thresholds = listedThresholds(panel.thresholds, panel.colors)
  const options = told<Partial<PanelOptions>>({
    unit: unitOf(textOf(panel.format)),
    decimals: decimalsOf(panel.decimals),
    min: gauge.show === true ? numberOf(gauge.minValue) : undefined,
    max: gauge.show === true ? numberOf(gauge.maxValue) : undefined,
    calc: calcOf(panel.valueName) ?? 'mean',
    has_past: objectOf(panel.sparkline).show === true,
    shows: panel.valueName === 'name' ? 'name' : 'value',
    colors:
      panel.colorBackground === true ? 'ground' : panel.colorValue === true ? 'value' : 'none',
    thresholds,
    mappings: oldMappings(panel),
  })
  return { options, notes: [] }
}

/** `50,80` and three colours. */
function listedThresholds(given: unknown, listed: unknown): Thresholds {
  const values = Array.isArray(given) ? given : textOf(given).split(',')
  const limits = values.flatMap((value) => numberOf(value) ?? [])
  const shades = listOf(listed).map((one) => colorOf(textOf(one)) ?? 'neutral')
  const steps = [null, ...limits].map((from, at) => ({ from, color: shades[at] ?? 'neutral' }))
  return { of: 'value', steps: limits.length === 0 ? [] : steps }
}

function oldMappings(panel: Json): Mapping[] {
  const values = objectsOf(panel.valueMaps).map((one) => ({
    ...{ value: String(one.value ?? ''), shown: textOf(one.text) },
  }))
  const ranges = objectsOf(panel.rangeMaps).map((one) => ({
    ...ends(one.from, one.to),
    shown: textOf(one.text),
  }))
  const isRange = panel.mappingType === 2
  return (isRange ? ranges : values).filter(
    // Exports carry this one whether or not it is used.
    (one) => !('value' in one && one.value === 'null' && one.shown === 'N/A'),
  )
}

export function oldTableOptions(panel: Json): Partly {
  const overrides = objectsOf(panel.styles).flatMap(styleOverride)
  const sort = objectOf(panel.sort)
  const columns = objectsOf(panel.columns).map((column) => textOf(column.text))
  const by = columns[numberOf(sort.col) ?? -1]
  const options: Partial<PanelOptions> = {
    overrides: overrides.slice(0, 500),
    ...(by === undefined ? {} : { sort: `${sort.desc === true ? '-' : ''}${by}` }),
  }
  return { options, notes: [] }
}

function styleOverride(style: Json): Override[] {
  const pattern = textOf(style.pattern)
  const isPattern = /^\/.*\/$/.test(pattern)
  if (pattern === '' || (pattern === '/.*/' && style.unit === undefined)) return []
  const isHidden = style.type === 'hidden'
  const changes = told<Partial<Override>>({
    unit: style.type === 'number' ? unitOf(textOf(style.unit)) : undefined,
    decimals: style.type === 'number' ? decimalsOf(style.decimals) : undefined,
    title: textOf(style.alias) === '' ? undefined : textOf(style.alias),
    is_hidden: isHidden ? true : undefined,
    mappings: style.valueMaps === undefined ? undefined : oldMappings(style),
    ...(textOf(style.colorMode) === ''
      ? {}
      : {
          thresholds: listedThresholds(style.thresholds, style.colors),
          ...cellOf('color'),
        }),
  })
  if (Object.keys(changes).length === 0) return []
  return [{ by: isPattern ? 'pattern' : 'name', of: pattern, ...changes }]
}
