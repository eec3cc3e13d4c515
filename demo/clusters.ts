/** The demo's Kubernetes clusters: the first one runs the shop's pods, others only look like it. */
import { join } from 'node:path'
import type { Cluster } from './cluster/cluster.ts'
import { shopPrograms } from './cluster/led-shop.ts'
import { type Kubernetes, openKubernetes } from './kubernetes/cluster.ts'
import { type Random, seeded } from './random.ts'
import { services } from './services/services.ts'

export type KubernetesWish = {
  dir: string
  clusters: number
  logs: 'otlp' | 'files'
  /** Agents listen for OTLP at their nodes' addresses. */
  gateways?: boolean
}
export type NamedCluster = {
  name: string
  dir: string
  kubernetes: Kubernetes
  /** A file that kubectl takes. */
  kubeconfig: string
}
type Around = {
  shop: Cluster
  random: Random
  now_ms: () => number
  busy: (time_ms: number) => number
}

export async function openClusters(
  wish: KubernetesWish | undefined,
  { shop, random, now_ms, busy }: Around,
): Promise<NamedCluster[]> {
  const opened: NamedCluster[] = []
  for (let number = 1; wish !== undefined && number <= wish.clusters; number++) {
    const name = number === 1 ? 'demo' : `demo-${number}`
    const dir = join(wish.dir, name)
    const led = { shop: () => shop, services, cluster: name, to_files: wish.logs === 'files' }
    const has_gateways = wish.gateways === true && number === 1
    const program = shopPrograms({ ...led, has_gateways, busy, opened_ms: now_ms() })
    const kubernetes = await openKubernetes({
      dir,
      now_ms,
      name,
      random: number === 1 ? random : seeded(number),
      ...(number === 1
        ? { program, real_servers: true }
        : { nodes: ['node-1', 'node-2'], ksm: false }),
    })
    const kubeconfig = kubernetes.kubeconfig(join(dir, 'kubeconfig'))
    opened.push({ name, dir, kubernetes, kubeconfig })
  }
  return opened
}
