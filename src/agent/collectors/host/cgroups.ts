/**
 * Control groups of the machine, version 1 and 2: containers, pods, services. Finds them by walking
 * a bounded part of the tree; the largest by memory are told.
 */
import type { MeasureAttributes, Measures } from '../../modules/measures.ts'
import type { HostFiles } from './host-files.ts'
import type { SystemMetric } from './metrics.ts'
import {
  type CgroupUsage,
  cgroupIdentity,
  cgroupV1,
  cgroupV2,
  type FilesV1,
  type FilesV2,
} from './proc/cgroup.ts'

const depth_max = 8
const visited_max = 2048
const told_max = 200
const root = 'sys/fs/cgroup'

const filesV2 = [
  'cpu.stat',
  'cpu.max',
  'memory.current',
  'memory.max',
  'memory.stat',
  'memory.events',
  'memory.swap.current',
  'pids.current',
  'io.stat',
] as const satisfies readonly (keyof FilesV2)[]

/** Which hierarchy of version 1 has which files; distributions mount cpu and cpuacct together. */
const filesV1: Readonly<Record<string, { mounts: string[]; names: (keyof FilesV1)[] }>> = {
  cpuacct: { mounts: ['cpuacct', 'cpu,cpuacct'], names: ['cpuacct.usage', 'cpuacct.stat'] },
  cpu: {
    mounts: ['cpu', 'cpu,cpuacct'],
    names: ['cpu.stat', 'cpu.cfs_quota_us', 'cpu.cfs_period_us'],
  },
  memory: {
    mounts: ['memory'],
    names: [
      'memory.usage_in_bytes',
      'memory.limit_in_bytes',
      'memory.stat',
      'memory.failcnt',
      'memory.oom_control',
    ],
  },
  pids: { mounts: ['pids'], names: ['pids.current'] },
  blkio: {
    mounts: ['blkio'],
    names: ['blkio.throttle.io_service_bytes_recursive', 'blkio.throttle.io_service_bytes'],
  },
}

export type FoundCgroup = { path: string; usage: CgroupUsage }

export class CgroupReader {
  #before = new Map<string, number>()
  #before_ms = 0

  read(files: HostFiles, into: Measures<SystemMetric>, now_ms: number): void {
    const found = findCgroups(files)
    const elapsed_s = (now_ms - this.#before_ms) / 1000
    const cpu = new Map<string, number>()
    for (const { path, usage } of found) {
      const identity = cgroupIdentity(path)
      add(into, usage, identity)
      if (usage.cpu_s === undefined) continue
      cpu.set(path, usage.cpu_s)
      const grown_s = usage.cpu_s - (this.#before.get(path) ?? Number.NaN)
      // A group that was made anew under its old path counts from 0 again.
      if (grown_s >= 0 && elapsed_s > 0) {
        into.add('system.linux.cgroup.cpu.usage', grown_s / elapsed_s, identity)
      }
    }
    this.#before = cpu
    this.#before_ms = now_ms
  }
}

/** Undefined parts of the tree are no finding: a machine may have no control groups at all. */
export function findCgroups(files: HostFiles): FoundCgroup[] {
  const isV2 = files.glance(`${root}/cgroup.controllers`) !== undefined
  const walkedFrom = isV2 ? root : `${root}/memory`
  const paths = childPaths(files, walkedFrom)
  const found = paths.map((path) => ({
    path,
    usage: isV2 ? readV2(files, path) : readV1(files, path),
  }))
  found.sort((a, b) => (b.usage.memory_bytes ?? 0) - (a.usage.memory_bytes ?? 0))
  return found.slice(0, told_max)
}

/** Breadth first, so that what is cut off is the deepest. */
function childPaths(files: HostFiles, from: string): string[] {
  const paths: string[] = []
  let level = ['']
  for (let depth = 0; depth < depth_max && level.length > 0; depth++) {
    const next: string[] = []
    for (const parent of level) {
      for (const path of files.folders(`${from}${parent}`)) {
        if (paths.length >= visited_max) return paths
        paths.push(`${parent}/${path}`)
        next.push(`${parent}/${path}`)
      }
    }
    level = next
  }
  return paths
}

function readV2(files: HostFiles, path: string): CgroupUsage {
  const texts: FilesV2 = {}
  for (const name of filesV2) {
    const text = files.glance(`${root}${path}/${name}`)
    if (text !== undefined) texts[name] = text
  }
  return cgroupV2(texts)
}

function readV1(files: HostFiles, path: string): CgroupUsage {
  const texts: FilesV1 = {}
  for (const { mounts, names } of Object.values(filesV1)) {
    for (const name of names) {
      const text = files.glance(...mounts.map((mount) => `${root}/${mount}${path}/${name}`))
      if (text !== undefined) texts[name] = text
    }
  }
  return cgroupV1(texts)
}

function add(into: Measures<SystemMetric>, usage: CgroupUsage, group: MeasureAttributes): void {
  const say = (name: SystemMetric, value: number | undefined, more: MeasureAttributes = {}) =>
    into.add(name, value, { ...group, ...more })
  if (usage.cpu_user_s === undefined) say('system.linux.cgroup.cpu.time', usage.cpu_s)
  say('system.linux.cgroup.cpu.time', usage.cpu_user_s, { 'cpu.mode': 'user' })
  say('system.linux.cgroup.cpu.time', usage.cpu_system_s, { 'cpu.mode': 'system' })
  say('system.linux.cgroup.cpu.limit', usage.cpu_limit)
  say('system.linux.cgroup.cpu.periods', usage.periods)
  say('system.linux.cgroup.cpu.throttled_periods', usage.throttled_periods)
  say('system.linux.cgroup.cpu.throttled_time', usage.throttled_s)
  say('system.linux.cgroup.memory.usage', usage.memory_bytes)
  say('system.linux.cgroup.memory.working_set', usage.working_set_bytes)
  say('system.linux.cgroup.memory.limit', usage.memory_limit_bytes)
  say('system.linux.cgroup.memory.swap', usage.swap_bytes)
  say('system.linux.cgroup.processes', usage.processes)
  const events = { limit: usage.limit_hits, oom: usage.oom, oom_kill: usage.oom_kill }
  for (const [event, count] of Object.entries(events)) {
    say('system.linux.cgroup.memory.events', count, { 'linux.cgroup.memory.event': event })
  }
  say('system.linux.cgroup.io', usage.read_bytes, { 'disk.io.direction': 'read' })
  say('system.linux.cgroup.io', usage.write_bytes, { 'disk.io.direction': 'write' })
}
