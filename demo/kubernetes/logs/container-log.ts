/**
 * A container's log file as containerd and the kubelet keep it: CRI lines, long ones in parts,
 * renamed when too large, older ones compressed, at most so many.
 */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

export type Stream = 'stdout' | 'stderr'
export type LogLimits = {
  /** containerLogMaxSize and containerLogMaxFiles of the kubelet. */
  bytes_max: number
  files_max: number
}

export const usualLimits: LogLimits = { bytes_max: 10 * 1024 * 1024, files_max: 5 }
/** Where containerd breaks a line. */
const line_bytes_max = 16 * 1024

export class ContainerLog {
  readonly path: string
  readonly #now_ms: () => number
  readonly #limits: LogLimits
  #descriptor: number
  #bytes = 0
  #pending = ''
  #nanosecond = 0
  #compressing: Promise<unknown> = Promise.resolve()
  /** Over the whole life of the container, across rotations. */
  bytes_total = 0
  lines_total = 0

  constructor(path: string, now_ms: () => number, limits: LogLimits = usualLimits) {
    this.path = path
    this.#now_ms = now_ms
    this.#limits = limits
    mkdirSync(dirname(path), { recursive: true })
    this.#descriptor = openSync(path, 'a')
  }

  /** A line, or several parted by newlines, each of which is a record of its own. */
  write(text: string, stream: Stream = 'stdout'): void {
    for (const line of text.split('\n')) {
      const time = this.#time()
      const content = Buffer.from(line)
      let at = 0
      for (; content.length - at > line_bytes_max; at += line_bytes_max) {
        // Broken anywhere, in the middle of a letter too.
        this.#flushText()
        const head = Buffer.from(`${time} ${stream} P `)
        const part = content.subarray(at, at + line_bytes_max)
        this.#put(Buffer.concat([head, part, Buffer.from('\n')]))
      }
      this.lines_total++
      if (at === 0) this.#pending += `${time} ${stream} F ${line}\n`
      else {
        const head = Buffer.from(`${time} ${stream} F `)
        this.#put(Buffer.concat([head, content.subarray(at), Buffer.from('\n')]))
      }
    }
    if (this.#pending.length > 64 * 1024) this.flush()
  }

  flush(): void {
    this.#flushText()
    if (this.#bytes >= this.#limits.bytes_max) this.rotate()
  }

  /** As the kubelet does it: rename, reopen, compress what was rotated before, drop the oldest. */
  rotate(): void {
    this.#flushText()
    const stamp = new Date(this.#now_ms()).toISOString().replace(/[-:]/g, '').replace('T', '-')
    let rotated = `${this.path}.${stamp.slice(0, 15)}`
    // Within a second there is one name only; a real kubelet looks every ten.
    for (let extra = 1; existsSync(rotated) || existsSync(`${rotated}.gz`); extra++) {
      const next = new Date(this.#now_ms() + extra * 1000).toISOString()
      rotated = `${this.path}.${next.replace(/[-:]/g, '').replace('T', '-').slice(0, 15)}`
    }
    const older = this.#rotated()
    renameSync(this.path, rotated)
    const old = this.#descriptor
    this.#descriptor = openSync(this.path, 'a')
    closeSync(old)
    this.#bytes = 0
    const keep = Math.max(1, this.#limits.files_max - 2)
    for (const path of older.slice(0, Math.max(0, older.length - keep))) rmSync(path)
    for (const path of older.slice(-keep)) {
      if (!path.endsWith('.gz')) this.#compressing = this.#compressing.then(() => compress(path))
    }
  }

  async close(): Promise<void> {
    this.#flushText()
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
    await this.#compressing
  }

  #rotated(): string[] {
    const name = `${basename(this.path)}.`
    const folder = dirname(this.path)
    const mine = readdirSync(folder).filter((file) => file.startsWith(name))
    return mine
      .filter((file) => !file.endsWith('.tmp'))
      .sort()
      .map((file) => join(folder, file))
  }

  #flushText(): void {
    if (this.#pending === '') return
    const bytes = Buffer.from(this.#pending)
    this.#pending = ''
    this.#put(bytes)
  }

  #put(bytes: Buffer): void {
    if (this.#descriptor < 0) return
    writeSync(this.#descriptor, bytes)
    this.#bytes += bytes.length
    this.bytes_total += bytes.length
  }

  /** RFC 3339 with nanoseconds, always rising. */
  #time(): string {
    const now_ms = this.#now_ms()
    const fraction = Math.floor((now_ms - Math.floor(now_ms)) * 1e6)
    this.#nanosecond = (this.#nanosecond + 137) % 1000
    const nanoseconds = String(Math.floor(fraction / 1000) * 1000 + this.#nanosecond).padStart(
      6,
      '0',
    )
    return `${new Date(now_ms).toISOString().slice(0, 23)}${nanoseconds}Z`
  }
}

async function compress(path: string): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(temporary))
    renameSync(temporary, `${path}.gz`)
    rmSync(path, { force: true })
  } catch {
    // The pod and its folder went meanwhile.
    rmSync(temporary, { force: true })
  }
}

/** The lines that kubectl shows: contents without their CRI heads, parts joined. */
export function readLines(path: string, tail_lines: number | undefined): string {
  if (!existsSync(path)) return ''
  let text = ''
  let isOpen = false
  const lines: string[] = []
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, tag, content] = /^\S+ (?:stdout|stderr) ([PF])\S* (.*)$/.exec(line) ?? []
    if (tag === undefined) continue
    text = isOpen ? text + content : content!
    isOpen = tag === 'P'
    if (!isOpen) lines.push(text)
  }
  const wanted = tail_lines === undefined ? lines : lines.slice(-tail_lines)
  return wanted.map((line) => `${line}\n`).join('')
}
