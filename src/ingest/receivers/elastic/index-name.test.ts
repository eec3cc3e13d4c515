/** What the names of indices say, and what date math in them comes to. */
import { expect, test } from 'vitest'
import { dateMath, indexName, problemOf } from './index-name.ts'

const now_ms = Date.parse('2026-11-21T22:30:00Z')

test('a name says type, data set and namespace', () => {
  const f = (name: string, type: string, dataset: string, namespace = 'default') =>
    expect(indexName(name, now_ms), name).toMatchObject({ type, dataset, namespace })
  f('logs-nginx.access-prod', 'logs', 'nginx.access', 'prod')
  f('metrics-system.cpu-default', 'metrics', 'system.cpu')
  f('.ds-metrics-a-b-c-2026.11.21-000003', 'metrics', 'a', 'b-c')
  f('.ds-filebeat-8.19.0-2026.11.21-000001', 'logs', 'filebeat')
  f('filebeat-7.13.0-2026.11.21-000001', 'logs', 'filebeat')
  f('metricbeat-8.19.0', 'metrics', 'metricbeat')
  f('logstash-2026.11.21', 'logs', 'logstash')
  f('fluentd-00001', 'logs', 'fluentd')
  f('fluent-bit', 'logs', 'fluent-bit')
  f('app_v2', 'logs', 'app_v2')
  f('2026.11.21', 'logs', '2026.11.21')
})

test('date math is done', () => {
  const f = (sent: string, expected: string) => expect(dateMath(sent, now_ms), sent).toBe(expected)
  f('<logs-{now/d}>', 'logs-2026.11.21')
  f('<logs-{now/d}-000001>', 'logs-2026.11.21-000001')
  f('<logs-{now/M}>', 'logs-2026.11.01')
  f('<logs-{now/M{yyyy.MM}}>', 'logs-2026.11')
  f('<logs-{now-1M/M{yyyy-MM}}>', 'logs-2026-10')
  f('<logs-{now-7d{yyyy.MM.dd.HH}}>', 'logs-2026.11.14.22')
  f('<logs-{now/d{yyyy.MM.dd|+09:00}}>', 'logs-2026.11.22')
  f('<logs-{now/w}>', 'logs-2026.11.16')
  f('<logs-{now/y{yy}}-{now/d{dd}}>', 'logs-26-21')
  f('plain', 'plain')
})

test('names that no index can have', () => {
  for (const name of ['', '.', '..', '-a', '_a', '+a', 'a b', 'a/b', 'a*', 'a"', 'a,b', 'a#b']) {
    expect(problemOf(name), name).not.toBe('')
  }
  expect(problemOf('a'.repeat(256))).toBe('index name is too long')
  for (const name of ['a', '.kibana', 'logs-a.b-c', '한국', 'A']) expect(problemOf(name)).toBe('')
})
