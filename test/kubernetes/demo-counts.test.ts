/**
 * What the screens count is what the API lists: at rest, while 200 pods a minute come and go, after
 * watches broke in every way, and when objects went while nobody watched.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NewObject } from '../../demo/kubernetes/api/objects.ts'
import { objectList } from '../../src/pages/kubernetes/contract.ts'
import { countOf, differences, listed, missingEvents } from './demo-counts.ts'
import { DemoRig, untilNothing } from './demo-rig.ts'

let rig: DemoRig

beforeAll(async () => {
  rig = await DemoRig.open({ demo: {}, 'demo-2': { nodes: ['node-1', 'node-2'], ksm: false } })
  rig.startAgents()
}, 90_000)
afterAll(() => rig?.close(), 30_000)

const agree = (cluster = 'demo') => untilNothing(() => differences(rig, cluster))

function configMap(name: string): NewObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: {} }
}

function workload(name: string): NewObject {
  const labels = { app: name }
  const template = {
    metadata: { labels },
    spec: { containers: [{ name, image: `registry.example/shop/${name}:1` }] },
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', labels },
    spec: { replicas: 3, selector: { matchLabels: labels }, template },
    status: {},
  }
}

test('at rest every kind of two clusters is shown as it is listed', async () => {
  await agree('demo')
  await agree('demo-2')
  await untilNothing(() => missingEvents(rig, 'demo'))
  const kinds = ['Node', 'Namespace', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Service']
  for (const kind of [...kinds, 'CronJob', 'PersistentVolumeClaim']) {
    expect(await countOf(rig.kubernetes('demo'), kind), kind).toBeGreaterThan(0)
  }
}, 300_000)

test('the same names in two clusters are two objects', async () => {
  const { cluster, name, uid } = await rig.ask(objectList, { list: 'pods', search: '' })
  const names = (wanted: string) => name.filter((_, at) => cluster[at] === wanted)
  const both = names('demo').filter((one) => names('demo-2').includes(one))
  expect(both.length).toBeGreaterThan(3)
  expect(new Set(uid).size).toBe(uid.length)
  const alone = await rig.ask(objectList, { list: 'pods', search: '', cluster: 'demo-2' })
  expect(new Set(alone.cluster)).toEqual(new Set(['demo-2']))
  expect(alone.total).toBe(await countOf(rig.kubernetes('demo-2'), 'Pod'))
})

test('200 pods a minute come, go and are forgotten', async () => {
  const kubernetes = rig.kubernetes('demo')
  kubernetes.scenario('pod-churn', true)
  await untilNothing(async () => {
    const jobs = (await listed(kubernetes, '/apis/batch/v1/jobs')).length
    return jobs > 40 ? [] : [`${jobs} jobs so far`]
  })
  kubernetes.scenario('pod-churn', false)
  await agree()
  await untilNothing(() => missingEvents(rig, 'demo'))
}, 300_000)

test('a version that is too old, and an API server that was away', async () => {
  const kubernetes = rig.kubernetes('demo')
  kubernetes.apply(workload('old-version'))
  kubernetes.remove('Service', 'shop', 'gift-wrap')
  kubernetes.compact()
  await agree()
  const back = await kubernetes.outage()
  kubernetes.apply(workload('while-away'))
  kubernetes.remove('Deployment', 'shop', 'old-version')
  kubernetes.compact()
  await back()
  await agree()
}, 300_000)

test('every scenario is in the list of what is in trouble', async () => {
  const kubernetes = rig.kubernetes('demo-2')
  const all = ['oom-killed', 'crash-loop', 'node-pressure', 'image-pull', 'bad-rollout'] as const
  for (const name of [...all, 'hpa-flapping', 'cronjob-failures'] as const) {
    kubernetes.scenario(name, true)
  }
  const wanted: [what: string, kind: string, said: RegExp][] = [
    ['out of memory', 'Pod', /OOMKilled/],
    ['a crash loop', 'Pod', /CrashLoopBackOff/],
    ['pressure on a node', 'Node', /MemoryPressure/],
    ['an eviction', 'Pod', /^Evicted/],
    ['an image that is not there', 'Pod', /ImagePull/],
    ['a stuck rollout', 'Deployment', /ProgressDeadlineExceeded/],
    ['a failed job', 'Job', /BackoffLimitExceeded/],
  ]
  const seen = new Set<string>()
  await untilNothing(async () => {
    const told = await rig.ask(objectList, { list: 'troubled', cluster: 'demo-2', search: '' })
    for (const [what, kind, said] of wanted) {
      const isThere = told.name.some(
        (_, at) =>
          told.kind[at] === kind && said.test(`${told.status[at]} ${told.status_message[at]}`),
      )
      if (isThere) seen.add(what)
    }
    const scalers = await rig.ask(objectList, {
      list: 'autoscalers',
      cluster: 'demo-2',
      search: '',
    })
    const { rescales = 0 } = scalers.numbers[0] ?? {}
    const missing = wanted.filter(([what]) => !seen.has(what)).map(([what]) => `not seen: ${what}`)
    return rescales > 0 ? missing : [...missing, 'not seen: an autoscaler that acts']
  }, 240_000)
}, 300_000)

test('what went while the agents were away is not shown any more', async () => {
  const kubernetes = rig.kubernetes('demo')
  kubernetes.apply(configMap('kept'))
  await agree()
  await rig.stopAgents()
  kubernetes.remove('Deployment', 'shop', 'while-away')
  kubernetes.remove('HorizontalPodAutoscaler', 'shop', 'image-resizer')
  kubernetes.remove('StatefulSet', 'data', 'postgres-catalog')
  kubernetes.apply(workload('new-meanwhile'))
  kubernetes.compact()
  rig.startAgents()
  await agree()
  await untilNothing(() => missingEvents(rig, 'demo'))
}, 300_000)
