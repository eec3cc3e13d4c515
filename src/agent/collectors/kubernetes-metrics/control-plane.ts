/**
 * Which pages of the control plane there are and which of them can be seen: the API server answers
 * at its own address, the others are pods in kube-system, where they can be reached.
 */
import type { IntegrationSettings } from '../../../model/policy.ts'
import type { KubernetesApi } from '../../kubernetes/api.ts'
import type { PodInfo } from '../../kubernetes/cluster.ts'
import {
  type FetchAsk,
  FetchError,
  type OpenText,
  type TextSource,
} from '../../scrape/fetch-text.ts'

/** As kube-prometheus scrapes kube-state-metrics, which dashboards ask for. */
export const state_job = 'kube-state-metrics'

export type ControlComponent = {
  /** The job under which dashboards look for it. */
  job: string
  /** Values of the labels component, k8s-app, app.kubernetes.io/name that its pods have. */
  names: readonly string[]
  port: number
  scheme: 'http' | 'https'
  /** What to change when its pods are there and do not answer. */
  hint: string
}

const bound = (flag: string) =>
  `It listens on 127.0.0.1 only unless ${flag} says otherwise; managed clusters do not show it.`

export const controlComponents: readonly ControlComponent[] = [
  {
    job: 'kube-scheduler',
    names: ['kube-scheduler'],
    port: 10_259,
    scheme: 'https',
    hint: bound('--bind-address=0.0.0.0'),
  },
  {
    job: 'kube-controller-manager',
    names: ['kube-controller-manager'],
    port: 10_257,
    scheme: 'https',
    hint: bound('--bind-address=0.0.0.0'),
  },
  {
    job: 'etcd',
    names: ['etcd'],
    port: 2381,
    scheme: 'http',
    hint: bound('--listen-metrics-urls=http://0.0.0.0:2381'),
  },
  {
    job: 'coredns',
    names: ['kube-dns', 'coredns'],
    port: 9153,
    scheme: 'http',
    hint: 'The Corefile needs the line "prometheus :9153", and no NetworkPolicy may forbid it.',
  },
  {
    job: 'kube-proxy',
    names: ['kube-proxy'],
    port: 10_249,
    scheme: 'http',
    hint: bound('metricsBindAddress: 0.0.0.0:10249 of its configuration'),
  },
]

const nameLabels = ['component', 'k8s-app', 'app.kubernetes.io/name', 'app']
/** Of a component with a pod on every node some tell enough. */
const pods_max = 16

export function podsOf(names: readonly string[], pods: Iterable<PodInfo>): PodInfo[] {
  const found: PodInfo[] = []
  for (const pod of pods) {
    const { phase, is_deleted, ip } = pod
    if (phase !== 'Running' || is_deleted || ip === '') continue
    if (isComponent(pod, names)) found.push(pod)
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, pods_max)
}

function isComponent({ namespace, labels }: PodInfo, names: readonly string[]): boolean {
  if (namespace !== 'kube-system') return false
  return nameLabels.some((label) => names.includes(labels[label] ?? ''))
}

export function isStatePod({ labels, name }: PodInfo): boolean {
  const words = [labels['app.kubernetes.io/name'], labels['k8s-app'], labels.app]
  return words.includes(state_job) || name.startsWith(`${state_job}-`)
}

/**
 * The agent of the cluster scrapes this pod: whoever else finds it, by an annotation or a monitor,
 * would store each of its series a second time.
 */
export function isOfCluster(
  pod: PodInfo,
  { state, control_plane }: IntegrationSettings<'kubernetes_metrics'>,
): boolean {
  if (isStatePod(pod)) return state === 'auto' || state === 'kube_state_metrics'
  return control_plane && controlComponents.some(({ names }) => isComponent(pod, names))
}

/** The port that says it is for metrics, else the usual one. */
export function metricsPort(pod: PodInfo, port: number, names: readonly string[]): number {
  const ports = pod.containers.flatMap((container) => container.ports)
  return ports.find(({ name }) => names.includes(name))?.port ?? port
}

export function urlOf(scheme: string, ip: string, port: number, path = '/metrics'): string {
  return `${scheme}://${ip.includes(':') ? `[${ip}]` : ip}:${port}${path}`
}

/** /metrics of the API server over the connection that the agent has to it anyway. */
export class ApiTextSource implements TextSource {
  readonly #api: KubernetesApi

  constructor(api: KubernetesApi) {
    this.#api = api
  }

  async read({ timeout_ms }: FetchAsk, open: OpenText): Promise<void> {
    const accept = 'text/plain;version=0.0.4'
    let text: string
    try {
      text = await this.#api.text('/metrics', { accept, timeout_ms })
    } catch (error) {
      const { status = 0, message } = error as { status?: number; message: string }
      throw new FetchError(status, `The API server: ${message}`, { cause: error })
    }
    open(accept)(text)
  }
}
