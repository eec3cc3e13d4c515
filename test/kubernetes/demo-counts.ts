/** The demo API's lists beside what the screens' questions answer: object by object, by name. */
import { administrator } from '../../demo/kubernetes/api/tokens.ts'
import type { Kubernetes } from '../../demo/kubernetes/cluster.ts'
import {
  clusterList,
  type ListName,
  lists,
  objectList,
} from '../../src/pages/kubernetes/contract.ts'
import { eventList } from '../../src/pages/kubernetes/contract-history.ts'
import type { DemoRig } from './demo-rig.ts'

const paths: Readonly<Record<string, string>> = {
  Node: '/api/v1/nodes',
  Namespace: '/api/v1/namespaces',
  Pod: '/api/v1/pods',
  Deployment: '/apis/apps/v1/deployments',
  StatefulSet: '/apis/apps/v1/statefulsets',
  DaemonSet: '/apis/apps/v1/daemonsets',
  Service: '/api/v1/services',
  Ingress: '/apis/networking.k8s.io/v1/ingresses',
  Job: '/apis/batch/v1/jobs',
  CronJob: '/apis/batch/v1/cronjobs',
  PersistentVolumeClaim: '/api/v1/persistentvolumeclaims',
  PersistentVolume: '/api/v1/persistentvolumes',
  HorizontalPodAutoscaler: '/apis/autoscaling/v2/horizontalpodautoscalers',
}
const events_path = '/apis/events.k8s.io/v1/events'

type Meta = { namespace?: string; name: string; uid: string }

/** As kubectl would list them. */
export async function listed(kubernetes: Kubernetes, path: string): Promise<Meta[]> {
  const authorization = `Bearer ${kubernetes.token(administrator)}`
  const response = await fetch(kubernetes.url + path, { headers: { authorization } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  const { items } = (await response.json()) as { items: { metadata: Meta }[] }
  return items.map(({ metadata }) => metadata)
}

export async function countOf(kubernetes: Kubernetes, kind: string): Promise<number> {
  return (await listed(kubernetes, paths[kind]!)).length
}

const nameOf = ({ namespace = '', name, uid }: Meta) => `${namespace}/${name} ${uid}`

/** Kinds and the lists in which they stand. */
const shown = Object.entries(lists)
  .filter(([list]) => list !== 'troubled')
  .flatMap(([list, kinds]) => kinds.map((kind): [ListName, string] => [list as ListName, kind]))

/** Every object that one side has and the other has not, and every figure that differs. */
export async function differences(rig: DemoRig, cluster: string): Promise<string[]> {
  const kubernetes = rig.kubernetes(cluster)
  const found: string[] = []
  const truth = new Map<string, Set<string>>()
  for (const [list, kind] of shown) {
    const answer = await rig.ask(objectList, { list, cluster, search: '' })
    const seen = new Set<string>()
    for (const [at, name] of answer.name.entries()) {
      if (answer.kind[at] !== kind) continue
      seen.add(nameOf({ namespace: answer.namespace[at]!, name, uid: answer.uid[at]! }))
    }
    const real = new Set((await listed(kubernetes, paths[kind]!)).map(nameOf))
    truth.set(kind, real)
    for (const one of real) if (!seen.has(one)) found.push(`${kind} ${one} is not shown`)
    for (const one of seen) if (!real.has(one)) found.push(`${kind} ${one} is shown and gone`)
  }
  const overview = await rig.ask(clusterList, {})
  const at = overview.cluster.indexOf(cluster)
  const count = (...kinds: string[]) => kinds.reduce((sum, kind) => sum + truth.get(kind)!.size, 0)
  const f = (what: string, figure: number | undefined, real: number) => {
    if (figure !== real) found.push(`the overview has ${figure} ${what}, the API ${real}`)
  }
  f('nodes', overview.nodes[at], count('Node'))
  f('pods', overview.pods[at], count('Pod'))
  f('namespaces', overview.namespaces[at], count('Namespace'))
  f('workloads', overview.workloads[at], count(...lists.workloads))
  return found
}

/** Events of the API that are not kept. What the API forgets is kept all the same. */
export async function missingEvents(
  rig: DemoRig,
  cluster: string,
  path = events_path,
): Promise<string[]> {
  const { event_uid } = await rig.ask(eventList, { cluster, search: '', rows_max: 5000 })
  const kept = new Set(event_uid)
  const real = await listed(rig.kubernetes(cluster), path)
  return real.filter(({ uid }) => !kept.has(uid)).map(({ name }) => `event ${name} is not kept`)
}
