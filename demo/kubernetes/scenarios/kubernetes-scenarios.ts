/** The troubles of the cluster itself: what each does to it when it is switched on and off. */

import type { ObjectStore } from '../api/object-store.ts'
import type { NewObject, Pod, PodTemplate, Workload } from '../api/objects.ts'
import { amounts } from '../world/workload-objects.ts'

export const kubernetesScenarios = {
  'oom-killed': 'image-resizer leaks to its memory limit, is OOMKilled and backs off',
  'crash-loop': 'ledger-sync ends with a Java stack trace: CrashLoopBackOff',
  'node-pressure': 'worker-c runs out of memory: taint, pressure, evictions',
  'image-pull': 'promo-banner asks for an image that is not there: ImagePullBackOff',
  'hpa-flapping': 'load on image-resizer swings, its autoscaler scales up and down',
  'bad-rollout': 'gift-wrap 2.0.0 never becomes ready: the rollout is stuck',
  'cronjob-failures': 'every run of order-cleanup fails until its back-off limit',
  'pod-churn': '200 short pods a minute',
} as const

export type KubernetesScenario = keyof typeof kubernetesScenarios
export const kubernetesScenarioNames = Object.keys(kubernetesScenarios) as KubernetesScenario[]

export function isKubernetesScenario(name: string): name is KubernetesScenario {
  return Object.hasOwn(kubernetesScenarios, name)
}

export type Reach = {
  store: ObjectStore
  remove: (kind: string, namespace: string | undefined, name: string) => void
  /** Memory of a node that something outside of pods takes. */
  hog: (node: string, is_on: boolean) => void
}

const actor = 'kubectl'

export function setImage({ store }: Pick<Reach, 'store'>, where: string, image: string): void {
  const [namespace, name = ''] = where.split('/')
  const deployment = store.get<Workload>('Deployment', name, namespace)
  if (deployment === undefined) return
  const { template } = deployment.spec
  const [first, ...others] = template.spec.containers
  const containers = [{ ...first!, image }, ...others]
  const next: PodTemplate = { ...template, spec: { ...template.spec, containers } }
  store.apply({ ...deployment, spec: { ...deployment.spec, template: next } }, `${actor}-set`)
}

function banner(): NewObject {
  const labels = { app: 'promo-banner' }
  const image = 'registry.example/shop/promo-banner:7.0.0-missing'
  const container = { name: 'promo-banner', image, resources: amounts('20m', '32Mi', '64Mi') }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'promo-banner', namespace: 'shop', labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
    status: {},
  }
}

/** What is done at the switch; what goes on meanwhile is up to the programs. */
export const switches: Record<KubernetesScenario, (reach: Reach, is_on: boolean) => void> = {
  'oom-killed': () => {},
  'crash-loop': () => {},
  'hpa-flapping': () => {},
  'cronjob-failures': () => {},
  'pod-churn': () => {},
  'node-pressure': ({ store, remove, hog }, is_on) => {
    hog('worker-c', is_on)
    if (is_on) return
    for (const { metadata, status } of store.list<Pod>('Pod')) {
      if (status.reason === 'Evicted') remove('Pod', metadata.namespace, metadata.name)
    }
  },
  'image-pull': ({ store, remove }, is_on) => {
    if (is_on) store.apply(banner(), 'kubectl-client-side-apply')
    else remove('Deployment', 'shop', 'promo-banner')
  },
  'bad-rollout': (reach, is_on) => {
    const version = is_on ? '2.0.0' : '1.0.0'
    setImage(reach, 'shop/gift-wrap', `registry.example/shop/gift-wrap:${version}`)
  },
}

const churn_per_minute = 200

/** Makes jobs of one short pod each, at its rate. */
export class Churn {
  #due = 0
  #number = 0

  step({ store }: Pick<Reach, 'store'>, passed_ms: number): void {
    for (this.#due += (passed_ms / 60_000) * churn_per_minute; this.#due >= 1; this.#due--) {
      const name = `short-task-${String(this.#number++).padStart(5, '0')}`
      const labels = { app: 'short-task' }
      const image = 'registry.example/data/short-task:1.0.0'
      const container = { name: 'task', image, resources: amounts('10m', '8Mi', '32Mi') }
      const template = {
        metadata: { labels },
        spec: { restartPolicy: 'Never', containers: [container] },
      }
      store.apply(
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name, namespace: 'data', labels },
          spec: { template, completions: 1, backoffLimit: 0, ttlSecondsAfterFinished: 15 },
          status: {},
        },
        actor,
      )
    }
  }
}
