/** What each trouble does to pods, events and figures, and that it goes when it is switched off. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { EventObject, Node, Pod, Workload } from '../api/objects.ts'
import { podStatusWord } from '../api/tables.ts'
import { openRig, type Rig } from '../fixture.ts'
import { type KubernetesScenario, kubernetesScenarioNames } from './kubernetes-scenarios.ts'

let rig: Rig | undefined
afterEach(() => rig?.close())

type Seen = { words: Set<string>; reasons: Set<string> }

async function under(scenario: KubernetesScenario, duration_s: number): Promise<Rig & Seen> {
  const opened = await openRig()
  rig = opened
  const words = new Set<string>()
  opened.kubernetes.scenario(scenario, true)
  for (let passed_s = 0; passed_s < duration_s; passed_s++) {
    opened.pass(1)
    for (const pod of podsOf(opened)) words.add(podStatusWord(pod))
  }
  const events = opened.kubernetes.store.list<EventObject>('Event')
  const about = ({ type, reason, involvedObject }: EventObject) =>
    `${type} ${involvedObject.kind} ${reason}`
  return { ...opened, words, reasons: new Set(events.map(about)) }
}

const podsOf = (of: Rig) => of.kubernetes.store.list<Pod>('Pod')

function appOf({ metadata: { labels = {} } }: Pod): string {
  return labels.app ?? labels['app.kubernetes.io/name'] ?? ''
}

const outcomes: Record<KubernetesScenario, { words: string[]; reasons: string[] }> = {
  'oom-killed': {
    words: ['OOMKilled', 'CrashLoopBackOff'],
    reasons: ['Warning Node OOMKilling', 'Warning Pod BackOff'],
  },
  'crash-loop': { words: ['Error', 'CrashLoopBackOff'], reasons: ['Warning Pod BackOff'] },
  'node-pressure': {
    words: ['Evicted'],
    reasons: ['Warning Pod Evicted', 'Normal Node NodeHasInsufficientMemory'],
  },
  'image-pull': { words: ['ErrImagePull', 'ImagePullBackOff'], reasons: ['Warning Pod Failed'] },
  'hpa-flapping': {
    words: ['Terminating', 'ContainerCreating'],
    reasons: ['Normal HorizontalPodAutoscaler SuccessfulRescale', 'Normal Pod Killing'],
  },
  'bad-rollout': { words: ['Running'], reasons: ['Warning Pod Unhealthy'] },
  'cronjob-failures': { words: ['Error'], reasons: ['Warning Job BackoffLimitExceeded'] },
  'pod-churn': { words: ['ContainerCreating', 'Completed'], reasons: ['Normal Job Completed'] },
}

const mended = new Set(['Running', 'Completed'])

for (const scenario of kubernetesScenarioNames) {
  test(`${scenario}: seen in statuses and events, gone afterwards`, async () => {
    const seen = await under(scenario, 150)
    for (const word of outcomes[scenario].words) expect(seen.words).toContain(word)
    for (const reason of outcomes[scenario].reasons) expect(seen.reasons).toContain(reason)
    seen.kubernetes.scenario(scenario, false)
    seen.pass(330)
    const left = podsOf(seen).filter((pod) => appOf(pod) !== 'order-cleanup')
    expect(left.filter((pod) => !mended.has(podStatusWord(pod)))).toEqual([])
    expect(left.filter((pod) => podStatusWord(pod) === 'Completed')).toEqual([])
  })
}

test('a leak climbs in the kubelet’s figures until the container is killed', async () => {
  rig = await openRig()
  rig.kubernetes.scenario('oom-killed', true)
  const bytes: number[] = []
  const [pod] = podsOf(rig).filter((each) => appOf(each) === 'image-resizer')
  const { nodeName } = pod!.spec
  const { url } = rig.kubernetes.kubelets.find(({ node }) => node === nodeName)!
  type Summary = {
    pods: { podRef: { uid: string }; containers: { memory: { workingSetBytes: number } }[] }[]
  }
  for (let step = 0; step < 5; step++) {
    rig.pass(3)
    const { body } = await rig.ask(`${url}/stats/summary`)
    const { pods } = body as unknown as Summary
    const mine = pods.find(({ podRef }) => podRef.uid === pod!.metadata.uid)
    bytes.push(mine!.containers[0]!.memory.workingSetBytes)
  }
  expect(bytes).toEqual([...bytes].sort((one, other) => one - other))
  expect(bytes[4]! - bytes[0]!).toBeGreaterThan(100 * 1024 * 1024)
  rig.pass(4)
  const after = rig.kubernetes.store.get<Pod>('Pod', pod!.metadata.name, 'shop')!
  expect(after.status.containerStatuses![0]).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
  })
  const { text } = await rig.ask(`${url}/metrics/cadvisor`)
  const kills = /container_oom_events_total\{[^}]*container="image-resizer"[^}]*\} 1/
  expect(text).toMatch(kills)
})

test('under pressure a node is tainted, and new pods go elsewhere', async () => {
  const seen = await under('node-pressure', 60)
  const node = seen.kubernetes.store.get<Node>('Node', 'worker-c')!
  const pressure = node.status.conditions.find(({ type }) => type === 'MemoryPressure')
  expect(pressure?.status).toBe('True')
  expect(node.spec.taints?.[0]?.key).toBe('node.kubernetes.io/memory-pressure')
  const evicted = podsOf(seen).filter(({ status }) => status.reason === 'Evicted')
  expect(evicted.length).toBeGreaterThan(3)
  expect(evicted[0]!.status.phase).toBe('Failed')
  for (const pod of evicted) {
    const others = podsOf(seen).filter(
      (other) => appOf(other) === appOf(pod) && other.status.phase === 'Running',
    )
    for (const other of others) {
      if (other.metadata.creationTimestamp > pod.metadata.creationTimestamp) {
        expect(other.spec.nodeName).not.toBe('worker-c')
      }
    }
  }
})

test('a rollout that does not progress says so, and the old pods go on', async () => {
  const seen = await under('bad-rollout', 120)
  const { status } = seen.kubernetes.store.get<Workload>('Deployment', 'gift-wrap', 'shop')!
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing')
  expect(progressing).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' })
  expect(status.readyReplicas).toBe(2)
})

test('pods that were short leave their last lines in files, named after them', async () => {
  const seen = await under('pod-churn', 30)
  const done = podsOf(seen).filter((pod) => podStatusWord(pod) === 'Completed')
  expect(done.length).toBeGreaterThan(20)
  for (const { metadata, spec } of done) {
    const folder = `${metadata.namespace}_${metadata.name}_${metadata.uid}`
    const container = spec.containers[0]!.name
    const path = join(seen.kubernetes.logs_dir(spec.nodeName!), folder, container, '0.log')
    expect(readFileSync(path, 'utf8')).toContain(`${metadata.name} is done: last line`)
  }
  const [first] = done
  seen.kubernetes.scenario('pod-churn', false)
  seen.pass(120)
  const { namespace, name, uid } = first!.metadata
  const folder = join(
    seen.kubernetes.logs_dir(first!.spec.nodeName!),
    `${namespace}_${name}_${uid}`,
  )
  expect(existsSync(folder)).toBe(false)
})
