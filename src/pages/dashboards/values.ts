/**
 * How a value reads: by its mappings, thresholds, unit and decimals, and which options hold for a
 * field after the overrides. Pure.
 */
import { figure } from '../../ui/format/figures.ts'
import { absolute } from '../../ui/format/moment.ts'
import type {
  Color,
  FieldOptions,
  Mapping,
  Override,
  PanelOptions,
  Thresholds,
} from './contract.ts'
import { patternOf } from './patterns.ts'

export type Value = number | string | boolean | null | undefined
export type Shown = { text: string; color: Color | undefined }
type FieldName = { name: string; ref?: string | undefined }
export type FieldNow = FieldOptions &
  Pick<Override, 'title' | 'is_hidden' | 'is_negative' | 'draw' | 'cell' | 'width_px'>

/** Later overrides win. */
export function fieldFor(options: PanelOptions, field: FieldName): FieldNow {
  const { unit, decimals, min, max, thresholds, mappings, color } = options
  let now: FieldNow = { unit, decimals, min, max, thresholds, mappings, color }
  for (const override of options.overrides) {
    if (!holds(override, field)) continue
    const { by, of, ...changes } = override
    const told = Object.entries(changes).filter(([, value]) => value !== undefined)
    now = { ...now, ...Object.fromEntries(told) }
  }
  return now
}

function holds({ by, of }: Override, { name, ref }: FieldName): boolean {
  if (by === 'name') return of === name
  return by === 'query' ? of === ref : patternOf(of)?.finds(name) === true
}

export function shownValue(value: Value, field: FieldOptions): Shown {
  const mapped = field.mappings.find((mapping) => isMapped(mapping, value))
  const number = typeof value === 'number' ? value : undefined
  const color = mapped?.color ?? (number === undefined ? undefined : thresholdColor(number, field))
  if (mapped !== undefined && mapped.shown !== '') return { text: mapped.shown, color }
  return { text: valueText(value, field), color }
}

function isMapped({ value: wanted, from, to, pattern }: Mapping, value: Value): boolean {
  if (pattern !== undefined) return patternOf(pattern)?.finds(String(value ?? '')) === true
  if (wanted !== undefined) {
    if (value === null || value === undefined) return wanted === 'null'
    if (Number.isNaN(value)) return wanted.toLowerCase() === 'nan'
    return String(value) === wanted || (typeof value === 'number' && Number(wanted) === value)
  }
  if (typeof value !== 'number') return false
  return (from ?? -Infinity) <= value && value <= (to ?? Infinity)
}

export function valueText(value: Value, { unit, decimals }: FieldOptions): string {
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'number') return String(value)
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (unit === 'time_ms') return absolute(value, { utc: false })
  if (unit === 'none') return trimmed(value, decimals)
  const text = figure(value, unit)
  return decimals === undefined ? text : text.replace(/\d+\.\d+/, (part) => cut(part, decimals))
}

/** Never longer than it was: three figures are what is known. */
function cut(part: string, decimals: number): string {
  const [, fraction = ''] = part.split('.')
  return fraction.length <= decimals ? part : Number(part).toFixed(decimals)
}

function trimmed(value: number, decimals: number | undefined): string {
  return decimals === undefined ? String(Number(value.toPrecision(12))) : value.toFixed(decimals)
}

/** Undefined where no threshold is told. */
export function thresholdColor(value: number, field: FieldOptions): Color | undefined {
  if (Number.isNaN(value)) return undefined
  let found: Color | undefined
  for (const { at, color } of levelsOf(field.thresholds, field)) {
    if (at === null || value >= at) found = color
  }
  return found
}

/** Thresholds as values, upwards. */
export function levelsOf(
  { of, steps }: Thresholds,
  { min = 0, max = 100 }: Pick<FieldOptions, 'min' | 'max'>,
): { at: number | null; color: Color }[] {
  const place = (from: number) => (of === 'percent' ? min + ((max - min) * from) / 100 : from)
  return steps
    .map(({ from, color }) => ({ at: from === null ? null : place(from), color }))
    .sort((a, b) => (a.at ?? -Infinity) - (b.at ?? -Infinity))
}

/** The CSS colour of a colour's name. */
export function colorVar(color: Color | undefined): string | undefined {
  if (color === undefined) return undefined
  if (color.startsWith('series-')) return `var(--${color})`
  if (color === 'neutral') return 'var(--status-unknown)'
  return color === 'accent' ? 'var(--accent)' : `var(--status-${color})`
}

/** The same for text on the panel's ground, where contrast counts. */
export function textColorVar(color: Color | undefined): string | undefined {
  if (color === 'ok' || color === 'warn' || color === 'bad') return `var(--status-${color}-text)`
  if (color === 'neutral') return 'var(--text)'
  return color === 'accent' ? 'var(--text-accent)' : color && `var(--${color})`
}
