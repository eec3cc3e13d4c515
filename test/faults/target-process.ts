/**
 * The process that faults are done to: started, killed and started again on one directory. Reads
 * from its log what it says was lost. Knows nothing of why it is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../../src/server/main.ts', import.meta.url))
const flags = ['--listen.otlp_http=127.0.0.1:0', '--listen.otlp_grpc=off', '--listen.ui=off']

export class Target {
  port: number | undefined
  starts = 0
  /** Rows the process said were lost, and unfinished writes it cut off, over all its lives. */
  counted = { rows: 0, torn_tails: 0, torn_rows: 0 }
  readonly complaints: string[] = []
  /** Every listener that said it is open: name to host:port. */
  readonly addresses = new Map<string, string>()
  readonly #dir: string
  readonly #moreFlags: readonly string[]
  #child: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()

  constructor(dir: string, moreFlags: readonly string[] = []) {
    this.#dir = dir
    this.#moreFlags = moreFlags
  }

  get pid(): number {
    return this.#child!.pid!
  }

  get segmentsDir(): string {
    return `${this.#dir}/segments`
  }

  /** Resolves when it takes records; `ready` when its store has opened too. */
  async start(within_ms = 60_000): Promise<{ ready: Promise<void> }> {
    const args = [entry, `--store.dir=${this.#dir}`, ...flags, ...this.#moreFlags]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()))
    void this.#exited.then(() => {
      if (this.#child === child) this.port = undefined
    })
    child.stderr.on('data', (chunk) => this.#complain(String(chunk)))
    const lines = createInterface({ input: child.stdout })
    const said = (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`did not say ${pattern}: ${this.complaints.join('')}`)),
          within_ms,
        )
        lines.on('line', (line) => {
          const match = pattern.exec(line)
          if (match === null) return
          clearTimeout(timer)
          resolve(match)
        })
        child.once('exit', () => {
          clearTimeout(timer)
          reject(new Error(`left before it said ${pattern}: ${this.complaints.join('')}`))
        })
      })
    lines.on('line', (line) => this.#read(line))
    const ready = said(/^ready/).then(() => undefined)
    ready.catch(() => undefined)
    const [, port] = await said(/^listening otlp_http .*:(\d+)$/)
    this.port = Number(port)
    this.starts++
    return { ready }
  }

  /** Where the embedded engine keeps its tables. */
  get engineDir(): string {
    return `${this.#dir}/engine`
  }

  /** The engine child's process id, while it runs. */
  enginePid(): number | undefined {
    const path = `/proc/${this.pid}/task/${this.pid}/children`
    const children = existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ') : []
    const engine = children.find((pid) => {
      const line = `/proc/${pid}/cmdline`
      return pid !== '' && existsSync(line) && readFileSync(line, 'utf8').includes('engine-child')
    })
    return engine === undefined ? undefined : Number(engine)
  }

  async kill(): Promise<void> {
    this.port = undefined
    this.#child?.kill('SIGKILL')
    await this.#exited
  }

  /** Server and engine at once, as a power cut or the machine's end takes them. */
  async killAll(): Promise<void> {
    const engine = this.enginePid()
    this.port = undefined
    if (engine !== undefined) signal(engine, 'SIGKILL')
    await this.kill()
    while (engine !== undefined && existsSync(`/proc/${engine}`)) await pause(20)
  }

  async stop(within_ms = 30_000): Promise<void> {
    this.#child?.kill('SIGTERM')
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), within_ms)
    await this.#exited
    clearTimeout(timer)
  }

  leftovers(): string[] {
    if (!existsSync(this.segmentsDir)) return []
    return readdirSync(this.segmentsDir).filter((name) => name.endsWith('.segment'))
  }

  #read(line: string): void {
    const [, name, address] = /^listening (\w+) (\S+)$/.exec(line) ?? []
    if (name !== undefined && address !== undefined) this.addresses.set(name, address)
    if (!line.startsWith('{')) return
    const entry = JSON.parse(line) as { msg?: string; level?: number; rows?: number }
    const says = entry.msg ?? ''
    if (says.startsWith('acknowledged rows were lost')) this.counted.rows += Number(entry.rows)
    if (says.startsWith('an unfinished write was cut off')) {
      this.counted.torn_tails++
      this.counted.torn_rows += Number(entry.rows)
    }
    if (Number(entry.level) >= 50) this.#complain(`${line}\n`)
  }

  #complain(text: string): void {
    this.complaints.push(text.slice(0, 1000))
    if (this.complaints.length > 50) this.complaints.shift()
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has gone already.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
