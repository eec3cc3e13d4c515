/** How Grafana's panels show values (fieldConfig, and what came before it) as options of ours. */
import type {
  Calc,
  FieldOptions,
  Mapping,
  Override,
  PanelOptions,
  Thresholds,
} from '../contract.ts'
import { type Json, listOf, numberOf, objectOf, objectsOf, textOf, told } from './read.ts'
import type { Note } from './report.ts'
import { legendOf } from './targets-legend.ts'
import { colorOf, unitOf } from './units.ts'

type Field = Partial<FieldOptions>

export function fieldOf(defaults: Json): Field {
  const { unit, color } = defaults
  const fixed = objectOf(color)
  const isFixed = textOf(fixed.mode) === 'fixed'
  return told<Field>({
    unit: unit === undefined ? undefined : unitOf(textOf(unit)),
    decimals: decimalsOf(defaults.decimals),
    min: numberOf(defaults.min),
    max: numberOf(defaults.max),
    thresholds: defaults.thresholds === undefined ? undefined : thresholdsOf(defaults.thresholds),
    mappings: defaults.mappings === undefined ? undefined : mappingsOf(defaults.mappings),
    color: isFixed ? colorOf(textOf(fixed.fixedColor)) : undefined,
  })
}

export function decimalsOf(value: unknown): number | undefined {
  const number = numberOf(value)
  return number === undefined ? undefined : Math.min(10, Math.max(0, Math.round(number)))
}

export function thresholdsOf(given: unknown): Thresholds {
  const { mode, steps } = objectOf(given)
  const made = objectsOf(steps).map((step, at) => ({
    // The first holds below all others, whatever is written.
    from: at === 0 ? null : (numberOf(step.value) ?? null),
    color: colorOf(textOf(step.color)) ?? 'neutral',
  }))
  return { of: mode === 'percentage' ? 'percent' : 'value', steps: made.slice(0, 32) }
}

export function mappingsOf(given: unknown): Mapping[] {
  return objectsOf(given)
    .flatMap((one): Mapping[] => {
      const options = objectOf(one.options)
      switch (one.type) {
        case 'value':
          return Object.entries(options).map(([value, result]) => ({
            ...{ value: value.slice(0, 256), ...resultOf(result) },
          }))
        case 'range':
          return [{ ...ends(options.from, options.to), ...resultOf(options.result) }]
        case 'regex':
          return [{ pattern: textOf(options.pattern).slice(0, 512), ...resultOf(options.result) }]
        case 'special':
          return specials(textOf(options.match)).map((value) => ({
            ...{ value, ...resultOf(options.result) },
          }))
        case 1:
          return [
            { value: String(one.value ?? '').slice(0, 256), shown: textOf(one.text).slice(0, 256) },
          ]
        case 2:
          return [{ ...ends(one.from, one.to), shown: textOf(one.text).slice(0, 256) }]
        default:
          return []
      }
    })
    .slice(0, 200)
}

function specials(match: string): string[] {
  if (match === 'null+nan') return ['null', 'nan']
  return [match === 'empty' ? '' : match]
}

export function ends(from: unknown, to: unknown): Pick<Mapping, 'from' | 'to'> {
  return { from: numberOf(from) ?? null, to: numberOf(to) ?? null }
}

function resultOf(given: unknown): Pick<Mapping, 'shown' | 'color'> {
  const { text, color } = objectOf(given)
  return told<Pick<Mapping, 'shown' | 'color'>>({
    shown: textOf(text).slice(0, 256),
    color: colorOf(textOf(color)),
  })
}

type Overrides = { overrides: Override[]; notes: Note[] }

export function overridesOf(given: unknown): Overrides {
  const notes: Note[] = []
  const overrides = objectsOf(given).flatMap((one): Override[] => {
    const matcher = objectOf(one.matcher)
    const matched = matchOf(matcher)
    if (matched === undefined) {
      notes.push({ code: 'override', detail: textOf(matcher.id) })
      return []
    }
    const changes = objectsOf(one.properties).map((property) => changeOf(property))
    const all = Object.assign({}, ...changes) as Partial<Override>
    return Object.keys(all).length === 0 ? [] : [{ ...matched, ...all }]
  })
  return { overrides: overrides.slice(0, 500), notes }
}

function matchOf(matcher: Json): Pick<Override, 'by' | 'of'> | undefined {
  const of = textOf(matcher.options).slice(0, 1024)
  switch (matcher.id) {
    case 'byName':
      return { by: 'name', of }
    case 'byRegexp':
      return { by: 'pattern', of }
    case 'byFrameRefID':
      return { by: 'query', of }
    case 'byNames': {
      const names = listOf(objectOf(matcher.options).names).filter((n) => typeof n === 'string')
      return { by: 'pattern', of: `^(${names.map(escaped).join('|')})$` }
    }
    default:
      return undefined
  }
}

export function escaped(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}]/g, '\\$&')
}

function changeOf({ id, value }: Json): Partial<Override> {
  const field = fieldOf({ [textOf(id)]: value })
  switch (id) {
    case 'unit':
    case 'decimals':
    case 'min':
    case 'max':
    case 'thresholds':
    case 'mappings':
    case 'color':
      return field
    case 'displayName':
      return { title: legendOf(textOf(value)) }
    case 'custom.hidden':
    case 'custom.hideFrom':
      return hides(value) ? { is_hidden: true } : {}
    case 'custom.transform':
      return value === 'negative-Y' ? { is_negative: true } : {}
    case 'custom.drawStyle':
      return { draw: value === 'bars' ? 'bar' : 'line' }
    case 'custom.fillOpacity':
      return (numberOf(value) ?? 0) > 15 ? { draw: 'area' } : {}
    case 'custom.cellOptions':
      return cellOf(textOf(objectOf(value).type))
    case 'custom.displayMode':
      return cellOf(textOf(value))
    case 'custom.width':
      return told<Partial<Override>>({ width_px: widthOf(value) })
    default:
      return {}
  }
}

function hides(value: unknown): boolean {
  const { viz } = objectOf(value)
  return value === true || viz === true
}

function widthOf(value: unknown): number | undefined {
  const number = numberOf(value)
  return number === undefined ? undefined : Math.min(2000, Math.max(20, Math.round(number)))
}

export function cellOf(mode: string): Partial<Override> {
  if (/gauge/.test(mode)) return { cell: 'bar' }
  return /color/.test(mode) ? { cell: 'color' } : {}
}

const calcNames: Readonly<Record<string, Calc>> = {
  ...{ last: 'last', lastNotNull: 'last', current: 'last', now: 'last' },
  ...{ first: 'first', firstNotNull: 'first', mean: 'mean', avg: 'mean' },
  ...{ min: 'min', max: 'max', sum: 'sum', total: 'sum', count: 'count' },
  ...{ range: 'range', diff: 'range', delta: 'range' },
}

export function calcOf(name: unknown): Calc | undefined {
  return typeof name === 'string' ? calcNames[name] : undefined
}

export function legendShown(legend: Json): PanelOptions['legend'] {
  if (legend.showLegend === false || legend.displayMode === 'hidden') return 'none'
  if (legend.displayMode === 'table' || legend.placement === 'right') return 'table'
  return 'bottom'
}
