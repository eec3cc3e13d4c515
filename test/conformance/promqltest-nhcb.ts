/** What load_with_nhcb adds: classic histograms once more, as native ones with custom bounds. */

import { parseNumber } from '../../src/query/promql/go-text.ts'
import { customBoundsSchema, type NativeHistogram } from '../../src/query/promql/histogram.ts'
import { dropLabels, keyOf, labelOf, labelsFrom, nameLabel } from '../../src/query/promql/labels.ts'
import type { Labels } from '../../src/query/series.ts'
import type { Point, SeriesLine } from './promqltest-series.ts'

type Collected = { buckets: Map<number, number>; count?: number; sum?: number }

export function nativeFromClassic(series: readonly SeriesLine[]): SeriesLine[] {
  const found = new Map<string, { labels: Labels; steps: Collected[] }>()
  for (const { labels, points } of series) {
    const match = /^(.+)_(bucket|count|sum)$/.exec(labelOf(labels, nameLabel))
    if (match === null) continue
    const bound = parseNumber(labelOf(labels, 'le'))
    if (match[2] === 'bucket' && (bound === undefined || Number.isNaN(bound))) continue
    const rest = dropLabels(labels, new Set(['le', nameLabel]))
    const base = labelsFrom([...rest, [nameLabel, match[1] ?? '']])
    const known = found.get(keyOf(base)) ?? { labels: base, steps: [] }
    found.set(keyOf(base), known)
    points.forEach((point, at) => {
      if (point?.kind !== 'float') return
      known.steps[at] ??= { buckets: new Map() }
      const step = known.steps[at]
      if (match[2] === 'bucket') step.buckets.set(bound ?? 0, point.value)
      else if (match[2] === 'count') step.count = point.value
      else step.sum = point.value
    })
  }
  return [...found.values()].map(({ labels, steps }) => {
    const points = Array.from(steps, (step): Point => {
      return step === undefined
        ? undefined
        : { kind: 'histogram', histogram: convert(step), isHintGiven: false }
    })
    return { labels, points }
  })
}

function convert({ buckets, count, sum }: Collected): NativeHistogram {
  const bounds = [...buckets.keys()].sort((a, b) => a - b)
  const finite = bounds.filter((bound) => bound !== Number.POSITIVE_INFINITY)
  const last = buckets.get(Number.POSITIVE_INFINITY)
  const total = count ?? last ?? buckets.get(finite.at(-1) ?? 0) ?? 0
  const positive_buckets: number[] = []
  let before = 0
  for (const bound of finite) {
    const now = buckets.get(bound) ?? 0
    positive_buckets.push(now - before)
    before = now
  }
  positive_buckets.push((last ?? total) - before)
  return {
    schema: customBoundsSchema,
    zero_threshold: 0,
    zero_count: 0,
    count: total,
    sum: sum ?? 0,
    positive_spans: [{ offset: 0, length: positive_buckets.length }],
    positive_buckets,
    negative_spans: [],
    negative_buckets: [],
    custom_values: finite,
    reset_hint: 'unknown',
  }
}
