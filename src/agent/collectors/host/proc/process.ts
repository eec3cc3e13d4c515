/** One process as /proc/<pid>/stat, status and io tell it, from text. Pure. */
import { ticks_per_s } from './cpu.ts'

export type ProcessStat = {
  pid: number
  name: string
  state: ProcessState
  parent_pid: number
  minor_faults: number
  major_faults: number
  user_s: number
  system_s: number
  threads: number
  /** Since boot: with the pid it says which process this is. */
  start_s: number
  virtual_bytes: number
  /** In pages, whose size only the kernel knows: good for comparing. */
  resident_pages: number
  isKernelThread: boolean
}

export type ProcessState = 'running' | 'sleeping' | 'blocked' | 'stopped' | 'zombie' | 'idle'

const states: Readonly<Record<string, ProcessState>> = {
  ...{ R: 'running', S: 'sleeping', D: 'blocked', T: 'stopped', t: 'stopped' },
  ...{ Z: 'zombie', X: 'zombie', x: 'zombie', I: 'idle', P: 'idle', W: 'running', K: 'blocked' },
}
const kernel_thread_flag = 0x0020_0000

/** The name is in parentheses and may hold any character, parentheses too: the last one ends it. */
export function processStat(text: string): ProcessStat | undefined {
  const open = text.indexOf(' (')
  const close = text.lastIndexOf(') ')
  if (open === -1 || close < open) return undefined
  const words = text
    .slice(close + 2)
    .trim()
    .split(' ')
  const n = (field: number) => Number(words[field - 3])
  const pid = Number(text.slice(0, open))
  if (words.length < 22 || !Number.isInteger(pid)) return undefined
  return {
    pid,
    name: text.slice(open + 2, close),
    state: states[words[0]!] ?? 'sleeping',
    parent_pid: n(4),
    minor_faults: n(10),
    major_faults: n(12),
    user_s: n(14) / ticks_per_s,
    system_s: n(15) / ticks_per_s,
    threads: n(20),
    start_s: n(22) / ticks_per_s,
    virtual_bytes: n(23),
    resident_pages: n(24),
    isKernelThread: (n(9) & kernel_thread_flag) !== 0,
  }
}

export type ProcessStatus = {
  resident_bytes: number | undefined
  swap_bytes: number | undefined
  user_id: number | undefined
  voluntary_switches: number | undefined
  involuntary_switches: number | undefined
}

export function processStatus(text: string): ProcessStatus {
  const number = (name: string): number | undefined => {
    const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)
    return match === null ? undefined : Number(match[1])
  }
  const kilobytes = (name: string) => {
    const value = number(name)
    return value === undefined ? undefined : value * 1024
  }
  return {
    resident_bytes: kilobytes('VmRSS'),
    swap_bytes: kilobytes('VmSwap'),
    user_id: number('Uid'),
    voluntary_switches: number('voluntary_ctxt_switches'),
    involuntary_switches: number('nonvoluntary_ctxt_switches'),
  }
}

/** What went to disks, not what was read and written through caches. */
export function processIo(text: string): { read_bytes: number; write_bytes: number } | undefined {
  const read = /^read_bytes: (\d+)/m.exec(text)
  const write = /^write_bytes: (\d+)/m.exec(text)
  if (read === null || write === null) return undefined
  return { read_bytes: Number(read[1]), write_bytes: Number(write[1]) }
}

/** Names by number from /etc/passwd. */
export function userNames(text: string): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':')
    if (name !== undefined && id !== undefined && /^\d+$/.test(id)) names.set(Number(id), name)
  }
  return names
}
