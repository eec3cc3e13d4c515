/**
 * One round of the machine's own figures: CPU, memory, disks, network, pressure. Keeps the CPU
 * times of the round before, for shares; processes, file systems and control groups are others'.
 */
import type { Measures } from '../../modules/measures.ts'
import type { HostFiles } from './host-files.ts'
import type { SystemMetric } from './metrics.ts'
import { type CpuTimes, cpuModes, cpuShares, cpuStat, loadAverages, uptime_s } from './proc/cpu.ts'
import { diskStats, isTelling } from './proc/disks.ts'
import { memoryInfo, memoryUse, swaps, vmStat } from './proc/memory.ts'
import { countTcp, isMachineDevice, networkDevices, udpSockets } from './proc/network.ts'
import { pressureLines } from './proc/pressure.ts'

type Into = Measures<SystemMetric>
const devices_max = 128

export class SystemReader {
  #cpuBefore: CpuTimes | undefined

  read(files: HostFiles, into: Into): void {
    this.#cpu(files, into)
    load(files, into)
    memory(files, into)
    paging(files, into)
    disks(files, into)
    network(files, into)
    connections(files, into)
    pressure(files, into)
  }

  #cpu(files: HostFiles, into: Into): void {
    const text = files.need('cpu', 'proc/stat')
    if (text === undefined) return
    const stat = cpuStat(text)
    into.add('system.cpu.logical.count', stat.cpus.size)
    into.add('system.processes.created', stat.processes_created)
    into.add('system.linux.context_switches', stat.context_switches)
    const total: CpuTimes = {}
    for (const [number, times] of stat.cpus) {
      for (const mode of cpuModes) {
        const value = times[mode]
        if (value === undefined) continue
        total[mode] = (total[mode] ?? 0) + value
        into.add('system.cpu.time', value, { 'cpu.logical_number': number, 'cpu.mode': mode })
      }
    }
    const shares = this.#cpuBefore === undefined ? undefined : cpuShares(this.#cpuBefore, total)
    this.#cpuBefore = total
    if (shares === undefined) return
    for (const mode of cpuModes) {
      into.add('system.cpu.utilization', shares[mode], { 'cpu.mode': mode })
    }
  }
}

/** When the machine started: since then its counters count. */
export function bootTime_ms(files: HostFiles, now_ms: number): number {
  const boot_ms = cpuStat(files.glance('proc/stat') ?? '').boot_ms
  if (boot_ms !== undefined) return boot_ms
  const up_s = uptime_s(files.glance('proc/uptime') ?? '')
  return up_s === undefined ? 0 : now_ms - up_s * 1000
}

function load(files: HostFiles, into: Into): void {
  into.add('system.uptime', uptime_s(files.need('uptime', 'proc/uptime') ?? ''))
  const averages = loadAverages(files.need('load', 'proc/loadavg') ?? '')
  into.add('system.cpu.load_average.1m', averages?.[0])
  into.add('system.cpu.load_average.5m', averages?.[1])
  into.add('system.cpu.load_average.15m', averages?.[2])
}

function memory(files: HostFiles, into: Into): void {
  const text = files.need('memory', 'proc/meminfo')
  const use = text === undefined ? undefined : memoryUse(memoryInfo(text))
  if (use === undefined) return
  into.add('system.memory.limit', use.limit)
  for (const state of ['used', 'free', 'buffers', 'cached'] as const) {
    const attributes = { 'system.memory.state': state }
    into.add('system.memory.usage', use[state], attributes)
    if (use.limit > 0) into.add('system.memory.utilization', use[state] / use.limit, attributes)
  }
  into.add('system.memory.linux.available', use.available)
  into.add('system.memory.linux.shared', use.shared)
  into.add('system.memory.linux.slab.usage', use.slab_reclaimable, {
    'system.memory.linux.slab.state': 'reclaimable',
  })
  into.add('system.memory.linux.slab.usage', use.slab_unreclaimable, {
    'system.memory.linux.slab.state': 'unreclaimable',
  })
}

function paging(files: HostFiles, into: Into): void {
  for (const { device, limit, used } of swaps(files.glance('proc/swaps') ?? '')) {
    for (const [state, value] of Object.entries({ used, free: limit - used })) {
      const attributes = { 'system.device': device, 'system.paging.state': state }
      into.add('system.paging.usage', value, attributes)
      if (limit > 0) into.add('system.paging.utilization', value / limit, attributes)
    }
  }
  const stat = vmStat(files.need('paging', 'proc/vmstat') ?? '')
  const major = stat.get('pgmajfault')
  const all = stat.get('pgfault')
  into.add('system.paging.faults', major, { 'system.paging.fault.type': 'major' })
  if (all !== undefined && major !== undefined) {
    into.add('system.paging.faults', all - major, { 'system.paging.fault.type': 'minor' })
  }
  into.add('system.paging.operations', stat.get('pswpin'), { 'system.paging.direction': 'in' })
  into.add('system.paging.operations', stat.get('pswpout'), { 'system.paging.direction': 'out' })
  into.add('system.linux.oom_kill', stat.get('oom_kill'))
}

function disks(files: HostFiles, into: Into): void {
  const text = files.need('disks', 'proc/diskstats')
  for (const disk of diskStats(text ?? '')
    .filter(isTelling)
    .slice(0, devices_max)) {
    const device = { 'system.device': disk.device }
    const both = (name: SystemMetric, read: number, write: number) => {
      into.add(name, read, { ...device, 'disk.io.direction': 'read' })
      into.add(name, write, { ...device, 'disk.io.direction': 'write' })
    }
    both('system.disk.io', disk.read_bytes, disk.write_bytes)
    both('system.disk.operations', disk.reads, disk.writes)
    both('system.disk.operation_time', disk.read_s, disk.write_s)
    both('system.disk.merged', disk.reads_merged, disk.writes_merged)
    into.add('system.disk.io_time', disk.io_s, device)
    into.add('system.disk.pending_operations', disk.in_flight, device)
  }
}

/** /proc/net is the agent's own network; process 1 is in the machine's. */
const inNetwork = (file: string) => [`proc/1/net/${file}`, `proc/net/${file}`]

function network(files: HostFiles, into: Into): void {
  const text = files.need('network', ...inNetwork('dev'))
  const found = networkDevices(text ?? '').filter(({ name }) => isMachineDevice(name))
  for (const { name, receive, transmit } of found.slice(0, devices_max)) {
    for (const [direction, traffic] of Object.entries({ receive, transmit })) {
      const attributes = { 'network.interface.name': name, 'network.io.direction': direction }
      into.add('system.network.io', traffic.bytes, attributes)
      into.add('system.network.packets', traffic.packets, attributes)
      into.add('system.network.errors', traffic.errors, attributes)
      into.add('system.network.dropped', traffic.dropped, attributes)
    }
  }
}

function connections(files: HostFiles, into: Into): void {
  const counts = new Map<string, number>()
  const tables = ['tcp', 'tcp6'].map((file) => files.glance(...inNetwork(file)))
  for (const table of tables) countTcp(table ?? '', counts)
  for (const [state, count] of counts) {
    const attributes = { 'network.transport': 'tcp', 'network.connection.state': state }
    into.add('system.network.connections', count, attributes)
  }
  const udp = ['sockstat', 'sockstat6'].map((file) =>
    udpSockets(files.glance(...inNetwork(file)) ?? ''),
  )
  if (udp[0] !== undefined) {
    into.add('system.network.connections', udp[0] + (udp[1] ?? 0), { 'network.transport': 'udp' })
  }
}

/** Kernels before 4.20, or without CONFIG_PSI, have none: that is no finding. */
function pressure(files: HostFiles, into: Into): void {
  for (const resource of ['cpu', 'memory', 'io']) {
    for (const line of pressureLines(files.glance(`proc/pressure/${resource}`) ?? '')) {
      const attributes = {
        'linux.pressure.resource': resource,
        'linux.pressure.share': line.share,
      }
      into.add('system.linux.pressure.stall_time', line.total_s, attributes)
      for (const [window, value] of [
        ['10s', line.avg10],
        ['60s', line.avg60],
        ['300s', line.avg300],
      ] as const) {
        const windowed = { ...attributes, 'linux.pressure.window': window }
        into.add('system.linux.pressure.utilization', value, windowed)
      }
    }
  }
}
