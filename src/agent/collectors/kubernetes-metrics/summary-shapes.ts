/** Data table: what the kubelet's summary says, under OpenTelemetry's names and units. */
import type { EncodedKind, MetricShape } from '../../../wire/otlp/encode-metrics.ts'

/** The kubelet's own shapes; every figure may be missing. */
export type CpuStats = { usageNanoCores?: number; usageCoreNanoSeconds?: number }
export type MemoryStats = {
  availableBytes?: number
  usageBytes?: number
  workingSetBytes?: number
  rssBytes?: number
  pageFaults?: number
  majorPageFaults?: number
}
export type FsStats = {
  availableBytes?: number
  capacityBytes?: number
  usedBytes?: number
  inodes?: number
  inodesFree?: number
  inodesUsed?: number
}
export type InterfaceStats = {
  name: string
  rxBytes?: number
  rxErrors?: number
  txBytes?: number
  txErrors?: number
}
export type NetworkStats = Partial<InterfaceStats> & { interfaces?: InterfaceStats[] }
export type ContainerStats = {
  name: string
  startTime?: string
  cpu?: CpuStats
  memory?: MemoryStats
  rootfs?: FsStats
}
export type PodStats = {
  podRef: { name: string; namespace: string; uid: string }
  startTime?: string
  containers?: ContainerStats[]
  cpu?: CpuStats
  memory?: MemoryStats
  network?: NetworkStats
  volume?: (FsStats & { name: string; pvcRef?: { name: string; namespace: string } })[]
  'ephemeral-storage'?: FsStats
}
export type NodeStats = Omit<PodStats, 'podRef' | 'containers' | 'volume'> & {
  nodeName: string
  fs?: FsStats
  rlimit?: { maxpid?: number; curproc?: number }
}
export type Summary = { node?: NodeStats; pods?: PodStats[] }

const shape = (
  kind: EncodedKind,
  name: string,
  unit: string,
  description: string,
): MetricShape => ({
  kind,
  name,
  unit,
  description,
})

/** The same figures for a node, a pod and a container. */
function usageShapes(prefix: string) {
  const gauge = (name: string, unit: string, says: string) =>
    shape('gauge', `${prefix}.${name}`, unit, says)
  return {
    cpuUsage: gauge('cpu.usage', '{cpu}', 'Cores in use, averaged over the sample window'),
    cpuTime: shape('counter', `${prefix}.cpu.time`, 's', 'CPU time spent since the start'),
    available: gauge('memory.available', 'By', 'Memory that is left'),
    usage: gauge('memory.usage', 'By', 'Memory in use, caches included'),
    workingSet: gauge('memory.working_set', 'By', 'Memory in use that cannot be given back'),
    rss: gauge('memory.rss', 'By', 'Anonymous and swap cache memory'),
    pageFaults: gauge('memory.page_faults', '1', 'Page faults since the start'),
    majorPageFaults: gauge('memory.major_page_faults', '1', 'Major page faults since the start'),
    fsAvailable: gauge('filesystem.available', 'By', 'Bytes that are left'),
    fsCapacity: gauge('filesystem.capacity', 'By', 'Size of the file system'),
    fsUsage: gauge('filesystem.usage', 'By', 'Bytes in use'),
    io: shape('counter', `${prefix}.network.io`, 'By', 'Bytes received and transmitted'),
    errors: shape('counter', `${prefix}.network.errors`, '1', 'Network errors'),
    uptime: gauge('uptime', 's', 'Time since the start'),
  }
}
export type UsageShapes = ReturnType<typeof usageShapes>

function utilizationShapes(prefix: string) {
  const ratio = (name: string, says: string) => shape('gauge', `${prefix}.${name}`, '1', says)
  return {
    cpuLimit: ratio('cpu_limit_utilization', 'CPU in use as a share of the limit'),
    cpuRequest: ratio('cpu_request_utilization', 'CPU in use as a share of the request'),
    memoryLimit: ratio('memory_limit_utilization', 'Memory in use as a share of the limit'),
    memoryRequest: ratio('memory_request_utilization', 'Memory in use as a share of the request'),
  }
}
export type UtilizationShapes = ReturnType<typeof utilizationShapes>

export const shapes = {
  node: usageShapes('k8s.node'),
  pod: usageShapes('k8s.pod'),
  container: usageShapes('container'),
  podUtilization: utilizationShapes('k8s.pod'),
  containerUtilization: utilizationShapes('k8s.container'),
  inodes: {
    count: shape('sum', 'k8s.node.filesystem.inode.count', '{inode}', 'Inodes of the root'),
    free: shape('sum', 'k8s.node.filesystem.inode.free', '{inode}', 'Free inodes of the root'),
  },
  processes: {
    limit: shape('sum', 'k8s.node.pid.limit', '{thread}', 'Tasks that the node allows'),
    usage: shape('sum', 'k8s.node.pid.usage', '{thread}', 'Tasks that exist on the node'),
  },
  volume: {
    available: shape('gauge', 'k8s.volume.available', 'By', 'Bytes left in the volume'),
    capacity: shape('gauge', 'k8s.volume.capacity', 'By', 'Size of the volume'),
    inodes: shape('gauge', 'k8s.volume.inodes', '1', 'Inodes of the volume'),
    inodesFree: shape('gauge', 'k8s.volume.inodes.free', '1', 'Free inodes of the volume'),
    inodesUsed: shape('gauge', 'k8s.volume.inodes.used', '1', 'Inodes in use'),
  },
}
