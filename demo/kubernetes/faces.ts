/** The outside of a cluster: its API server, its kubelets and the ports of its system pods. */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { nodes as usualNodes } from '../cluster/pod-identity.ts'
import type { Pod } from './api/objects.ts'
import { ApiServer } from './api/server.ts'
import type { Core, KubernetesOptions } from './core.ts'
import { kubeletServer } from './kubelet/kubelet-server.ts'
import { readLines } from './logs/container-log.ts'
import { listenAt, listenUsually, type Network, PodAddresses, takeNetwork } from './network.ts'
import { PodEndpoints } from './pod-endpoints.ts'

export type KubeletFace = { node: string; ip: string; port: number; server: Server }
export type Faces = {
  api: ApiServer
  network: Network
  kubelets: KubeletFace[]
  addresses: PodAddresses
  scheme: 'http' | 'https'
  ca_file: string | undefined
  /** The API server goes away, with all that hangs on it; answers how it comes back. */
  outage: () => Promise<() => Promise<void>>
  close: () => Promise<void>
}

const bookmark_ms_usual = 60_000

export async function openFaces(options: KubernetesOptions, core: Core): Promise<Faces> {
  const { store, tokens, authoriser } = core
  const tls = options.tls === true ? await certificates(options.dir) : undefined
  const now_ms = () => core.now_ms()
  const served = { tokens, authoriser, now_ms, ...(tls ? { tls: tls.server } : {}) }
  const api = new ApiServer({
    ...served,
    store,
    bookmark_ms: options.bookmark_ms ?? bookmark_ms_usual,
    without: options.without ?? [],
    readLog: (pod, query) => readPodLog(core, pod, query),
    remove: (kind, namespace, name) => core.remove(kind, namespace, name),
  })
  const network = await takeNetwork(api.server, tls === undefined)
  const names = options.nodes ?? usualNodes
  const kubelets: KubeletFace[] = []
  for (const [at, node] of names.entries()) {
    const life = () => core.lives.find(({ name }) => name === node)!
    const server = kubeletServer({ ...served, node: life })
    const ip = network.is_real ? `${network.prefix}.0.${11 + at}` : '127.0.0.1'
    const port = await listenUsually(server, ip, network.is_real ? 10_250 : 0)
    kubelets.push({ node, ip, port, server })
  }
  const endpoints = network.is_real ? new PodEndpoints(store, now_ms) : undefined
  const addresses = new PodAddresses(network.prefix, names)
  store.onChange(({ type, kind, object }) => {
    if (type === 'DELETED' && kind.kind === 'Pod') addresses.release(object as Pod)
  })
  const outage = async () => {
    api.watches.closeAll()
    api.lists.forget()
    await closed(api.server)
    const { host, port } = network.api
    return async () => {
      await listenAt(api.server, host, port)
    }
  }
  const close = async () => {
    api.watches.closeAll()
    await endpoints?.close()
    for (const server of [api.server, ...kubelets.map((each) => each.server)]) await closed(server)
  }
  const scheme = tls === undefined ? 'http' : 'https'
  return { api, network, kubelets, addresses, scheme, ca_file: tls?.ca_file, outage, close }
}

function closed(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve()
  const done = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  return done
}

/** An authority of this cluster's own, and a certificate for all of its servers. */
async function certificates(dir: string) {
  const { makeCertificate } = await import('../../test/ingest/certificates.ts')
  const authority = makeCertificate('demo-ca', undefined, true)
  const { cert, key } = makeCertificate('demo-api', authority)
  mkdirSync(dir, { recursive: true })
  const ca_file = join(dir, 'ca.crt')
  writeFileSync(ca_file, authority.cert)
  return { server: { cert, key }, ca_file }
}

function readPodLog(core: Core, pod: Pod, query: URLSearchParams): string {
  const name = query.get('container') ?? pod.spec.containers[0]!.name
  const status = pod.status.containerStatuses?.find((each) => each.name === name)
  const logs = core.logs.get(pod.spec.nodeName ?? '')
  if (logs === undefined || status === undefined) return ''
  const restart = status.restartCount - (query.get('previous') === 'true' ? 1 : 0)
  const lines = query.get('tailLines')
  return readLines(logs.pathOf(pod, name, restart), lines === null ? undefined : Number(lines))
}
