/**
 * The real server in a process of its own on a directory of its own: where it listens, what it and
 * its engine cost, and its API as a signed-in person. Leaves load and figures to the suites.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { childOf, cpuSeconds, type Memory, memoryOf, pause } from './processes.ts'

const entry = fileURLToPath(new URL('../../src/server/main.ts', import.meta.url))
const start_ms_max = 60_000
const settle_ms_max = 90_000
/** Below this share of one CPU, three times in a row, the engine is said to have no merges left. */
const idle_cpu_max = 0.06

export type Cost = { server_s: number; engine_s: number; total_s: number }

export class Target {
  readonly #child: ChildProcess
  readonly #text: () => string
  readonly engine_pid: number
  #cookie = ''

  private constructor(child: ChildProcess, text: () => string, engine_pid: number) {
    this.#child = child
    this.#text = text
    this.engine_pid = engine_pid
  }

  static async start(
    dir: string,
    nodeFlags: readonly string[] = [],
    flags: readonly string[] = [],
  ): Promise<Target> {
    mkdirSync(dir, { recursive: true })
    const names = ['ui', 'otlp_grpc', 'otlp_http', 'elastic']
    const addresses = names.map((name) => `--listen.${name}=127.0.0.1:0`)
    const args = [...nodeFlags, entry, `--store.dir=${dir}`, ...addresses, ...flags]
    args.push('--log.level=warn')
    const child = spawn(process.execPath, args, { cwd: dir, env: { PATH: process.env.PATH } })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk
      })
    }
    const deadline_ms = Date.now() + start_ms_max
    while (!/^ready /m.test(text)) {
      if (child.exitCode !== null || Date.now() > deadline_ms) {
        child.kill('SIGKILL')
        throw new Error(`the server did not start: ${text}`)
      }
      await pause(20)
    }
    return new Target(child, () => text, childOf(child.pid!, 'engine-child')!)
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** host:port of a listener. */
  address(name: 'ui' | 'otlp_grpc' | 'otlp_http' | 'elastic' | 'fluent_forward'): string {
    return new RegExp(`^listening ${name} (.*)$`, 'm').exec(this.#text())![1]!
  }

  complaints(): string {
    return this.#text()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n')
  }

  cost(): Cost {
    const server_s = cpuSeconds(this.pid)
    const engine_s = cpuSeconds(this.engine_pid)
    return { server_s, engine_s, total_s: server_s + engine_s }
  }

  memory(): { server: Memory; engine: Memory; rss_mb: number; peak_mb: number } {
    const server = memoryOf(this.pid)
    const engine = memoryOf(this.engine_pid)
    const rss_mb = server.rss_mb + engine.rss_mb
    return { server, engine, rss_mb, peak_mb: server.peak_mb + engine.peak_mb }
  }

  /** A gauge or counter of our own /metrics, summed over its labels. */
  async metric(name: string): Promise<number> {
    const response = await fetch(`http://${this.address('ui')}/metrics`)
    const lines = (await response.text()).split('\n')
    const own = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    return own.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }

  /** Waits until every segment is inserted and the engine merges no more. Answers how long. */
  async settle(): Promise<number> {
    const began_ms = Date.now()
    let quiet = 0
    while (quiet < 3 && Date.now() - began_ms < settle_ms_max) {
      const before_s = cpuSeconds(this.engine_pid)
      await pause(1_000)
      const used_s = cpuSeconds(this.engine_pid) - before_s
      const isDrained = (await this.metric('crowsnest_segments_buffered_bytes')) === 0
      quiet = used_s < idle_cpu_max && isDrained ? quiet + 1 : 0
    }
    return (Date.now() - began_ms) / 1_000
  }

  async signIn(): Promise<void> {
    const token = /^setup .*#(\S+)$/m.exec(this.#text())![1]
    await this.api('/api/setup', { token, name: 'bench', password: 'a mast above the fog' })
  }

  async ask<Answer>(question: string, ask: unknown): Promise<Answer> {
    const { answer } = (await this.api('/api/ask', { question, ask })) as { answer: Answer }
    return answer
  }

  async api(path: string, body: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json', 'x-crowsnest': '1', cookie: this.#cookie }
    const request = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(`http://${this.address('ui')}${path}`, request)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    const set = response.headers.getSetCookie().find((one) => !one.includes('=;'))
    if (set !== undefined) this.#cookie = set.split(';', 1)[0]!
    return response.json()
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }
}
