/** CPU figures of /proc/stat, /proc/loadavg and /proc/uptime, from text. Pure. */

export const cpuModes = [
  'user',
  'nice',
  'system',
  'idle',
  'iowait',
  'interrupt',
  'softirq',
  'steal',
] as const
export type CpuMode = (typeof cpuModes)[number]
/** Seconds since boot. Old kernels say fewer modes. */
export type CpuTimes = Partial<Record<CpuMode, number>>

export type CpuStat = {
  /** By logical number; gaps are CPUs that are offline. */
  cpus: Map<number, CpuTimes>
  boot_ms: number | undefined
  processes_created: number | undefined
  running: number | undefined
  blocked: number | undefined
  context_switches: number | undefined
}

/** USER_HZ, in which the kernel tells times: 100 on every architecture that Node has. */
export const ticks_per_s = 100

export function cpuStat(text: string): CpuStat {
  const stat: CpuStat = {
    cpus: new Map(),
    boot_ms: undefined,
    processes_created: undefined,
    running: undefined,
    blocked: undefined,
    context_switches: undefined,
  }
  for (const line of text.split('\n')) {
    const [name = '', ...words] = line.trim().split(/\s+/)
    const number = words[0] === undefined ? undefined : Number(words[0])
    if (/^cpu\d+$/.test(name)) stat.cpus.set(Number(name.slice(3)), times(words))
    else if (name === 'btime' && number !== undefined) stat.boot_ms = number * 1000
    else if (name === 'processes') stat.processes_created = number
    else if (name === 'procs_running') stat.running = number
    else if (name === 'procs_blocked') stat.blocked = number
    else if (name === 'ctxt') stat.context_switches = number
  }
  return stat
}

/** guest and guest_nice, the ninth and tenth, are part of user and nice already. */
function times(words: readonly string[]): CpuTimes {
  const found: CpuTimes = {}
  cpuModes.forEach((mode, at) => {
    const ticks = Number(words[at])
    if (words[at] !== undefined && Number.isFinite(ticks)) found[mode] = ticks / ticks_per_s
  })
  return found
}

/**
 * The share of each mode between two readings. Undefined when there is none: the counters began
 * anew, or no time passed. iowait and idle may step back by a tick on some kernels: that counts 0.
 */
export function cpuShares(before: CpuTimes, after: CpuTimes): CpuTimes | undefined {
  const grown: CpuTimes = {}
  let total = 0
  for (const mode of cpuModes) {
    if (before[mode] === undefined || after[mode] === undefined) continue
    const delta = after[mode] - before[mode]
    if (delta < -1) return undefined
    grown[mode] = Math.max(0, delta)
    total += grown[mode]
  }
  if (total <= 0) return undefined
  for (const mode of cpuModes) if (grown[mode] !== undefined) grown[mode] /= total
  return grown
}

/** `0.20 0.18 0.12 1/80 11206` */
export function loadAverages(text: string): [number, number, number] | undefined {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+)/.exec(text)
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])]
}

/** Seconds since boot. */
export function uptime_s(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)/.exec(text)
  return match === null ? undefined : Number(match[1])
}
