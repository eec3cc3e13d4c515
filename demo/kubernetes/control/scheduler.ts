/** The scheduler: pods to nodes by what they ask and what is left, unless something forbids it. */
import { hash } from '../../random.ts'
import { type Node, ownerOf, type Pod, timestamp } from '../api/objects.ts'
import { amountOf } from '../kubelet/amounts.ts'
import { type Control, isOver } from './control.ts'

export function runScheduler(control: Control): void {
  const { store, recorder } = control
  const waiting = store.list<Pod>('Pod').filter((pod) => pod.spec.nodeName === undefined)
  if (waiting.length === 0) return
  const nodes = store.list<Node>('Node')
  const counts = countPods(control)
  for (const pod of waiting) {
    const refusals = new Map<string, string>()
    const fits = nodes.filter((node) => {
      const refusal = refusalOf(pod, node, counts.get(node.metadata.name) ?? 0)
      if (refusal !== undefined) refusals.set(node.metadata.name, refusal)
      return refusal === undefined
    })
    const node = choose(control, pod, fits, counts)
    if (node === undefined) {
      refuse(control, pod, nodes.length, refusals)
      continue
    }
    const { name } = node.metadata
    counts.set(name, (counts.get(name) ?? 0) + 1)
    const now = timestamp(control.now_ms())
    const condition = { type: 'PodScheduled', status: 'True', lastTransitionTime: now } as const
    const conditions = [condition]
    const placed = { ...pod, spec: { ...pod.spec, nodeName: name } }
    store.apply({ ...placed, status: { ...pod.status, conditions } }, 'kube-scheduler')
    recorder.say({
      about: pod,
      reason: 'Scheduled',
      message: `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${name}`,
      source: 'default-scheduler',
    })
  }
}

function countPods({ store }: Control): Map<string, number> {
  const counts = new Map<string, number>()
  for (const pod of store.list<Pod>('Pod')) {
    const { nodeName } = pod.spec
    if (nodeName === undefined || isOver(pod)) continue
    counts.set(nodeName, (counts.get(nodeName) ?? 0) + 1)
  }
  return counts
}

function refusalOf(pod: Pod, node: Node, count: number): string | undefined {
  if (node.spec.unschedulable) return 'node(s) were unschedulable'
  const affinity = JSON.stringify(pod.spec.affinity ?? {})
  if (affinity.includes('metadata.name') && !affinity.includes(`"${node.metadata.name}"`)) {
    return "node(s) didn't match Pod's node affinity/selector"
  }
  const tolerations = JSON.stringify(pod.spec.tolerations ?? [])
  const toleratesAll = tolerations.includes('"operator":"Exists","effect":"NoSchedule"')
  const taint = (node.spec.taints ?? []).find(({ effect }) => effect !== 'PreferNoSchedule')
  if (taint !== undefined && !toleratesAll) return `node(s) had untolerated taint {${taint.key}: }`
  if (count >= Number(node.status.allocatable.pods)) return 'Too many pods'
  const asked = pod.spec.containers.reduce(
    (sum, { resources }) => sum + amountOf(resources?.requests?.memory ?? '0'),
    0,
  )
  if (asked > amountOf(node.status.allocatable.memory ?? '0')) return 'Insufficient memory'
  return undefined
}

/** The shop's pods are where their names say; others where there are fewest. */
function choose(
  { ordinals, store }: Control,
  pod: Pod,
  fits: readonly Node[],
  counts: ReadonlyMap<string, number>,
): Node | undefined {
  const owner = ownerOf(pod)
  if (owner?.kind === 'ReplicaSet') {
    const set = store.get('ReplicaSet', owner.name, pod.metadata.namespace)
    const deployment = set?.metadata.ownerReferences?.[0]?.name ?? owner.name
    const nodes = store.list<Node>('Node')
    const at = (hash(deployment) + (ordinals.get(`pod/${pod.metadata.uid}`) ?? 0)) % nodes.length
    const preferred = fits.find(({ metadata }) => metadata.name === nodes[at]?.metadata.name)
    if (preferred !== undefined) return preferred
  }
  const load = (node: Node) => counts.get(node.metadata.name) ?? 0
  return [...fits].sort((one, other) => load(one) - load(other))[0]
}

function refuse(
  control: Control,
  pod: Pod,
  count: number,
  refusals: ReadonlyMap<string, string>,
): void {
  const words = new Map<string, number>()
  for (const word of refusals.values()) words.set(word, (words.get(word) ?? 0) + 1)
  const reasons = [...words].map(([word, times]) => `${times} ${word}`).join(', ')
  const message = `0/${count} nodes are available: ${reasons}.`
  const last = pod.status.conditions?.[0]
  if (last?.reason === 'Unschedulable' && last.message === message) return
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastTransitionTime: timestamp(control.now_ms()),
  } as const
  control.store.apply(
    { ...pod, status: { ...pod.status, conditions: [condition] } },
    'kube-scheduler',
  )
  const source = 'default-scheduler'
  control.recorder.say({ about: pod, type: 'Warning', reason: 'FailedScheduling', message, source })
}
