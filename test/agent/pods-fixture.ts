/** Pods as an index would tell of them, and a cluster around them: for tests of log collectors. */
import type { Cluster, PodInfo, Pods } from '../../src/agent/kubernetes/cluster.ts'

export const podName = 'cart-7d9c5b6f4-x2x4z'

export function podInfo(more: Partial<PodInfo> = {}): PodInfo {
  const container = { id: 'c1', image: 'shop/cart:1.2', ports: [] }
  return {
    ...{
      namespace: 'shop',
      name: podName,
      uid: 'u1',
      log_uid: 'u1',
      ip: '10.0.0.1',
      host_network: false,
    },
    ...{ node: 'node-1', started_ms: 0, labels: { app: 'cart' }, annotations: {}, owners: [] },
    ...{ workload_kind: 'Deployment', workload: 'cart', phase: 'Running', is_deleted: false },
    containers: [
      { ...container, name: 'app', restart_count: 0 },
      { ...container, name: 'app', id: 'c2', restart_count: 1 },
    ],
    ...more,
  }
}

export class PodsFixture implements Pods {
  readonly known = new Map<string, PodInfo>()
  readonly #listeners = new Set<(pod: PodInfo) => void>()

  set(pod: PodInfo): void {
    this.known.set(pod.uid, pod)
    for (const tell of this.#listeners) tell(pod)
  }

  byUid(uid: string): PodInfo | undefined {
    return [...this.known.values()].find((pod) => pod.uid === uid || pod.log_uid === uid)
  }

  byName(namespace: string, wanted: string): PodInfo | undefined {
    return [...this.known.values()].find(
      (pod) => pod.namespace === namespace && pod.name === wanted,
    )
  }

  byIp(): undefined {}

  byContainerId(id: string) {
    for (const pod of this.known.values()) {
      const container = pod.containers.find((one) => one.id === id)
      if (container !== undefined) return { pod, container }
    }
    return undefined
  }

  all(): Iterable<PodInfo> {
    return this.known.values()
  }

  onChange(tell: (pod: PodInfo) => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  async ready(): Promise<void> {}
}

export function withPods(...all: PodInfo[]): { pods: PodsFixture; more: { cluster: Cluster } } {
  const pods = new PodsFixture()
  for (const pod of all) pods.set(pod)
  const api: Cluster['api'] = {
    get: () => Promise.reject(new Error('not asked')),
    text: () => Promise.reject(new Error('not asked')),
    watch: () => ({ close: () => {} }),
  }
  return { pods, more: { cluster: { api, pods, cluster_uid: 'cu', close: () => {} } } }
}
