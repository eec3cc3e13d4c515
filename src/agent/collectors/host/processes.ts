/**
 * The processes that use most CPU and memory, and how many there are in each state. Each told
 * process is a resource of its own.
 */
import type { MeasuredResource } from '../../modules/encode-measures.ts'
import { Measures } from '../../modules/measures.ts'
import type { HostFiles } from './host-files.ts'
import { type ProcessMetric, processMetrics, type SystemMetric } from './metrics.ts'
import {
  type ProcessStat,
  processIo,
  processStat,
  processStatus,
  userNames,
} from './proc/process.ts'
import { redactCommand } from './redact-command.ts'

export const processes_told_max = 50
const processes_read_max = 20_000

type Seen = { stat: ProcessStat; cpu_s: number; usage: number | undefined }

export class ProcessReader {
  #before = new Map<string, number>()
  #before_ms = 0

  /** Counts go into the machine's measures; the answer is the processes that are told. */
  read(
    files: HostFiles,
    host: Readonly<Record<string, string>>,
    into: Measures<SystemMetric>,
    times: { now_ms: number; boot_ms: number },
  ): MeasuredResource[] {
    const names = files.names('proc')
    if (names === undefined) {
      files.note('processes', `${files.root}/proc`, 'ENOENT')
      return []
    }
    const pids = names.filter((name) => /^\d+$/.test(name)).slice(0, processes_read_max)
    const seen = this.#measured(files, pids, times.now_ms)
    const states = new Map<string, number>()
    for (const { stat } of seen) states.set(stat.state, (states.get(stat.state) ?? 0) + 1)
    for (const [state, count] of states) {
      into.add('system.processes.count', count, { 'process.state': state })
    }
    const users = userNames(files.glance('etc/passwd') ?? '')
    return busiest(seen).map((one) => described(files, one, users, host, times))
  }

  #measured(files: HostFiles, pids: readonly string[], now_ms: number): Seen[] {
    const elapsed_s = (now_ms - this.#before_ms) / 1000
    const cpu = new Map<string, number>()
    const seen: Seen[] = []
    for (const pid of pids) {
      const stat = processStat(files.glance(`proc/${pid}/stat`) ?? '')
      if (stat === undefined) continue
      const cpu_s = stat.user_s + stat.system_s
      // A pid is given again: only with its start it names a process.
      const key = `${stat.pid}@${stat.start_s}`
      const grown_s = cpu_s - (this.#before.get(key) ?? Number.NaN)
      const usage = grown_s >= 0 && elapsed_s > 0 ? grown_s / elapsed_s : undefined
      cpu.set(key, cpu_s)
      seen.push({ stat, cpu_s, usage })
    }
    this.#before = cpu
    this.#before_ms = now_ms
    return seen
  }
}

/** Half of the places go to CPU, half to memory. Kernel threads are told only for their CPU. */
function busiest(seen: readonly Seen[]): Seen[] {
  const active = seen.filter(({ stat, usage }) => !stat.isKernelThread || (usage ?? 0) > 0.01)
  const byCpu = [...active].sort((a, b) => (b.usage ?? 0) - (a.usage ?? 0) || b.cpu_s - a.cpu_s)
  const byMemory = [...active].sort((a, b) => b.stat.resident_pages - a.stat.resident_pages)
  const told = new Set(byCpu.slice(0, processes_told_max / 2))
  for (const one of byMemory) {
    if (told.size >= processes_told_max) break
    told.add(one)
  }
  return [...told]
}

function described(
  files: HostFiles,
  { stat, usage }: Seen,
  users: ReadonlyMap<number, string>,
  host: Readonly<Record<string, string>>,
  { now_ms, boot_ms }: { now_ms: number; boot_ms: number },
): MeasuredResource {
  const folder = `proc/${stat.pid}`
  const status = processStatus(files.glance(`${folder}/status`) ?? '')
  const started_ms = boot_ms + stat.start_s * 1000
  const measures = new Measures<ProcessMetric>(processMetrics, started_ms)
  measures.add('process.cpu.time', stat.user_s, { 'cpu.mode': 'user' })
  measures.add('process.cpu.time', stat.system_s, { 'cpu.mode': 'system' })
  measures.add('process.cpu.utilization', usage)
  measures.add('process.memory.usage', status.resident_bytes)
  measures.add('process.memory.virtual', stat.virtual_bytes)
  measures.add('process.memory.swap', status.swap_bytes)
  measures.add('process.thread.count', stat.threads)
  // Both are refused for other users' processes without CAP_SYS_PTRACE: then they are left out.
  measures.add('process.unix.file_descriptor.count', files.names(`${folder}/fd`)?.length)
  const io = processIo(files.glance(`${folder}/io`) ?? '')
  measures.add('process.disk.io', io?.read_bytes, { 'disk.io.direction': 'read' })
  measures.add('process.disk.io', io?.write_bytes, { 'disk.io.direction': 'write' })
  const faults = 'system.paging.fault.type'
  measures.add('process.paging.faults', stat.minor_faults, { [faults]: 'minor' })
  measures.add('process.paging.faults', stat.major_faults, { [faults]: 'major' })
  const switches = 'process.context_switch.type'
  measures.add('process.context_switches', status.voluntary_switches, { [switches]: 'voluntary' })
  measures.add('process.context_switches', status.involuntary_switches, {
    [switches]: 'involuntary',
  })
  measures.add('process.uptime', Math.max(0, (now_ms - started_ms) / 1000))
  const words = (files.glance(`${folder}/cmdline`) ?? '').split('\0').filter((word) => word !== '')
  const owner = status.user_id === undefined ? undefined : users.get(status.user_id)
  const attributes: Record<string, string | number> = {
    ...host,
    'process.pid': stat.pid,
    'process.parent_pid': stat.parent_pid,
    'process.executable.name': stat.name,
  }
  if (words.length > 0) attributes['process.command_line'] = redactCommand(words)
  if (owner !== undefined) attributes['process.owner'] = owner
  else if (status.user_id !== undefined) attributes['process.owner'] = String(status.user_id)
  return { attributes, measures }
}
