/** Reads the series lines of promqltest files: labels, then points in their short notation. */

import { parseNumber, unquote } from '../../src/query/promql/go-text.ts'
import type { NativeHistogram, ResetHint } from '../../src/query/promql/histogram.ts'
import { combine } from '../../src/query/promql/histograms/arithmetic.ts'
import { labelsFrom } from '../../src/query/promql/labels.ts'
import type { Labels } from '../../src/query/series.ts'

/** Undefined is a missing point. `isHintGiven`: the line says which counter reset is meant. */
export type Point =
  | { kind: 'float'; value: number }
  | { kind: 'histogram'; histogram: NativeHistogram; isHintGiven: boolean }
  | { kind: 'stale' }
  | undefined

export type SeriesLine = { labels: Labels; points: Point[] }

export class BadLine extends Error {}

export function parseSeriesLine(line: string): SeriesLine {
  const { labels, rest } = parseLabels(line)
  return { labels, points: pieces(rest).flatMap(pointsOf) }
}

const quoted = String.raw`"(?:[^"\\]|\\.)*"`
const ticked = '`[^`]*`'
const value = String.raw`${quoted}|'(?:[^'\\]|\\.)*'|${ticked}`
const name = '[a-zA-Z_][a-zA-Z0-9_]*'
const labelPattern = String.raw`\s*(?:(${name})|(${quoted}))\s*(?:=\s*(${value}))?\s*,?\s*`

function parseLabels(line: string): { labels: Labels; rest: string } {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? ''
  const pairs: [string, string][] = name === '' ? [] : [['__name__', name]]
  let at = name.length
  while (line[at] === ' ' || line[at] === '\t') at += 1
  if (line[at] !== '{' || line[at + 1] === '{')
    return { labels: labelsFrom(pairs), rest: line.slice(name.length) }
  at += 1
  const pattern = new RegExp(labelPattern, 'y')
  while (line[at] !== '}') {
    pattern.lastIndex = at
    const match = pattern.exec(line)
    if (match === null) throw new BadLine(`labels expected in ${JSON.stringify(line)}`)
    const key = match[1] ?? unquote(match[2] ?? '') ?? ''
    if (match[3] === undefined) pairs.push(['__name__', key])
    else pairs.push([key, unquote(match[3]) ?? ''])
    at = pattern.lastIndex
  }
  return { labels: labelsFrom(pairs), rest: line.slice(at + 1) }
}

/** Cuts at white space outside of histograms. */
function pieces(text: string): string[] {
  const out: string[] = []
  let from = 0
  let depth = 0
  for (let at = 0; at <= text.length; at++) {
    if (text.startsWith('{{', at)) depth += 1
    if (text.startsWith('}}', at)) depth -= 1
    if (depth > 0 || !/\s|^$/.test(text[at] ?? '')) continue
    if (at > from) out.push(text.slice(from, at))
    from = at + 1
  }
  return out
}

const exponent = String.raw`(?:[eE][+-]?\d+)?`
const word = '[iI]nf|[nN]a[nN]'
const numeral = String.raw`[+-]?(?:\d+\.?\d*${exponent}|\.\d+${exponent}|${word})`
const floats = new RegExp(`^(${numeral})(?:([+-])(${numeral}))?(?:x(\\d+))?$`)

function pointsOf(piece: string): Point[] {
  const missing = /^_(?:x(\d+))?$/.exec(piece)
  if (missing !== null) return new Array(Number(missing[1] ?? 1)).fill(undefined)
  const stale = /^stale(?:x(\d+))?$/.exec(piece)
  if (stale !== null) return new Array(Number(stale[1] ?? 0) + 1).fill({ kind: 'stale' })
  if (piece.startsWith('{{')) return histogramPoints(piece)
  const match = floats.exec(piece)
  if (match === null) throw new BadLine(`a point expected, got ${JSON.stringify(piece)}`)
  const start = parseNumber(match[1] ?? '') ?? Number.NaN
  const step = match[3] === undefined ? 0 : (parseNumber(match[3]) ?? 0)
  const times = Number(match[4] ?? 0)
  const points: Point[] = []
  let value = start
  for (let at = 0; at <= times; at++) {
    points.push({ kind: 'float', value })
    if (step !== 0) value += match[2] === '-' ? -step : step
  }
  return points
}

function histogramPoints(piece: string): Point[] {
  const match = /^\{\{(.*?)\}\}(?:([+-])\{\{(.*?)\}\})?(?:x(\d+))?$/s.exec(piece)
  if (match === null) throw new BadLine(`a histogram expected, got ${piece}`)
  const start = parseHistogram(match[1] ?? '')
  const step = match[3] === undefined ? undefined : parseHistogram(match[3]).histogram
  const points: Point[] = []
  let { histogram } = start
  for (let at = 0; at <= Number(match[4] ?? 0); at++) {
    points.push({ kind: 'histogram', histogram, isHintGiven: start.isHintGiven })
    if (step === undefined) continue
    const combined = combine(histogram, step, match[2] === '-' ? -1 : 1)
    if (combined === undefined) throw new BadLine(`histograms that do not mix in ${piece}`)
    histogram = combined.histogram
  }
  return points
}

const hints: Readonly<Record<string, ResetHint>> = {
  unknown: 'unknown',
  reset: 'reset',
  not_reset: 'not_reset',
  gauge: 'gauge',
}

export function parseHistogram(text: string): { histogram: NativeHistogram; isHintGiven: boolean } {
  const fields = new Map<string, string>()
  for (const match of text.matchAll(/(\w+)\s*:\s*(\[[^\]]*\]|[^\s\]]+)/g)) {
    fields.set(match[1] ?? '', match[2] ?? '')
  }
  const number = (key: string): number => {
    const value = parseNumber(fields.get(key) ?? '0')
    if (value === undefined) throw new BadLine(`a number expected for ${key} in {{${text}}}`)
    return value
  }
  const list = (key: string): number[] =>
    (fields.get(key) ?? '')
      .replace(/[[\]]/g, '')
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .map((part) => parseNumber(part) ?? Number.NaN)
  const side = (buckets: readonly number[], offset: number) =>
    buckets.length === 0 ? [] : [{ offset, length: buckets.length }]
  const positive_buckets = list('buckets')
  const negative_buckets = list('n_buckets')
  const hint = fields.get('counter_reset_hint')
  return {
    isHintGiven: hint !== undefined,
    histogram: {
      schema: number('schema'),
      zero_threshold: number('z_bucket_w'),
      zero_count: number('z_bucket'),
      count: number('count'),
      sum: number('sum'),
      positive_spans: side(positive_buckets, number('offset')),
      positive_buckets,
      negative_spans: side(negative_buckets, number('n_offset')),
      negative_buckets,
      custom_values: list('custom_values'),
      reset_hint: hints[hint ?? 'unknown'] ?? 'unknown',
    },
  }
}
