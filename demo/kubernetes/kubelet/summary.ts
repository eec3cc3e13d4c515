/** /stats/summary: what a node, its pods, containers and volumes use, as the kubelet says it. */
import type { ContainerLife } from './container-life.ts'
import type { NodeLife } from './node-life.ts'
import type { PodLife } from './pod-life.ts'

const gibibyte = 1024 ** 3
const disk = { capacity_bytes: 96 * gibibyte, inodes: 6_553_600 }

const stamp = (time_ms: number) => `${new Date(time_ms).toISOString().slice(0, 19)}Z`

function cpu(cores: number, total_s: number, now_ms: number): object {
  const psi = { full: pressure(0), some: pressure(cores) }
  return {
    time: stamp(now_ms),
    usageNanoCores: Math.round(cores * 1e9),
    usageCoreNanoSeconds: Math.round(total_s * 1e9),
    psi,
  }
}

const pressure = (share: number) => ({
  total: Math.round(share * 1e6),
  avg10: Math.min(100, Math.round(share * 100) / 100),
  avg60: Math.min(100, Math.round(share * 80) / 100),
  avg300: Math.min(100, Math.round(share * 60) / 100),
})

function memory(bytes: number, limit_bytes: number, now_ms: number): object {
  const used = Math.round(bytes)
  return {
    time: stamp(now_ms),
    ...(limit_bytes > 0 ? { availableBytes: Math.max(0, Math.round(limit_bytes - used)) } : {}),
    usageBytes: Math.round(used * 1.08),
    workingSetBytes: used,
    rssBytes: Math.round(used * 0.86),
    pageFaults: Math.round(used / 4096),
    majorPageFaults: Math.round(used / 4_096_000),
  }
}

function files(used_bytes: number, now_ms: number, capacity_bytes = disk.capacity_bytes): object {
  const used = Math.round(used_bytes)
  const inodesUsed = 40 + Math.round(used / 65_536)
  return {
    time: stamp(now_ms),
    availableBytes: Math.max(0, capacity_bytes - used),
    capacityBytes: capacity_bytes,
    usedBytes: used,
    inodesFree: disk.inodes - inodesUsed,
    inodes: disk.inodes,
    inodesUsed,
  }
}

export function network(bytes: number, now_ms: number): object {
  const one = {
    name: 'eth0',
    rxBytes: Math.round(bytes),
    rxErrors: 0,
    txBytes: Math.round(bytes * 1.3),
    txErrors: 0,
  }
  return { time: stamp(now_ms), ...one, interfaces: [one] }
}

function containerStats(container: ContainerLife, now_ms: number): object {
  return {
    name: container.spec.name,
    startTime: stamp(container.started_ms),
    cpu: cpu(container.cpu_cores(now_ms), container.cpu_s, now_ms),
    memory: memory(container.memory_bytes(now_ms), container.limit_bytes, now_ms),
    rootfs: files(81_920, now_ms),
    logs: files(container.log?.bytes_total ?? 0, now_ms),
    swap: { time: stamp(now_ms), swapUsageBytes: 0 },
  }
}

export function sumOf(life: PodLife, of: (container: ContainerLife) => number): number {
  return life.containers.reduce((sum, container) => sum + of(container), 0)
}

const volume_bytes = 8 * gibibyte

export type VolumeUse = { claim: string; capacity_bytes: number; used_bytes: number }

/** Volumes fill slowly from the day they were made. */
export function volumesOf({ pod }: PodLife, now_ms: number): VolumeUse[] {
  return (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => {
    if (claim === undefined) return []
    const age_h = (now_ms - Date.parse(pod.metadata.creationTimestamp)) / 3_600_000
    const used_bytes = volume_bytes * Math.min(0.97, 0.42 + age_h * 0.0004)
    return [{ claim: claim.claimName, capacity_bytes: volume_bytes, used_bytes }]
  })
}

function podStats(life: PodLife, now_ms: number): object {
  const { name, namespace, uid } = life.pod.metadata
  const running = life.containers.filter(({ isRunning }) => isRunning)
  const bytes = sumOf(life, (each) => each.memory_bytes(now_ms))
  const cores = sumOf(life, (each) => each.cpu_cores(now_ms))
  const volume = volumesOf(life, now_ms).map(({ claim, capacity_bytes, used_bytes }) => ({
    ...files(used_bytes, now_ms, capacity_bytes),
    name: claim.replace(/-[^-]+-\d+$/, ''),
    pvcRef: { name: claim, namespace },
  }))
  const isOnHost = life.pod.spec.hostNetwork === true
  return {
    podRef: { name, namespace, uid },
    startTime: stamp(life.started_ms),
    containers: running.map((container) => containerStats(container, now_ms)),
    cpu: cpu(
      cores,
      sumOf(life, ({ cpu_s }) => cpu_s),
      now_ms,
    ),
    memory: memory(bytes, 0, now_ms),
    ...(isOnHost
      ? {}
      : {
          network: network(
            sumOf(life, (each) => each.network_bytes),
            now_ms,
          ),
        }),
    ...(volume.length > 0 ? { volume } : {}),
    'ephemeral-storage': files(sumOf(life, ({ log }) => log?.bytes_total ?? 0) + 90_112, now_ms),
    process_stats: { process_count: running.length },
    swap: { time: stamp(now_ms), swapUsageBytes: 0 },
  }
}

export function summary(node: NodeLife, now_ms: number): object {
  const bytes = node.memory_bytes(now_ms)
  const used = 31 * gibibyte + (now_ms % 3_600_000) * 400
  const lives = [...node.pods.values()].filter(({ containers }) =>
    containers.some(({ isRunning }) => isRunning),
  )
  const own = (name: string, cores: number, memory_bytes: number) => ({
    name,
    startTime: stamp(node.started_ms),
    cpu: cpu(cores, node.cpu_s * 0.1, now_ms),
    memory: memory(memory_bytes, 0, now_ms),
  })
  return {
    node: {
      nodeName: node.name,
      startTime: stamp(node.started_ms),
      systemContainers: [
        own('kubelet', 0.04, 96 * 1024 ** 2),
        own('runtime', 0.03, 140 * 1024 ** 2),
        own('pods', node.cpu_cores(now_ms) - 0.12, bytes - 0.9 * gibibyte),
      ],
      cpu: cpu(node.cpu_cores(now_ms), node.cpu_s, now_ms),
      memory: memory(bytes, node.capacity_bytes, now_ms),
      network: network(node.network_bytes, now_ms),
      fs: files(used, now_ms),
      runtime: { imageFs: files(9 * gibibyte, now_ms), containerFs: files(2 * gibibyte, now_ms) },
      rlimit: { time: stamp(now_ms), maxpid: 32_768, curproc: 180 + lives.length * 6 },
      swap: { time: stamp(now_ms), swapAvailableBytes: 0, swapUsageBytes: 0 },
    },
    pods: lives.map((life) => podStats(life, now_ms)),
  }
}
