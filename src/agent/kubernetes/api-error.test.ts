/** The words of a missing rule, as they stand in a ClusterRole; waits that grow and stay random. */
import { expect, test } from 'vitest'
import { apiError, ruleOf } from './api-error.ts'
import { backoff_ms, refusedBackoff, watchBackoff } from './backoff.ts'
import { inClusterAddress } from './in-cluster.ts'

test('a path is a rule', () => {
  const f = (path: string, rule: string) => expect(ruleOf(path)).toBe(rule)
  f('/api/v1/pods', 'get, list, watch on pods')
  f('/api/v1/pods?watch=1', 'get, list, watch on pods')
  f('/apis/apps/v1/deployments', 'get, list, watch on deployments.apps')
  f('/api/v1/namespaces', 'get, list, watch on namespaces')
  f('/api/v1/namespaces/kube-system', 'get, list, watch on namespaces')
  f('/api/v1/namespaces/shop/pods', 'get, list, watch on pods')
  f('/apis/batch/v1/namespaces/shop/jobs/a', 'get, list, watch on jobs.batch')
  f('/api/v1/nodes/n1/metrics', 'get on nodes/metrics')
  f('/metrics', 'get on the URL /metrics')
})

test('what other statuses say', () => {
  expect(apiError(500, '/x', 'etcd is away').message).toBe('/x answered 500: etcd is away')
  expect(apiError(403, '/api/v1/pods', '').rule).toBe('get, list, watch on pods')
  expect(apiError(401, '/api/v1/pods', '').message).toMatch(/token/)
})

test('waits grow to their end and are never the same for all', () => {
  const most = (failures: number) => backoff_ms(failures, () => 0.999_999_999, watchBackoff)
  expect([1, 2, 3, 7, 100].map(most)).toEqual([1000, 2000, 4000, 60_000, 60_000])
  expect(backoff_ms(100, () => 0, watchBackoff)).toBe(0)
  expect(backoff_ms(9, () => 0.999_999_999, refusedBackoff)).toBe(300_000)
})

test('a pod knows its API server from its environment', () => {
  expect(inClusterAddress({})).toBeUndefined()
  const url = (host: string, port?: string) =>
    inClusterAddress({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port })?.url
  expect(url('10.0.0.1', '6443')).toBe('https://10.0.0.1:6443')
  expect(url('fd00::1')).toBe('https://[fd00::1]:443')
})
