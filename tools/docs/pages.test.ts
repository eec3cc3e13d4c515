/** What generated pages say is so: each hint is honoured, each right and mount is in the chart. */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { containerRules, settingsRules } from '../../src/agent/collectors/container-logs/rules.ts'
import { logHints, prometheusTarget, readMetricsHints } from '../../src/agent/discover/hints.ts'
import type { PodInfo } from '../../src/agent/kubernetes/cluster.ts'
import { resourceAttributes } from '../../src/agent/kubernetes/resource.ts'
import { integrationSchemas } from '../../src/model/policy.ts'
import { grantedRights, mountedPaths } from './capabilities-page.ts'
import { mountTable, rightTable } from './capability-table.ts'
import { logHintTable, metricHintTable, resourceHintTable, scrapeHintTable } from './hint-table.ts'
import { metricsPage } from './metrics-page.ts'

function pod(annotations: Record<string, string>): PodInfo {
  return {
    ...{ namespace: 'shop', name: 'web-0', uid: 'u1', log_uid: 'u1', ip: '10.0.0.7' },
    ...{ host_network: false, node: 'n1', started_ms: 0, labels: {}, annotations, owners: [] },
    ...{ workload_kind: 'Pod', workload: 'web-0', phase: 'Running', is_deleted: false },
    containers: [
      {
        ...{ name: 'web', id: 'c1', restart_count: 0, image: 'web:1' },
        ports: [
          { name: 'http', port: 8080 },
          { name: 'admin', port: 8081 },
        ],
      },
    ],
  }
}

/** What a hint needs beside it to mean anything. */
const companions: Readonly<Record<string, Record<string, string>>> = {
  'co.elastic.logs/fileset': { module: 'nginx' },
  'co.elastic.logs/multiline.type': { 'multiline.pattern': 'x' },
  'co.elastic.logs/multiline': { 'multiline.pattern': 'x' },
  'co.elastic.logs/multiline.count_lines': { 'multiline.type': 'count' },
  'co.elastic.logs/json.target': { 'json.message_key': 'x' },
  'co.elastic.metrics/': { module: 'prometheus' },
  'co.elastic.metrics/metricsets': { module: 'redis' },
}

function beside(hint: string): Record<string, string> {
  const [start] = Object.keys(companions)
    .filter((one) => hint.startsWith(one))
    .toSorted((a, b) => b.length - a.length)
  if (start === undefined) return {}
  const prefix = hint.slice(0, hint.indexOf('/') + 1)
  const found = Object.entries(companions[start]!).map(([key, value]) => [prefix + key, value])
  return Object.fromEntries(found)
}

describe('hints of logs', () => {
  const settings = integrationSchemas.container_logs.parse({})
  const plain = settingsRules(settings)
  const read = (annotations: Record<string, string>) => {
    const { rules, problems } = containerRules(plain, settings, pod(annotations), 'web')
    const { inputs, exclude, parser, enabled } = logHints(pod(annotations), { name: 'web' })
    return { told: inspect([rules, inputs, exclude, parser, enabled], { depth: 9 }), problems }
  }
  test('what is no hint changes nothing', () => {
    const made = { 'co.elastic.logs/colour': 'red', 'fluentbit.io/colour': 'red' }
    expect(read(made)).toEqual(read({}))
  })
  test.each(logHintTable)('$hint', ({ hint, example }) => {
    const others = beside(hint)
    const before = read(others)
    const after = read({ ...others, [hint]: example })
    expect(after.problems).toEqual([])
    expect(after.told).not.toBe(before.told)
    const off = containerRules(
      plain,
      { ...settings, hints: false },
      pod({ ...others, [hint]: example }),
      'web',
    )
    expect(off.rules).toBe(plain)
  })
})

describe('hints of metrics', () => {
  const read = (annotations: Record<string, string>) => readMetricsHints(pod(annotations))
  test.each(metricHintTable)('$hint', ({ hint, example }) => {
    const others = beside(hint)
    const after = read({ ...others, [hint]: example })
    expect(after.problems).toEqual([])
    expect(inspect(after.targets, { depth: 9 })).not.toBe(
      inspect(read(hint.endsWith('/module') ? {} : others).targets, { depth: 9 }),
    )
  })
  test.each(scrapeHintTable)('$hint', ({ hint, example }) => {
    const at = { host: '10.0.0.7', ports: [8080] }
    const asked: Record<string, string> = { 'prometheus.io/scrape': 'true' }
    const before = hint in asked ? undefined : prometheusTarget(asked, at)
    const after = prometheusTarget({ ...asked, [hint]: example }, at)
    expect(after).toBeTypeOf('object')
    expect(after).not.toEqual(before)
  })
})

test('hints of the resource', () => {
  for (const { hint, example } of resourceHintTable) {
    const attributes = resourceAttributes(pod({ [hint]: example }), undefined, {
      cluster: 'c',
      node: 'n1',
    })
    expect(attributes[hint.split('/')[1]!]).toBe(example)
  }
})

test('every right and every mount of the chart is told, and no others', () => {
  for (const [account, told] of Object.entries(rightTable)) {
    const granted = [...grantedRights(account).keys()].sort()
    expect(told.map(({ what }) => what).toSorted(), account).toEqual(granted)
  }
  expect(mountTable.map(({ what }) => what)).toEqual(mountedPaths())
})

test('every metric of the page has a unit and a sentence', () => {
  const rows = [...metricsPage().matchAll(/^\| `([^`]+)` \| ([^|]*) \| \w+ \| ([^|]+) \|/gm)]
  expect(rows.length).toBeGreaterThan(150)
  for (const [, name, unit, says] of rows) {
    expect([name, unit !== '', says!.length > 3]).toEqual([name, true, true])
  }
})

test('every setting of an integration has a default', () => {
  for (const [type, schema] of Object.entries(integrationSchemas)) {
    expect(() => z.parse(schema, {}), type).not.toThrow()
  }
})
