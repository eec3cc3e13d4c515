/** Figures of /proc/diskstats and the list of /proc/mounts, from text. Pure. */
import { unescaped } from './memory.ts'

export type DiskStat = {
  device: string
  reads: number
  reads_merged: number
  read_bytes: number
  read_s: number
  writes: number
  writes_merged: number
  write_bytes: number
  write_s: number
  /** Time with at least one operation under way; partitions of old kernels do not say it. */
  io_s: number | undefined
  in_flight: number | undefined
}

/** Sectors of this file are 512 bytes whatever the disk's own are. */
const sector_bytes = 512

/** Lines of 14, 18 and 20 fields (4.18, 5.5 added some), and of 7 (partitions of 2.6). */
export function diskStats(text: string): DiskStat[] {
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/)
    if (words.length === 7) return shortStat(words)
    if (words.length < 14) return []
    const n = words.slice(3).map(Number)
    if (n.some(Number.isNaN)) return []
    return {
      device: words[2]!,
      reads: n[0]!,
      reads_merged: n[1]!,
      read_bytes: n[2]! * sector_bytes,
      read_s: n[3]! / 1000,
      writes: n[4]!,
      writes_merged: n[5]!,
      write_bytes: n[6]! * sector_bytes,
      write_s: n[7]! / 1000,
      in_flight: n[8]!,
      io_s: n[9]! / 1000,
    }
  })
}

function shortStat(words: readonly string[]): DiskStat | [] {
  const [reads, readSectors, writes, writeSectors] = words.slice(3).map(Number)
  if (![reads, readSectors, writes, writeSectors].every(Number.isFinite)) return []
  return {
    device: words[2]!,
    reads: reads!,
    reads_merged: 0,
    read_bytes: readSectors! * sector_bytes,
    read_s: 0,
    writes: writes!,
    writes_merged: 0,
    write_bytes: writeSectors! * sector_bytes,
    write_s: 0,
    io_s: undefined,
    in_flight: undefined,
  }
}

/** Loops, RAM disks and what was never used say nothing about this machine. */
export function isTelling(disk: DiskStat): boolean {
  return !/^(loop|ram|zram|fd|sr)\d/.test(disk.device) && disk.reads + disk.writes > 0
}

export type Mount = {
  device: string
  path: string
  type: string
  mode: 'ro' | 'rw'
}

/** File systems that hold data on this machine: asking one over a network can hang for ever. */
const localTypes = new Set(
  ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'jfs', 'reiserfs', 'bcachefs'].concat([
    'vfat',
    'exfat',
    'ntfs',
    'ntfs3',
    'tmpfs',
    'overlay',
    'erofs',
  ]),
)
/** Mounts that runtimes make by the hundred; what they hold is counted with their parent. */
const machineMade = new RegExp(
  '^/(proc|sys|dev/(?!shm$)|run/(?!$)|snap/|' +
    'var/lib/(kubelet/(pods|plugins)|docker/|containers?/|containerd/))',
)

/** The last mount on a path hides those before; one device is told once, at its shortest path. */
export function dataMounts(text: string): Mount[] {
  const byPath = new Map<string, Mount>()
  for (const line of text.split('\n')) {
    const [device, path, type, options = ''] = line.split(' ')
    if (device === undefined || path === undefined || type === undefined) continue
    const mode = options.split(',').includes('ro') ? 'ro' : 'rw'
    byPath.set(unescaped(path), { device: unescaped(device), path: unescaped(path), type, mode })
  }
  const byDevice = new Map<string, Mount>()
  for (const mount of byPath.values()) {
    if (!localTypes.has(mount.type) || machineMade.test(mount.path)) continue
    const isNamed = mount.device.startsWith('/dev/')
    const key = isNamed ? mount.device : mount.path
    const known = byDevice.get(key)
    if (known === undefined || mount.path.length < known.path.length) byDevice.set(key, mount)
  }
  return [...byDevice.values()]
}
