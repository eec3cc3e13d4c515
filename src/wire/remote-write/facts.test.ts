/** Remote write as tables of facts: places, kinds, ids, refusals, and what is remembered. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Plain } from '../../../test/wire/otlp-proto.ts'
import { encodeWrite } from '../../../test/wire/remote-write-proto.ts'
import { type Row, readRows } from '../../../test/wire/row-reader.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { decodeRemoteWrite1 } from './version-1.ts'
import { decodeRemoteWrite2 } from './version-2.ts'

const now_ms = 1_800_000_000_000
let known = new KnownIdentities()
beforeEach(() => {
  known = new KnownIdentities()
})

const context = (cluster?: string) => ({
  arrived_ms: now_ms,
  time_ms_min: now_ms - 1000,
  time_ms_max: now_ms + 1000,
  cluster,
  known,
})
const labels = (words: Record<string, string>) =>
  Object.entries(words).map(([name, value]) => ({ name, value }))

function first(request: Plain, cluster?: string) {
  const batch = new Batch()
  const outcome = decodeRemoteWrite1(encodeWrite('WriteRequest', request), context(cluster), batch)
  known.commit(batch)
  return { outcome, series: readRows('metric_series', batch.get('metric_series').written()), batch }
}

function one(words: Record<string, string>, cluster?: string): Row | undefined {
  const samples = [{ value: 1, timestamp: now_ms }]
  return first({ timeseries: [{ labels: labels(words), samples }] }, cluster).series[0]
}

describe('where a series comes from', () => {
  const f = (words: Record<string, string>, expected: Row, cluster?: string) =>
    test(JSON.stringify(words), () => {
      expect(one({ __name__: 'up', ...words }, cluster)).toMatchObject({
        ...expected,
        attributes: words,
      })
    })
  const pod = { namespace: 'shop', pod: 'cart-7d4b9c8f6d-x2x4z', container: 'cart' }
  const words = { namespace: 'shop', pod: pod.pod, container: 'cart', workload: 'cart' }
  f({}, { service: 'unknown_service', namespace: '', pod: '' })
  f({ job: 'node', instance: '10.0.0.1:9100' }, { service: 'node' })
  f({ ...pod, job: 'kubernetes-pods' }, { ...words, service: 'cart' })
  f({ ...pod, job: 'kubelet', service: 'kubelet' }, { ...words, service: 'cart' })
  f({ ...pod, app_kubernetes_io_name: 'shop-cart' }, { ...words, service: 'shop-cart' })
  f({ pod: 'db-0', job: 'kubelet' }, { pod: 'db-0', workload: 'db', service: 'db' })
  f({ pod: 'node-exporter-x2x4z' }, { workload: '', service: 'node-exporter' })
  f({ job: 'node-exporter', node: 'n1' }, { node: 'n1', service: 'node-exporter' })
  f({ job: 'api', service: 'cart' }, { service: 'cart' })
  f({ job: 'kube-state-metrics', service: 'ksm', deployment: 'a' }, { workload: 'a', service: 'a' })
  f({ k8s_namespace_name: 'shop', k8s_pod_name: 'x' }, { namespace: 'shop', pod: 'x' })
  f({ otel_scope_name: 'my.lib' }, { scope: 'my.lib' })
  f({ cluster: 'theirs' }, { cluster: 'theirs' })
  f({ cluster: 'theirs' }, { cluster: 'ours' }, 'ours')
})

describe('what kind it is', () => {
  const gauge = { kind: 0, temporality: 0, monotonic: 0 }
  const counter = { kind: 1, temporality: 2, monotonic: 1 }
  const f = (name: string, type: number, expected: Row, more: Record<string, string> = {}) =>
    test(`${name} of type ${type}`, () => {
      first({ metadata: [{ type, metricFamilyName: name.replace(/_\w+$/, ''), help: 'h' }] })
      const row = one({ __name__: name, ...more })
      expect(row).toMatchObject({ ...expected, metric: name, description: 'h' })
    })
  f('a', 0, gauge)
  f('a_total', 0, counter)
  f('a_bucket', 0, counter)
  f('a_count', 0, counter)
  f('a_sum', 0, counter)
  f('a', 1, counter)
  f('a_count', 2, gauge)
  f('a_bucket', 4, gauge)
  f('a_sum', 5, counter)
  f('a', 5, { kind: 4, temporality: 0, monotonic: 0 }, { quantile: '0.5' })
  f('a_info', 6, { kind: 1, temporality: 2, monotonic: 0 })
  f('a_created', 1, counter)
})

test('metadata that comes later is put on series that were already stored', () => {
  const words = { __name__: 'jobs', job: 'a' }
  const before = one(words)
  expect(before).toMatchObject({ kind: 0, description: '', unit: '' })
  expect(one(words), 'the row comes once a day').toBeUndefined()
  first({ metadata: [{ type: 1, metricFamilyName: 'jobs', help: 'Jobs run.', unit: 'seconds' }] })
  const after = one(words)
  expect(after).toMatchObject({ kind: 1, monotonic: 1, description: 'Jobs run.', unit: 's' })
  expect(after?.series_id).toBe(before?.series_id)
  expect(after?.time as bigint, 'and wins over the row before').toBeGreaterThan(
    before?.time as bigint,
  )
  expect(one(words)).toBeUndefined()
})

test('metadata of one cluster is not told of another', () => {
  first({ metadata: [{ type: 1, metricFamilyName: 'jobs', help: 'ours' }] }, 'a')
  expect(one({ __name__: 'jobs' }, 'a')).toMatchObject({ kind: 1, description: 'ours' })
  expect(one({ __name__: 'jobs' }, 'b')).toMatchObject({ kind: 0, description: '' })
})

test('a row that did not become durable is sent again', () => {
  const body = encodeWrite('WriteRequest', {
    timeseries: [
      { labels: labels({ __name__: 'up' }), samples: [{ value: 1, timestamp: now_ms }] },
    ],
  })
  const rows = () => {
    const batch = new Batch()
    decodeRemoteWrite1(body, context(), batch)
    return { series: batch.get('metric_series').rows, batch }
  }
  expect(rows().series).toBe(1)
  const { series, batch } = rows()
  expect(series).toBe(1)
  known.commit(batch)
  expect(rows().series).toBe(0)
})

test('the stale marker and other NaN keep their bits', () => {
  const bits = (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(value)
    const name = Buffer.from([10, 14, 10, 8, ...Buffer.from('__name__'), 18, 2, 117, 112])
    // A time as it is written: a varint.
    const time = [0x10, 0x80, 0xf0, 0xb6, 0xe1, 0xb1, 0x34]
    const sample = Buffer.concat([Buffer.from([18, 16, 9]), bytes, Buffer.from(time)])
    const body = Buffer.concat([Buffer.from([10, name.length + sample.length]), name, sample])
    const batch = new Batch()
    const everything = { ...context(), time_ms_min: 0, time_ms_max: 2e12 }
    expect(decodeRemoteWrite1(body, everything, batch)).toMatchObject({ accepted: 1, rejected: 0 })
    const row = Buffer.from(batch.get('metric_samples').written())
    return row.readBigUInt64LE(row.length - 8)
  }
  for (const value of [0x7ff0000000000002n, 0x7ff8000000000001n, 0xfff8000000000123n, 1n]) {
    expect(bits(value)).toBe(value)
  }
})

describe('what is refused is told, and good points beside it are stored', () => {
  const good = { labels: labels({ __name__: 'ok' }), samples: [{ value: 1, timestamp: now_ms }] }
  const samples = [{ value: 1, timestamp: now_ms }]
  const f = (name: string, series: Plain, expected: RegExp) =>
    test(name, () => {
      const { outcome, batch } = first({ timeseries: [good, series, good] })
      expect(outcome).toMatchObject({ accepted: 2, rejected: 1, samples: 2 })
      expect(outcome.message).toMatch(expected)
      expect(batch.get('metric_samples').rows).toBe(2)
    })
  const up = labels({ __name__: 'up', job: 'a' })
  f('no name', { labels: labels({ job: 'a' }), samples }, /\{job="a"\}: name_missing/)
  f('a label twice', { labels: [...up, ...labels({ job: 'b' })], samples }, /label_invalid/)
  f('a label without a name', { labels: [...up, { value: 'b' }], samples }, /label_invalid/)
  f('too old', { labels: up, samples: [{ timestamp: 1 }] }, /up\{job="a"\}: time_too_old, its time/)
  f('too new', { labels: up, samples: [{ timestamp: now_ms + 1001 }] }, /time_in_future/)
  const huge = [...up, { name: 'x', value: 'x'.repeat(70_000) }]
  f('a huge label', { labels: huge, samples }, /label_invalid/)
  const schema = { timestamp: now_ms, schema: 77 }
  f('schema', { labels: up, histograms: [schema] }, /histogram_invalid, its schema is 77/)
  const below = { timestamp: now_ms, countFloat: -1.5 }
  f('less than nothing', { labels: up, histograms: [below] }, /it counts less than nothing/)
  const bucket = { positiveSpans: [{ offset: 0, length: 1 }], positiveCounts: [-1] }
  const shrunk = { timestamp: now_ms, countFloat: 1, ...bucket }
  f('a bucket below', { labels: up, histograms: [shrunk] }, /a bucket counts less than nothing/)
  const wide = {
    timestamp: now_ms,
    countInt: 2,
    positiveSpans: [
      { offset: 0, length: 1 },
      { offset: 2_000_000_000, length: 1 },
    ],
    positiveDeltas: [1, 0],
  }
  f('a gap of billions', { labels: up, histograms: [wide] }, /more than 4096 buckets/)
})

describe('2.0', () => {
  const second = (request: Plain) => {
    const batch = new Batch()
    return decodeRemoteWrite2(encodeWrite('Request', request), context(), batch)
  }
  const samples = [{ value: 1, timestamp: now_ms }]
  const symbols = ['', '__name__', 'up', 'job']
  const f = (name: string, series: Plain, expected: RegExp) =>
    test(name, () => {
      const good = { labelsRefs: [1, 2], samples }
      const outcome = second({ symbols, timeseries: [good, series, good] })
      expect(outcome).toMatchObject({ accepted: 2, rejected: 1 })
      expect(outcome.message).toMatch(expected)
    })
  f('an odd number of references', { labelsRefs: [1, 2, 3], samples }, /a name and no value/)
  f('a reference to nowhere', { labelsRefs: [1, 4], samples }, /4 into a table of 4 symbols/)
  f('a series without points', { labelsRefs: [1, 2] }, /no sample, no histogram and no exemplar/)
  f('no name', { labelsRefs: [3, 2], samples }, /name_missing/)

  test('messages of the other version are named', () => {
    const one = encodeWrite('WriteRequest', { timeseries: [{ labels: labels({ a: 'b' }) }] })
    expect(() => decodeRemoteWrite2(one, context(), new Batch())).toThrow(/remote write 1.0/)
    const two = encodeWrite('Request', { symbols, timeseries: [{ labelsRefs: [1, 2] }] })
    expect(() => decodeRemoteWrite1(two, context(), new Batch())).toThrow(/remote write 2.0/)
  })

  test('one series of both versions has one id', () => {
    const batch = new Batch()
    decodeRemoteWrite2(
      encodeWrite('Request', { symbols, timeseries: [{ labelsRefs: [1, 2], samples }] }),
      context(),
      batch,
    )
    const [row] = readRows('metric_series', batch.get('metric_series').written())
    expect(row?.series_id).toBe(one({ __name__: 'up' })?.series_id)
  })
})
