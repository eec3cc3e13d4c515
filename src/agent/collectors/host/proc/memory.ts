/** Memory and paging figures of /proc/meminfo, /proc/vmstat and /proc/swaps, from text. Pure. */

/** Bytes by the names of meminfo; lines without a unit are counts. */
export function memoryInfo(text: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const match of text.matchAll(/^([\w()]+): +(\d+)( kB)?$/gm)) {
    found.set(match[1]!, Number(match[2]) * (match[3] === undefined ? 1 : 1024))
  }
  return found
}

export type MemoryUse = {
  limit: number
  used: number
  free: number
  buffers: number
  cached: number
  available: number | undefined
  shared: number | undefined
  slab_reclaimable: number | undefined
  slab_unreclaimable: number | undefined
}

/** Undefined when the file is not what it should be. The states add up to the limit. */
export function memoryUse(info: ReadonlyMap<string, number>): MemoryUse | undefined {
  const limit = info.get('MemTotal')
  const free = info.get('MemFree')
  if (limit === undefined || free === undefined) return undefined
  const buffers = info.get('Buffers') ?? 0
  const reclaimable = info.get('SReclaimable')
  const cached = (info.get('Cached') ?? 0) + (reclaimable ?? 0)
  return {
    limit,
    free,
    buffers,
    cached,
    used: Math.max(0, limit - free - buffers - cached),
    // Kernels before 3.14 do not say it.
    available: info.get('MemAvailable'),
    shared: info.get('Shmem'),
    slab_reclaimable: reclaimable,
    slab_unreclaimable: info.get('SUnreclaim'),
  }
}

/** `name number` lines. */
export function vmStat(text: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0) found.set(line.slice(0, space), Number(line.slice(space + 1)))
  }
  return found
}

export type Swap = { device: string; limit: number; used: number }

/** A device's name may hold spaces, written as \040. */
export function swaps(text: string): Swap[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const match = /^(\S+)\s+\S+\s+(\d+)\s+(\d+)\s/.exec(line)
      if (match === null) return []
      const limit = Number(match[2]) * 1024
      return { device: unescaped(match[1]!), limit, used: Number(match[3]) * 1024 }
    })
}

/** Octal escapes as the kernel writes them in mounts and swaps. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  const bytes = Buffer.from(text, 'utf8').toString('latin1')
  const raw = bytes.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
  return Buffer.from(raw, 'latin1').toString('utf8')
}
