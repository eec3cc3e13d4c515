/**
 * Series computed from objects against what the demo cluster's kube-state-metrics exposes of them.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stateMetrics } from '../../../../../demo/kubernetes/state-metrics/state-metrics.ts'
import { type DemoAgent, demoAgent } from '../../../../../test/agent/demo-agent.ts'
import { ExpositionParser } from '../../../../wire/prometheus/exposition.ts'
import type { KubernetesObject } from '../../../kubernetes/api.ts'
import { slim } from '../cluster-state.ts'
import { describedKinds } from './kinds.ts'

let demo: DemoAgent<'kubernetes_metrics'>
beforeAll(async () => {
  demo = await demoAgent('kubernetes_metrics', 'cluster', {}, { tick_ms: 0 })
}, 60_000)
afterAll(() => demo?.close())

type Series = Map<string, number>

function spelled(name: string, labels: Iterable<readonly [string, string]>): string {
  const own = [...labels].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1))
  return `${name}{${own.map(([key, value]) => `${key}="${value}"`).join(',')}}`
}

function computed(object?: KubernetesObject, kind?: string): Series {
  const series: Series = new Map()
  for (const of of describedKinds) {
    if (kind !== undefined && of.kind !== kind) continue
    const all = object === undefined ? demo.kubernetes.store.list(of.kind) : [object]
    for (const one of all) {
      of.describe(slim(one as unknown as KubernetesObject), (name, labels, value) => {
        const key = spelled(name, Object.entries(labels))
        if (series.has(key)) throw new Error(`told twice: ${key}`)
        series.set(key, value)
      })
    }
  }
  return series
}

function exposed(): Series {
  const series: Series = new Map()
  const bounds = { samples_max: 1e6, labels_max: 128, line_length_max: 1e6 }
  const parser = new ExpositionParser('text', bounds)
  parser.feed(stateMetrics(demo.kubernetes.store)).finish()
  while (parser.next()) {
    const { name, labels } = parser.readSeries()
    // kube-state-metrics 2 leaves out what it once called <none>, with the word that goes with it.
    const isOwned = !labels.some(([key, value]) => key === 'owner_kind' && value === '<none>')
    const own = labels.filter(
      ([key, value]) => value !== '<none>' && (isOwned || key !== 'owner_is_controller'),
    )
    series.set(spelled(name, own), parser.value)
  }
  return series
}

/** Labels that newer versions of kube-state-metrics have and the demo's does not. */
const newer: Readonly<Record<string, readonly string[]>> = {
  kube_cronjob_info: ['timezone'],
  kube_service_info: ['uid', 'external_traffic_policy'],
  kube_persistentvolumeclaim_info: ['volumemode'],
}

test('every series of the exposition is computed, with its value, and none beside', () => {
  const ours: Series = new Map()
  for (const [key, value] of computed()) {
    const name = key.slice(0, key.indexOf('{'))
    const unknown = (newer[name] ?? []).join('|')
    const pattern = new RegExp(`(,|\\{)(?:${unknown})="[^"]*"`, 'g')
    ours.set(unknown === '' ? key : key.replace(pattern, '$1').replaceAll('{,', '{'), value)
  }
  const clean = (key: string) => key.replace(/,+/g, ',').replaceAll(',}', '}')
  const left = new Map([...ours].map(([key, value]) => [clean(key), value]))
  const theirs = exposed()
  const families = new Set([...theirs.keys()].map((key) => key.slice(0, key.indexOf('{'))))
  expect(theirs.size).toBeGreaterThan(1000)
  expect(families.size).toBeGreaterThan(80)
  const differing: string[] = []
  for (const [key, value] of theirs) {
    const got = left.get(clean(key))
    left.delete(clean(key))
    if (got === undefined || Math.abs(got - value) > 1e-9) differing.push(`${key} ${value} ${got}`)
  }
  expect(differing).toEqual([])
  const beside = [...left.keys()].filter((key) => families.has(key.slice(0, key.indexOf('{'))))
  expect(beside).toEqual([])
})

test('what the demo has no example of', () => {
  const f = (kind: string, object: object, expected: Record<string, number>) => {
    const metadata = { name: 'x', namespace: 'n', uid: 'u', resourceVersion: '1' }
    const whole = { metadata, ...object } as KubernetesObject
    const series = Object.fromEntries(computed(whole, kind))
    for (const [key, value] of Object.entries(expected))
      expect([key, series[key]]).toEqual([key, value])
  }
  const pod = 'namespace="n",pod="x",uid="u"'
  const init = `container="init",${pod}`
  const limit = (resource: string, unit: string) =>
    'kube_pod_init_container_resource_limits{container="init",namespace="n",node="m",pod="x",' +
    `resource="${resource}",uid="u",unit="${unit}"}`
  f(
    'Pod',
    {
      spec: {
        nodeName: 'm',
        initContainers: [
          { name: 'init', resources: { limits: { 'nvidia.com/gpu': '2', cpu: '1500u' } } },
        ],
      },
      status: {
        phase: 'Pending',
        reason: 'Evicted',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
        podIPs: [{ ip: 'fd00::1' }],
        initContainerStatuses: [
          {
            name: 'init',
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: {
              terminated: {
                reason: 'OOMKilled',
                exitCode: 137,
                finishedAt: '2026-01-01T00:00:00Z',
              },
            },
          },
        ],
      },
    },
    {
      [`kube_pod_owner{${pod}}`]: 1,
      'kube_pod_status_phase{namespace="n",phase="Pending",pod="x",uid="u"}': 1,
      'kube_pod_status_phase{namespace="n",phase="Running",pod="x",uid="u"}': 0,
      'kube_pod_status_reason{namespace="n",pod="x",reason="Evicted",uid="u"}': 1,
      [`kube_pod_status_unschedulable{${pod}}`]: 1,
      [`kube_pod_ips{ip="fd00::1",ip_family="6",${pod}}`]: 1,
      [`kube_pod_init_container_status_restarts_total{${init}}`]: 4,
      [`kube_pod_init_container_status_waiting{${init}}`]: 1,
      [`kube_pod_init_container_status_last_terminated_exitcode{${init}}`]: 137,
      [`kube_pod_init_container_status_last_terminated_timestamp{${init}}`]: 1_767_225_600,
      [limit('nvidia_com_gpu', 'integer')]: 2,
      [limit('cpu', 'core')]: 0.002,
    },
  )
  const failed = { failed: 3, conditions: [{ type: 'Failed', status: 'True', reason: 'Evicted' }] }
  f(
    'Job',
    { status: failed },
    {
      'kube_job_status_failed{job_name="x",namespace="n",reason="Evicted"}': 1,
      'kube_job_status_failed{job_name="x",namespace="n",reason="BackoffLimitExceeded"}': 0,
      'kube_job_failed{condition="true",job_name="x",namespace="n"}': 1,
    },
  )
  const other = { failed: 3, conditions: [{ type: 'Failed', status: 'True', reason: 'Odd' }] }
  f('Job', { status: other }, { 'kube_job_status_failed{job_name="x",namespace="n"}': 3 })
  const cpu = (field: string, value: number) => [
    { type: 'Resource', resource: { name: 'cpu', [field]: { averageUtilization: value } } },
  ]
  const hpa = 'horizontalpodautoscaler="x",metric_name="cpu",metric_target_type="utilization"'
  f(
    'HorizontalPodAutoscaler',
    { spec: { metrics: cpu('target', 60) }, status: { currentMetrics: cpu('current', 71) } },
    {
      [`kube_horizontalpodautoscaler_spec_target_metric{${hpa},namespace="n"}`]: 60,
      [`kube_horizontalpodautoscaler_status_target_metric{${hpa},namespace="n"}`]: 71,
    },
  )
  f(
    'PersistentVolume',
    {
      spec: { capacity: { storage: '1Gi' }, claimRef: { name: 'c', namespace: 'd' } },
      status: { phase: 'Bound' },
    },
    {
      'kube_persistentvolume_capacity_bytes{persistentvolume="x"}': 1024 ** 3,
      'kube_persistentvolume_claim_ref{claim_namespace="d",name="c",persistentvolume="x"}': 1,
      'kube_persistentvolume_status_phase{persistentvolume="x",phase="Bound"}': 1,
      'kube_persistentvolume_status_phase{persistentvolume="x",phase="Failed"}': 0,
    },
  )
  const rolling = { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }
  const max = 'kube_deployment_spec_strategy_rollingupdate_max'
  f(
    'Deployment',
    { spec: { replicas: 10, strategy: rolling } },
    {
      [`${max}_surge{deployment="x",namespace="n"}`]: 3,
      [`${max}_unavailable{deployment="x",namespace="n"}`]: 2,
    },
  )
})
