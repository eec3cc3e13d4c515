/** Random requests of remote write: mostly right, and wrong in the ways that senders are. */
import fc from 'fast-check'
import type { Plain } from './otlp-proto.ts'

export const write_now_ms = 1_800_000_000_000

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: rare })
const metric = fc.constantFrom(
  ...['up', 'a_total', 'a', 'b_bucket', 'b_sum', 'b_count', 'b', 'c', 'c_sum', 'd_info', '한글'],
)
const labelName = fc.constantFrom('job', 'pod', 'namespace', 'le', 'quantile', 'zone', 'x.y', '')
const labelValue = fc.constantFrom('a', 'b', '', 'cart-7d4b9c8f6d-x2x4z', '0.5', '日本', '+Inf')
const label = fc.record({ name: labelName, value: labelValue })
const labels = fc
  .tuple(
    often<string[]>(
      metric.map((name) => [name]),
      fc.constantFrom<string[]>([], ['']),
    ),
    fc.array(label),
  )
  .chain(([names, more]) => {
    const named = names.map((value) => ({ name: '__name__', value }))
    const known = new Set<string>()
    const unique = more.filter(({ name }) => !known.has(name) && known.add(name) && name !== '')
    return often(fc.constant([...named, ...unique]), fc.constant([...more, ...named]))
  })
const time = often(
  fc.integer({ min: write_now_ms - 200_000_000, max: write_now_ms }),
  fc.constantFrom(0, -5, write_now_ms + 200_000_000),
)
const start = fc.constantFrom(0, 0, write_now_ms - 300_000_000, write_now_ms, -7)
const value = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, Number.POSITIVE_INFINITY),
)
const sample = fc.record({ value, timestamp: time, startTimestamp: start })

const spans = fc.array(
  fc.record({ offset: fc.integer({ min: 0, max: 5 }), length: fc.integer({ min: 0, max: 4 }) }),
  { maxLength: 3 },
)

/** Counts that fit the spans, or nearly. */
function side(isFloat: boolean): fc.Arbitrary<{ spans: Plain[]; counts: number[] }> {
  return fc
    .tuple(spans, fc.integer({ min: -6, max: 3 }), often(fc.constant(0), fc.constantFrom(-1, 1)))
    .chain(([all, first, off]) => {
      const used = all.reduce((sum, { length }) => sum + length, 0)
      const size = Math.max(0, used + off)
      const count = often(fc.nat(9).map(Number), fc.constant(isFloat ? 0.5 : -1))
      const counts = fc.array(count, { minLength: size, maxLength: size })
      const placed = all.map((span, i) => (i === 0 ? { ...span, offset: first } : span))
      return counts.map((list) => ({ spans: placed, counts: list }))
    })
}

const deltas = (counts: number[]) => counts.map((count, i) => count - (counts[i - 1] ?? 0))
const histogram = fc.boolean().chain((isFloat) =>
  fc
    .record({
      positive: side(isFloat),
      negative: side(isFloat),
      schema: often(fc.integer({ min: -4, max: 8 }), fc.constantFrom(-53, -53, 99)),
      zeros: fc.nat(3),
      more: often(fc.constant(0), fc.constantFrom(-1, 5)),
      sum: value,
      resetHint: fc.nat(3),
      timestamp: time,
      startTimestamp: start,
    })
    .map(({ positive, negative, schema, zeros, more, ...rest }) => {
      const isCustom = schema === -53
      const below = isCustom ? { spans: [], counts: [] } : negative
      const above = isCustom
        ? { ...positive, spans: positive.spans.map((span) => ({ ...span, offset: 1 })) }
        : positive
      const inBuckets = [...above.counts, ...below.counts].reduce((sum, one) => sum + one, 0)
      const zeroCount = isCustom ? 0 : zeros
      const count = Math.max(0, inBuckets + zeroCount + more)
      const numbers = isFloat
        ? { countFloat: count, zeroCountFloat: zeroCount, positiveCounts: above.counts }
        : {
            countInt: Math.ceil(count),
            zeroCountInt: zeroCount,
            positiveDeltas: deltas(above.counts),
          }
      const others = isFloat
        ? { negativeCounts: below.counts }
        : { negativeDeltas: deltas(below.counts) }
      const customValues = isCustom ? [0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 40, 50, 60] : []
      const spansOf = { positiveSpans: above.spans, negativeSpans: below.spans }
      const zeroThreshold = 0.001
      return { ...rest, schema, ...numbers, ...others, ...spansOf, customValues, zeroThreshold }
    }),
)

const hexOf = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
const exemplarLabel = fc.oneof(
  hexOf(32).map((id) => ({ name: 'trace_id', value: id.join('') })),
  hexOf(16).map((id) => ({ name: 'span_id', value: id.join('') })),
  fc.record({ name: fc.constantFrom('user', 'trace_id', ''), value: labelValue }),
)
const exemplar = fc.record({
  labels: fc.array(exemplarLabel, { maxLength: 3 }),
  value,
  timestamp: time,
})
const few = { maxLength: 3 }
const type = fc.nat(7)
const word = fc.constantFrom('', 'Help of it.', 'seconds', '도움말')
const series = fc.record({
  labels,
  samples: fc.array(sample, few),
  histograms: often<Plain[]>(fc.constant([]), fc.array(histogram, few)),
  exemplars: fc.array(exemplar, few),
  metadata: fc.option(fc.record({ type, help: word, unit: word })),
  createdTimestamp: often(fc.constant(0), start),
})
const histograms = fc.record({
  labels,
  samples: fc.constant([]),
  histograms: fc.array(histogram, { minLength: 1, maxLength: 3 }),
  exemplars: fc.constant([]),
  metadata: fc.constant(null),
  createdTimestamp: start,
})
const timeseries = fc.array(fc.oneof(series, histograms), { maxLength: 8, size: 'medium' })
const metadata = fc.array(
  fc.record({ type, metricFamilyName: metric, help: word, unit: word }),
  few,
)

export const firstRequest: fc.Arbitrary<Plain> = fc.record({ timeseries, metadata })

/** The same in the words of 2.0; a reference leads nowhere now and then. */
export const secondRequest: fc.Arbitrary<Plain> = fc
  .tuple(timeseries, fc.array(fc.nat(40)))
  .map(([all, broken]) => {
    const symbols = ['']
    const reference = (text: string) => {
      if (!symbols.includes(text)) symbols.push(text)
      return symbols.indexOf(text)
    }
    const refs = (list: { name: string; value: string }[]) =>
      list.flatMap(({ name, value: text }) => [reference(name), reference(text)])
    const written = all.map((one: Plain, i: number) => {
      const labelsRefs = refs(one.labels)
      if (broken[i] === 0) labelsRefs.push(1)
      if (broken[i] === 1) labelsRefs.push(1, 99_999)
      const told = one.metadata && {
        type: one.metadata.type,
        helpRef: reference(one.metadata.help),
        unitRef: reference(one.metadata.unit),
      }
      return {
        ...one,
        labelsRefs,
        exemplars: one.exemplars.map((ex: Plain) => ({ ...ex, labelsRefs: refs(ex.labels) })),
        metadata: told ?? undefined,
      }
    })
    return { symbols, timeseries: written }
  })
