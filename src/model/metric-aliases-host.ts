/**
 * Data table: metrics of machines and processes by their OpenTelemetry name, with the names that
 * Metricbeat's system module and Prometheus' node exporter have for them.
 */
import type { MetricAlias, MetricAliases, MetricLabels } from './metric-names.ts'

const milli = 1e-3
const receive: MetricLabels = { 'network.io.direction': 'receive' }
const transmit: MetricLabels = { 'network.io.direction': 'transmit' }
const read: MetricLabels = { 'disk.io.direction': 'read' }
const write: MetricLabels = { 'disk.io.direction': 'write' }

const memory = (state: string): MetricLabels => ({ 'system.memory.state': state })
const paging = (state: string): MetricLabels => ({ 'system.paging.state': state })
const files = (state: string): MetricLabels => ({ 'system.filesystem.state': state })
const stall = (resource: string, share: string): MetricLabels => ({
  'linux.pressure.resource': resource,
  'linux.pressure.share': share,
})

/** Metricbeat's names of OpenTelemetry's CPU modes. */
const cpuModes: Readonly<Record<string, string>> = {
  user: 'user',
  nice: 'nice',
  system: 'system',
  idle: 'idle',
  iowait: 'iowait',
  irq: 'interrupt',
  softirq: 'softirq',
  steal: 'steal',
}
const shares = Object.entries(cpuModes).flatMap(([word, mode]): MetricAlias[] => [
  [`system.cpu.${word}.norm.pct`, { 'cpu.mode': mode }],
  { like: `system.cpu.${word}.pct` },
])

const both = (reads: string, writes: string): MetricAlias[] => [
  [reads, read],
  [writes, write],
]

const machine: MetricAliases = {
  'system.uptime': [['system.uptime.duration.ms', milli], { like: 'node_boot_time_seconds' }],
  'system.cpu.time': ['node_cpu_seconds_total'],
  'system.cpu.utilization': [
    ...shares,
    { like: 'system.cpu.total.pct' },
    { like: 'system.cpu.total.norm.pct' },
    { like: 'system.core.total.pct' },
    { like: 'host.cpu.usage' },
  ],
  'system.cpu.logical.count': ['system.cpu.cores', 'system.load.cores', 'machine_cpu_cores'],
  'system.cpu.load_average.1m': ['system.load.1', 'node_load1', { like: 'system.load.norm.1' }],
  'system.cpu.load_average.5m': ['system.load.5', 'node_load5', { like: 'system.load.norm.5' }],
  'system.cpu.load_average.15m': ['system.load.15', 'node_load15', { like: 'system.load.norm.15' }],
  'system.linux.context_switches': ['node_context_switches_total'],
  'system.memory.limit': ['system.memory.total', 'node_memory_MemTotal_bytes'],
  'system.memory.usage': [
    ['system.memory.free', memory('free')],
    ['node_memory_MemFree_bytes', memory('free')],
    ['node_memory_Buffers_bytes', memory('buffers')],
    { like: 'node_memory_Cached_bytes' },
    { like: 'system.memory.cached' },
    { like: 'system.memory.used.bytes' },
    { like: 'system.memory.actual.used.bytes' },
  ],
  'system.memory.utilization': [
    { like: 'system.memory.used.pct' },
    { like: 'system.memory.actual.used.pct' },
  ],
  'system.memory.linux.available': [
    'system.memory.actual.free',
    'system.linux.memory.available',
    'node_memory_MemAvailable_bytes',
  ],
  'system.memory.linux.shared': ['node_memory_Shmem_bytes'],
  'system.memory.linux.slab.usage': [
    ['node_memory_SReclaimable_bytes', { 'system.memory.linux.slab.state': 'reclaimable' }],
    ['node_memory_SUnreclaim_bytes', { 'system.memory.linux.slab.state': 'unreclaimable' }],
  ],
  'system.paging.usage': [
    ['system.memory.swap.used.bytes', paging('used')],
    ['system.memory.swap.free', paging('free')],
    ['node_memory_SwapFree_bytes', paging('free')],
    { like: 'node_memory_SwapTotal_bytes' },
    { like: 'system.memory.swap.total' },
  ],
  'system.paging.faults': [
    ['node_vmstat_pgmajfault', { 'system.paging.fault.type': 'major' }],
    { like: 'node_vmstat_pgfault' },
  ],
  'system.paging.operations': [
    ['node_vmstat_pswpin', { 'system.paging.direction': 'in' }],
    ['node_vmstat_pswpout', { 'system.paging.direction': 'out' }],
  ],
  'system.linux.oom_kill': ['node_vmstat_oom_kill'],
  'system.disk.io': [
    ...both('system.diskio.read.bytes', 'system.diskio.write.bytes'),
    ...both('node_disk_read_bytes_total', 'node_disk_written_bytes_total'),
  ],
  'system.disk.operations': [
    ...both('system.diskio.read.count', 'system.diskio.write.count'),
    ...both('node_disk_reads_completed_total', 'node_disk_writes_completed_total'),
  ],
  'system.disk.operation_time': [
    ['system.diskio.read.time', read, milli],
    ['system.diskio.write.time', write, milli],
    ...both('node_disk_read_time_seconds_total', 'node_disk_write_time_seconds_total'),
  ],
  'system.disk.merged': both('node_disk_reads_merged_total', 'node_disk_writes_merged_total'),
  'system.disk.io_time': [['system.diskio.io.time', milli], 'node_disk_io_time_seconds_total'],
  'system.disk.pending_operations': ['system.diskio.io.ops', 'node_disk_io_now'],
  'system.filesystem.usage': [
    ['system.filesystem.used.bytes', files('used')],
    ['system.filesystem.available', files('free')],
    ['node_filesystem_avail_bytes', files('free')],
    { like: 'system.filesystem.free' },
    { like: 'node_filesystem_free_bytes' },
    { like: 'system.fsstat.total_size.used' },
  ],
  'system.filesystem.utilization': ['system.filesystem.used.pct'],
  'system.filesystem.limit': ['system.filesystem.total', 'node_filesystem_size_bytes'],
  'system.filesystem.inodes.usage': [
    ['system.filesystem.free_files', files('free')],
    ['node_filesystem_files_free', files('free')],
    { like: 'system.filesystem.files' },
    { like: 'node_filesystem_files' },
  ],
  'system.network.io': [
    ['system.network.in.bytes', receive],
    ['system.network.out.bytes', transmit],
    ['node_network_receive_bytes_total', receive],
    ['node_network_transmit_bytes_total', transmit],
    { like: 'host.network.ingress.bytes' },
    { like: 'host.network.egress.bytes' },
  ],
  'system.network.packets': [
    'system.network.packet.count',
    ['system.network.in.packets', receive],
    ['system.network.out.packets', transmit],
    ['node_network_receive_packets_total', receive],
    ['node_network_transmit_packets_total', transmit],
  ],
  'system.network.errors': [
    ['system.network.in.errors', receive],
    ['system.network.out.errors', transmit],
    ['node_network_receive_errs_total', receive],
    ['node_network_transmit_errs_total', transmit],
  ],
  'system.network.dropped': [
    'system.network.packet.dropped',
    ['system.network.in.dropped', receive],
    ['system.network.out.dropped', transmit],
    ['node_network_receive_drop_total', receive],
    ['node_network_transmit_drop_total', transmit],
  ],
  'system.network.connections': [
    'system.network.connection.count',
    { like: 'system.socket.summary.tcp.all.established' },
    { like: 'system.socket.summary.tcp.all.count' },
    { like: 'system.socket.summary.udp.all.count' },
    { like: 'node_netstat_Tcp_CurrEstab' },
    { like: 'node_sockstat_TCP_inuse' },
  ],
  'system.processes.count': [
    'system.process.count',
    { like: 'system.process.summary.total' },
    { like: 'system.process.summary.running' },
    { like: 'node_procs_running' },
    { like: 'node_procs_blocked' },
  ],
  'system.processes.created': ['system.process.created', 'node_forks_total'],
  'system.linux.pressure.stall_time': [
    ['node_pressure_cpu_waiting_seconds_total', stall('cpu', 'some')],
    ['node_pressure_memory_waiting_seconds_total', stall('memory', 'some')],
    ['node_pressure_memory_stalled_seconds_total', stall('memory', 'full')],
    ['node_pressure_io_waiting_seconds_total', stall('io', 'some')],
    ['node_pressure_io_stalled_seconds_total', stall('io', 'full')],
  ],
  'system.linux.pressure.utilization': [
    { like: 'linux.pressure.cpu.some.10.pct' },
    { like: 'linux.pressure.memory.some.10.pct' },
    { like: 'linux.pressure.io.some.10.pct' },
  ],
}

const processes: MetricAliases = {
  'process.cpu.utilization': [
    { like: 'system.process.cpu.total.pct' },
    { like: 'system.process.cpu.total.norm.pct' },
    { like: 'process.cpu.pct' },
  ],
  'process.cpu.time': [{ like: 'process_cpu_seconds_total' }],
  'process.memory.usage': [
    'system.process.memory.rss.bytes',
    'process_resident_memory_bytes',
    { like: 'system.process.memory.rss.pct' },
    { like: 'process.memory.pct' },
  ],
  'process.memory.virtual': ['system.process.memory.size', 'process_virtual_memory_bytes'],
  'process.unix.file_descriptor.count': ['system.process.fd.open', 'process_open_fds'],
  'process.thread.count': ['system.process.num_threads'],
  'process.disk.io': both('system.process.io.read_bytes', 'system.process.io.write_bytes'),
}

/** Control groups, as Metricbeat tells those of a process. */
const cgroups: MetricAliases = {
  'system.linux.cgroup.memory.usage': [
    'system.process.cgroup.memory.mem.usage.bytes',
    { like: 'system.process.cgroup.memory.stats.rss.bytes' },
  ],
  'system.linux.cgroup.memory.limit': ['system.process.cgroup.memory.mem.limit.bytes'],
  'system.linux.cgroup.cpu.throttled_periods': [
    'system.process.cgroup.cpu.stats.throttled.periods',
    'container_cpu_cfs_throttled_periods_total',
  ],
  'system.linux.cgroup.cpu.periods': [
    'system.process.cgroup.cpu.stats.periods',
    'container_cpu_cfs_periods_total',
  ],
  'system.linux.cgroup.cpu.throttled_time': [
    ['system.process.cgroup.cpu.stats.throttled.ns', 1e-9],
    'container_cpu_cfs_throttled_seconds_total',
  ],
}

export const hostAliases: MetricAliases = { ...machine, ...processes, ...cgroups }
