/** Files of control groups, version 1 and 2, from text to one shape. Pure. */

/** Undefined: this kernel, version or group does not say. */
export type CgroupUsage = {
  cpu_user_s?: number | undefined
  cpu_system_s?: number | undefined
  cpu_s?: number | undefined
  /** In CPUs; undefined without a limit. */
  cpu_limit?: number | undefined
  periods?: number | undefined
  throttled_periods?: number | undefined
  throttled_s?: number | undefined
  memory_bytes?: number | undefined
  /** Without file pages that were not used lately: what eviction and OOM look at. */
  working_set_bytes?: number | undefined
  memory_limit_bytes?: number | undefined
  swap_bytes?: number | undefined
  oom?: number | undefined
  oom_kill?: number | undefined
  /** How often the limit was reached. */
  limit_hits?: number | undefined
  processes?: number | undefined
  read_bytes?: number | undefined
  write_bytes?: number | undefined
}

/** `name number` lines. */
export function keyNumbers(text: string | undefined): Map<string, number> {
  const found = new Map<string, number>()
  for (const match of (text ?? '').matchAll(/^(\S+) (\d+)$/gm)) {
    found.set(match[1]!, Number(match[2]))
  }
  return found
}

/** A number; undefined for `max`, -1, nothing, and what only stands for "no limit". */
export function limitOf(text: string | undefined): number | undefined {
  const value = numberOf(text)
  // Version 1 writes the largest number of pages for "no limit": 2^63 less a page.
  return value === undefined || value < 0 || value >= 2 ** 62 ? undefined : value
}

export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text.trim()) ? Number(text) : undefined
}

const scaled = (value: number | undefined, by: number) =>
  value === undefined ? undefined : value / by

export type FilesV2 = Partial<
  Record<
    | 'cpu.stat'
    | 'cpu.max'
    | 'memory.current'
    | 'memory.max'
    | 'memory.stat'
    | 'memory.events'
    | 'memory.swap.current'
    | 'pids.current'
    | 'io.stat',
    string
  >
>

export function cgroupV2(files: FilesV2): CgroupUsage {
  const cpu = keyNumbers(files['cpu.stat'])
  const memory = numberOf(files['memory.current'])
  const events = keyNumbers(files['memory.events'])
  const [quota, period] = (files['cpu.max'] ?? '').trim().split(' ')
  const cpu_limit = Number(quota) / Number(period)
  const io = ioV2(files['io.stat'])
  return {
    cpu_s: scaled(cpu.get('usage_usec'), 1e6),
    cpu_user_s: scaled(cpu.get('user_usec'), 1e6),
    cpu_system_s: scaled(cpu.get('system_usec'), 1e6),
    cpu_limit: Number.isFinite(cpu_limit) ? cpu_limit : undefined,
    periods: cpu.get('nr_periods'),
    throttled_periods: cpu.get('nr_throttled'),
    throttled_s: scaled(cpu.get('throttled_usec'), 1e6),
    memory_bytes: memory,
    working_set_bytes: workingSet(memory, keyNumbers(files['memory.stat']).get('inactive_file')),
    memory_limit_bytes: limitOf(files['memory.max']),
    swap_bytes: numberOf(files['memory.swap.current']),
    oom: events.get('oom'),
    oom_kill: events.get('oom_kill'),
    limit_hits: events.get('max'),
    processes: numberOf(files['pids.current']),
    ...io,
  }
}

function workingSet(used: number | undefined, inactive: number | undefined): number | undefined {
  if (used === undefined || inactive === undefined) return undefined
  return Math.max(0, used - inactive)
}

/** `8:0 rbytes=1 wbytes=2 rios=…` for each device. */
function ioV2(text: string | undefined): Pick<CgroupUsage, 'read_bytes' | 'write_bytes'> {
  if (text === undefined) return {}
  const total = (name: string) =>
    [...text.matchAll(new RegExp(`\\b${name}=(\\d+)`, 'g'))].reduce((a, m) => a + Number(m[1]), 0)
  return { read_bytes: total('rbytes'), write_bytes: total('wbytes') }
}

export type FilesV1 = Partial<
  Record<
    | 'cpuacct.usage'
    | 'cpuacct.stat'
    | 'cpu.stat'
    | 'cpu.cfs_quota_us'
    | 'cpu.cfs_period_us'
    | 'memory.usage_in_bytes'
    | 'memory.limit_in_bytes'
    | 'memory.stat'
    | 'memory.failcnt'
    | 'memory.oom_control'
    | 'pids.current'
    | 'blkio.throttle.io_service_bytes_recursive'
    | 'blkio.throttle.io_service_bytes',
    string
  >
>

export function cgroupV1(files: FilesV1): CgroupUsage {
  const ticks = keyNumbers(files['cpuacct.stat'])
  const cpu = keyNumbers(files['cpu.stat'])
  const memory = numberOf(files['memory.usage_in_bytes'])
  const stat = keyNumbers(files['memory.stat'])
  const quota = limitOf(files['cpu.cfs_quota_us'])
  const period = numberOf(files['cpu.cfs_period_us'])
  return {
    cpu_s: scaled(numberOf(files['cpuacct.usage']), 1e9),
    cpu_user_s: scaled(ticks.get('user'), 100),
    cpu_system_s: scaled(ticks.get('system'), 100),
    cpu_limit: quota === undefined || !period ? undefined : quota / period,
    periods: cpu.get('nr_periods'),
    throttled_periods: cpu.get('nr_throttled'),
    throttled_s: scaled(cpu.get('throttled_time'), 1e9),
    memory_bytes: memory,
    working_set_bytes: workingSet(memory, stat.get('total_inactive_file')),
    memory_limit_bytes: limitOf(files['memory.limit_in_bytes']),
    swap_bytes: stat.get('total_swap'),
    // Since 4.13 only.
    oom_kill: keyNumbers(files['memory.oom_control']).get('oom_kill'),
    limit_hits: numberOf(files['memory.failcnt']),
    processes: numberOf(files['pids.current']),
    ...ioV1(
      files['blkio.throttle.io_service_bytes_recursive'] ??
        files['blkio.throttle.io_service_bytes'],
    ),
  }
}

/** `8:0 Read 4096` for each device, and a total that is told by the others. */
function ioV1(text: string | undefined): Pick<CgroupUsage, 'read_bytes' | 'write_bytes'> {
  if (text === undefined) return {}
  const total = (name: string) =>
    [...text.matchAll(new RegExp(`^\\d+:\\d+ ${name} (\\d+)$`, 'gm'))].reduce(
      (a, m) => a + Number(m[1]),
      0,
    )
  return { read_bytes: total('Read'), write_bytes: total('Write') }
}

/** What the names of kubelet, containerd, CRI-O, Docker and systemd say a group is. */
export function cgroupIdentity(path: string): Record<string, string> {
  const container = /(?:^|[/-])([0-9a-f]{64})(?:\.scope)?$/.exec(path)?.[1]
  const pod = /pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})/.exec(
    path,
  )?.[1]
  const unit = /([^/]+\.(?:service|slice|scope))$/.exec(path)?.[1]
  return {
    'linux.cgroup.path': path,
    ...(container === undefined ? {} : { 'container.id': container }),
    ...(pod === undefined ? {} : { 'k8s.pod.uid': pod.replaceAll('_', '-') }),
    ...(unit === undefined || container !== undefined ? {} : { 'systemd.unit': unit }),
  }
}
