/**
 * A Kubernetes cluster in one process: API server, nodes, controllers and log files, as an agent
 * sees them. What the shop's pods do is up to who opens it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defaultRoles } from './api/agent-roles.ts'
import { kinds } from './api/kinds.ts'
import type { ObjectStore } from './api/object-store.ts'
import { type KubeObject, type NewObject, type Node, type Pod, timestamp } from './api/objects.ts'
import type { Recorded } from './api/rbac.ts'
import { administrator, type TokenAsk } from './api/tokens.ts'
import { isOver, isReady } from './control/control.ts'
import { Core, type KubernetesOptions } from './core.ts'
import { type Faces, openFaces } from './faces.ts'
import { NodeLife } from './kubelet/node-life.ts'
import { usualLimits } from './logs/container-log.ts'
import { PodLogs } from './logs/pod-logs.ts'
import { type KubernetesScenario, setImage, switches } from './scenarios/kubernetes-scenarios.ts'
import { nodeObject, staticPods } from './world/nodes.ts'
import { shopObjects, shopSurroundings } from './world/shop-objects.ts'
import {
  dataWorkloads,
  foundations,
  systemWorkloads,
  troubledWorkloads,
} from './world/system-objects.ts'

export type Kubernetes = {
  url: string
  ca_file?: string
  cluster_uid: string
  store: ObjectStore
  /** Of `namespace:name`. */
  token(service_account: string, ask?: TokenAsk): string
  tokenFile(service_account: string, path: string, ask?: TokenAsk): string
  /** For kubectl, with the administrator's token. */
  kubeconfig(path: string): string
  kubelets: readonly { node: string; url: string }[]
  used(): Recorded[]
  denied(): Recorded[]
  apply(object: NewObject): KubeObject
  remove(kind: string, namespace: string | undefined, name: string): void
  counts(): Record<string, number>
  scenario(name: KubernetesScenario, on: boolean): void
  setImage(where: string, image: string): void
  logs_dir(node: string): string
  /** One turn of everything, as the clock says now. */
  step(): void
  /** Watches end, and versions before now are Gone. */
  compact(): void
  /** The API server is away until what this answers is called. */
  outage(): Promise<() => Promise<void>>
  close(): Promise<void>
}

const tick_ms_usual = 500
const first_steps_max = 90

export async function openKubernetes(options: KubernetesOptions): Promise<Kubernetes> {
  const core = new Core(options)
  const faces = await openFaces(options, core)
  populate(options, core, faces)
  const { tick_ms = tick_ms_usual } = options
  const timer = tick_ms > 0 ? setInterval(() => core.step(), tick_ms) : undefined
  const close = async () => {
    clearInterval(timer)
    await faces.close()
    await Promise.all(core.lives.map((life) => life.close()))
  }
  return { ...handle(options, core, faces), close }
}

/** Fills the cluster, and lives through its past until everything is up. */
function populate(options: KubernetesOptions, core: Core, { network, ...faces }: Faces): void {
  const { control, store } = core
  const apply = (object: NewObject, manager: string) => store.apply(object, manager)
  for (const object of foundations()) apply(object, 'kubeadm')
  for (const object of options.rbac ?? defaultRoles()) apply(object, 'helm')
  faces.kubelets.forEach(({ node, ip, port }, at) => {
    const place = { name: node, ip, port, cidr: `${network.prefix}.${at + 1}.0/24` }
    apply(nodeObject({ ...place, is_first: at === 0 }, timestamp(core.now_ms())), 'kubelet')
    const limits = { ...usualLimits, ...options.log_limits }
    const logs = new PodLogs(join(options.dir, node), () => core.now_ms(), limits)
    core.logs.set(node, logs)
    const ipFor = (pod: Pod) =>
      faces.addresses.take(pod, control.ordinals.get(`pod/${pod.metadata.uid}`) ?? 0)
    const life = { control, node, node_ip: ip, logs, ipFor, program: core.program }
    core.lives.push(new NodeLife({ ...life, isQuiet: () => core.isPast }))
  })
  const { node } = faces.kubelets[0]!
  const { uid } = store.get<Node>('Node', node)!.metadata
  const ports = { 'kube-apiserver': network.api.port }
  for (const object of staticPods({ name: node, uid }, ports)) apply(object, 'kubelet')
  const { ksm = true } = options
  const all = [
    ...systemWorkloads({ ksm, ports: {} }),
    ...dataWorkloads(core.servers),
    ...shopObjects(),
    ...shopSurroundings(),
    ...troubledWorkloads(),
  ]
  const isLater = ({ kind }: NewObject) => kind === 'CronJob'
  const manager = 'kubectl-client-side-apply'
  for (const object of all) if (!isLater(object)) apply(object, manager)
  core.live(() => isUp(store), first_steps_max)
  // Its runs begin now: nobody made up those of the past.
  for (const object of all) if (isLater(object)) apply(object, manager)
}

function isUp(store: ObjectStore): boolean {
  const pods = store.list<Pod>('Pod').filter((pod) => !isOver(pod))
  const wanted = store.list('Deployment').every(({ spec, status }) => {
    const { replicas } = spec as { replicas: number }
    return (status as { readyReplicas?: number }).readyReplicas === replicas
  })
  const stateful = store.list('StatefulSet').every(({ spec, status }) => {
    const { replicas } = spec as { replicas: number }
    return (status as { readyReplicas?: number }).readyReplicas === replicas
  })
  return wanted && stateful && pods.every(isReady)
}

function handle(options: KubernetesOptions, core: Core, faces: Faces): Omit<Kubernetes, 'close'> {
  const { store, tokens, authoriser, troubles, lives } = core
  const { network, scheme, ca_file, api } = faces
  const url = `${scheme}://${network.api.host}:${network.api.port}`
  const hog = (node: string, is_on: boolean) => {
    const life = lives.find((each) => each.name === node) ?? lives.at(-1)!
    life.hog_bytes = is_on ? life.capacity_bytes : 0
    life.evictions = 0
  }
  const remove = core.remove.bind(core)
  const issue = (account: string, ask?: TokenAsk) => tokens.issue(account, ask)
  return {
    url,
    ...(ca_file === undefined ? {} : { ca_file }),
    cluster_uid: store.get('Namespace', 'kube-system')!.metadata.uid,
    store,
    token: issue,
    tokenFile: (account, path, ask) => written(path, issue(account, ask)),
    kubeconfig(path) {
      const token = issue(administrator, { life_s: 10 * 86_400 })
      const cluster =
        ca_file === undefined
          ? { server: `${url}/as/${token}` }
          : { server: url, 'certificate-authority': ca_file }
      return written(path, kubeconfig(options.name ?? 'demo', cluster, token))
    },
    kubelets: faces.kubelets.map(({ node, ip, port }) => ({
      node,
      url: `${scheme}://${ip}:${port}`,
    })),
    used: () => authoriser.used(),
    denied: () => authoriser.denied(),
    apply: (object) => store.apply(object, 'kubectl-client-side-apply'),
    remove,
    counts: () => Object.fromEntries(kinds.map(({ kind }) => [kind, store.list(kind).length])),
    scenario(name, on) {
      if (troubles.has(name) === on) return
      if (on) troubles.add(name)
      else troubles.delete(name)
      switches[name]({ store, remove, hog }, on)
    },
    setImage: (where, image) => setImage({ store }, where, image),
    logs_dir: (node) => join(options.dir, node, 'var/log/pods'),
    step: () => core.step(),
    compact() {
      store.forget()
      api.lists.forget()
      api.watches.closeAll()
    },
    outage: faces.outage,
  }
}

function written(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

function kubeconfig(name: string, cluster: object, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name, context: { cluster: name, user: 'admin', namespace: 'default' } }],
    'current-context': name,
  })
}
