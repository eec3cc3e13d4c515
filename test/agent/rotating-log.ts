/**
 * A container's log as containerd writes it and the kubelet rotates it, far more often than any
 * kubelet would: numbered lines, of which a ledger can be kept.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'

export type RotatingLogOptions = {
  /** `…/var/log/pods/<namespace>_<pod>_<uid>/<container>` */
  dir: string
  /** Says who wrote a line. */
  name: string
  /** Rotated files beside the live one; the kubelet's containerLogMaxFiles less one. */
  files_max: number
  /** However many there are, younger ones stay. */
  age_ms_min: number
  random: () => number
}

const day = '20261121'

export class RotatingLog {
  written = 0
  rotations = 0
  /** Lines in files that were deleted. */
  deleted = 0
  readonly #options: RotatingLogOptions
  readonly #live: string
  #fd: number
  #liveLines = 0
  readonly #linesIn = new Map<string, number>()

  constructor(options: RotatingLogOptions) {
    this.#options = options
    mkdirSync(options.dir, { recursive: true })
    this.#live = join(options.dir, '0.log')
    this.#fd = openSync(this.#live, 'a')
  }

  /** Whole lines, some in parts, some of standard error. */
  write(lines: number): void {
    const { name, random } = this.#options
    let text = ''
    for (let at = 0; at < lines; at++) {
      const body = numbered(name, ++this.written)
      const stream = random() < 0.3 ? 'stderr' : 'stdout'
      const cut = random() < 0.1 ? 1 + Math.floor(random() * (body.length - 1)) : 0
      if (cut > 0) text += criLine(stream, 'P', body.slice(0, cut))
      text += criLine(stream, 'F', body.slice(cut))
    }
    this.#liveLines += lines
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at)
  }

  /**
   * In the kubelet's order: the eldest go, what was rotated before is compressed, the live file is
   * renamed, and the runtime, which has written to it meanwhile, is told to open a new one.
   */
  rotate(): void {
    const { dir } = this.#options
    this.#removeExcess()
    for (const file of this.#rotated()) if (!file.endsWith('.gz')) this.#compress(file)
    const second = this.rotations++
    const clock = [second / 3600, (second / 60) % 60, second % 60]
    const time = clock.map((one) => String(Math.floor(one)).padStart(2, '0')).join('')
    const rotated = join(dir, `0.log.${day}-${time}`)
    renameSync(this.#live, rotated)
    this.write(1 + Math.floor(this.#options.random() * 3))
    closeSync(this.#fd)
    this.#fd = openSync(this.#live, 'a')
    this.#linesIn.set(rotated, this.#liveLines)
    this.#liveLines = 0
  }

  close(): void {
    closeSync(this.#fd)
  }

  #rotated(): string[] {
    const names = readdirSync(this.#options.dir).filter((name) => name.startsWith('0.log.'))
    return names.sort().map((name) => join(this.#options.dir, name))
  }

  #removeExcess(): void {
    const { files_max, age_ms_min } = this.#options
    const files = this.#rotated()
    for (const file of files.slice(0, Math.max(0, files.length - files_max + 1))) {
      if (Date.now() - statSync(file).mtimeMs < age_ms_min) return
      rmSync(file)
      this.deleted += this.#linesIn.get(file.replace(/\.gz$/, '')) ?? 0
    }
  }

  #compress(file: string): void {
    writeFileSync(`${file}.tmp`, gzipSync(readFileSync(file), { level: 1 }))
    renameSync(`${file}.tmp`, `${file}.gz`)
    rmSync(file)
  }
}

/** A line that says whose it is, which one, and what the rest of it must be. */
export function numbered(name: string, number: number): string {
  const text = `order ${(number * 7919) % 100_003} was placed`.padEnd(30 + (number % 90), '.')
  return `${name} ${number} ${crc32(text)} ${text}`
}

function criLine(stream: string, tag: string, body: string): string {
  return `${new Date().toISOString().replace('Z', '123456Z')} ${stream} ${tag} ${body}\n`
}
