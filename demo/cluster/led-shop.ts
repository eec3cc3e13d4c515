/** The shop's services as programs of a simulated cluster, whose kubelets start and end them. */
import type { Program, ProgramMaker, Surroundings } from '../kubernetes/programs/program.ts'
import { heapBytes, isOutOfMemory } from '../telemetry/vitals.ts'
import type { Service } from '../world/service-definition.ts'
import { type Cluster, type LedPod, sayOutOfMemory } from './cluster.ts'
import type { LivePod } from './live-pod.ts'
import { containerId, littleEnvironment, type PodIdentity } from './pod-identity.ts'

const native_bytes = 38 * 1024 * 1024

export type LedOptions = {
  shop: () => Cluster
  services: readonly Service[]
  cluster: string
  /** Log lines go to the container's file in place of OTLP. */
  to_files: boolean
  /** Whether agents listen on the nodes. */
  has_gateways: boolean
  busy: (time_ms: number) => number
  /** What is told of the time before, is of pods that had long been ready. */
  opened_ms: number
}

export function shopPrograms(options: LedOptions): ProgramMaker {
  return (around) => {
    const service = options.services.find(({ image }) => around.image.startsWith(`${image}:`))
    return service === undefined ? undefined : program(options, service, around)
  }
}

function identityOf(cluster: string, service: Service, around: Surroundings): PodIdentity {
  const { metadata, spec } = around.pod
  const { uid, name, namespace = 'default' } = metadata
  return {
    cluster,
    service: service.name,
    namespace,
    version: around.image.slice(service.image.length + 1),
    name,
    uid,
    ip: around.ip,
    node: spec.nodeName ?? '',
    deployment: service.name,
    replicaset: metadata.ownerReferences?.[0]?.name ?? '',
    container: around.container,
    container_id: containerId(uid, around.restart),
    restart_count: around.restart,
    image: service.image,
  }
}

function program(options: LedOptions, service: Service, around: Surroundings): Program {
  const identity = identityOf(options.cluster, service, around)
  const { to_files, busy, shop, opened_ms } = options
  const write = to_files ? (text: string) => around.log(text) : undefined
  const way = options.has_gateways ? wayThroughNode(service, identity, around.node_ip) : {}
  let pod: LivePod | undefined
  let hasEnded = false
  shop()
    .start({ service, identity, started_ms: around.started_ms, write, ...way })
    .then((started) => {
      if (hasEnded) shop().end(started, 0)
      else hello(started, around)
      pod = started
    })
    .catch(() => around.exit(1))
  return {
    memory_bytes(now_ms) {
      const { memory_limit_bytes } = service
      if (pod === undefined) return native_bytes
      if (isOutOfMemory(pod)) return memory_limit_bytes
      return Math.min(heapBytes(pod, now_ms) + native_bytes, memory_limit_bytes * 0.985)
    },
    cpu_cores: (now_ms) => 0.02 + 0.1 * busy(now_ms),
    network: (now_ms) => 4_000 + 30_000 * busy(now_ms),
    isReady: (now_ms) => pod !== undefined || now_ms <= opened_ms,
    stop(reason) {
      hasEnded = true
      if (pod === undefined) return
      if (reason === 'OOMKilled') sayOutOfMemory(pod)
      else pod.call().log('info', 'received SIGTERM, draining connections')
      shop().end(pod, reason === 'OOMKilled' ? 0 : undefined)
    },
  }
}

const gateway_ports = { http: 4318, grpc: 4317 }

function wayThroughNode(service: Service, identity: PodIdentity, node_ip: string): Partial<LedPod> {
  if (service.through_node === undefined) return {}
  return {
    environment: littleEnvironment(identity, service.through_node),
    destination: {
      http_url: `http://${node_ip}:${gateway_ports.http}`,
      grpc_address: `${node_ip}:${gateway_ports.grpc}`,
      local_address: identity.ip,
    },
  }
}

function hello(pod: LivePod, { restart }: Surroundings): void {
  const { name, port } = pod.service
  if (restart > 0) pod.call().log('warn', `started after OOMKilled (restart ${restart})`)
  else pod.call().log('info', `${name} ${pod.identity.version} is listening on :${port}`)
}
