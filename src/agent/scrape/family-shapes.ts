/**
 * How a Prometheus family becomes an OpenTelemetry metric: its kind, its unit, and which of its
 * samples belong together. Names stay Prometheus names, so that people find what they know.
 */
import type { EncodedKind, MetricShape } from '../../wire/otlp/encode-metrics.ts'
import type { Family, FamilyType } from '../../wire/prometheus/exposition.ts'
import { ucumUnit } from '../../wire/prometheus/units.ts'

/** What a sample is to its family. */
export type SampleRole = 'number' | 'bucket' | 'sum' | 'count' | 'quantile' | 'created'

const suffixes: Readonly<Partial<Record<FamilyType, Readonly<Record<string, SampleRole>>>>> = {
  counter: { _total: 'number', _created: 'created' },
  histogram: { _bucket: 'bucket', _sum: 'sum', _count: 'count', _created: 'created' },
  summary: { _sum: 'sum', _count: 'count', _created: 'created' },
  gaugehistogram: { _bucket: 'number', _gsum: 'number', _gcount: 'number', _created: 'created' },
  info: { _info: 'number' },
}

const kinds: Readonly<Record<FamilyType, EncodedKind>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  // Its buckets may shrink; OTLP has no such histogram, so each bucket is a gauge of its own.
  gaugehistogram: 'gauge',
  summary: 'summary',
  info: 'sum',
  stateset: 'sum',
  unknown: 'gauge',
}

export type SampleMeaning = { family: Family | undefined; role: SampleRole }

/** What a sample's name says, given the families that were told before it. */
export function meaningOf(name: string, families: ReadonlyMap<string, Family>): SampleMeaning {
  const own = families.get(name)
  if (own !== undefined)
    return { family: own, role: own.type === 'summary' ? 'quantile' : 'number' }
  const cut = name.lastIndexOf('_')
  if (cut > 0) {
    const family = families.get(name.slice(0, cut))
    const role = family && suffixes[family.type]?.[name.slice(cut)]
    if (family !== undefined && role !== undefined) return { family, role }
  }
  return { family: undefined, role: 'number' }
}

/**
 * The metric under which a sample is stored: distributions by family, numbers by their own name.
 */
export function shapeOf(name: string, { family, role }: SampleMeaning): MetricShape {
  if (family === undefined) return { name, kind: 'gauge' }
  const kind = kinds[family.type]
  const isDistribution = kind === 'histogram' || kind === 'summary'
  return {
    name: isDistribution && role !== 'number' ? family.name : name,
    // A bare sample named as its histogram is no histogram.
    kind: isDistribution && role === 'number' ? 'gauge' : kind,
    unit: ucumUnit(family.unit),
    description: family.help,
  }
}
