/** What processes cost, read from /proc: CPU-seconds and memory. Knows nothing of what they do. */
import { existsSync, readFileSync } from 'node:fs'

/** The unit of utime and stime: Linux has told every program 100 a second since 2.4. */
const ticks_per_second = 100

/** User and system time of a process with all its threads, also those that have ended. */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name before the last bracket may hold blanks and brackets of its own.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticks_per_second
}

export type Memory = { rss_mb: number; peak_mb: number }

export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (name: string) => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? '0'
    return Math.round(Number(kib) / 1024)
  }
  return { rss_mb: of('VmRSS'), peak_mb: of('VmHWM') }
}

/** The child of a process whose command line holds a text. */
export function childOf(pid: number, text: string): number | undefined {
  const path = `/proc/${pid}/task/${pid}/children`
  const children = existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ') : []
  const child = children.find((one) => {
    const line = `/proc/${one}/cmdline`
    return one !== '' && existsSync(line) && readFileSync(line, 'utf8').includes(text)
  })
  return child === undefined ? undefined : Number(child)
}

export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0])
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
