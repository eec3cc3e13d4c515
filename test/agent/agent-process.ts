/** The counting agent as a child process, and the numbered file that it reads. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const entry = join(import.meta.dirname, 'counting-agent.ts')

export type AgentPlace = {
  dir: string
  ingest: string
  state_dir?: string
  spool_bytes_max?: string
}

export class AgentProcess {
  readonly lines: string
  written = 0
  readonly #place: AgentPlace
  #child: ChildProcess | undefined
  #runs = 0
  output = ''

  constructor(place: AgentPlace) {
    this.#place = place
    this.lines = join(place.dir, 'lines')
    writeFileSync(this.lines, '')
    const integration = { id: 'host', type: 'host', settings: { log_files: [this.lines] } }
    writeFileSync(join(place.dir, 'policy.yaml'), JSON.stringify({ integrations: [integration] }))
  }

  write(count: number): void {
    const numbers = Array.from({ length: count }, (_, at) => `${this.written + at + 1}\n`)
    this.written += count
    appendFileSync(this.lines, numbers.join(''))
  }

  start(): void {
    const { dir, ingest, state_dir = join(dir, 'state'), spool_bytes_max = '64MiB' } = this.#place
    const args = ['--ingest', ingest, '--policy', join(dir, 'policy.yaml')]
    const state = ['--state-dir', state_dir, '--spool-bytes-max', spool_bytes_max]
    const child = spawn(process.execPath, [entry, ...args, ...state, '--log-level', 'warn'])
    child.stdout.on('data', (text) => this.#heard(text))
    child.stderr.on('data', (text) => this.#heard(text))
    this.#child = child
  }

  /** Until it has taken over the signals: a SIGTERM before that ends it without a word. */
  async startAndWait(): Promise<void> {
    const before = this.#runs
    this.start()
    await until('the agent runs', () => this.#runs > before)
  }

  #heard(text: Buffer): void {
    if (text.includes('running')) this.#runs++
    this.output = (this.output + text).slice(-20_000)
  }

  /** Answers the code of its end. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (child === undefined) return null
    this.#child = undefined
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const ended = once(child, 'exit')
    child.kill(signal)
    const [code] = await ended
    return code
  }
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Polls until it is true, and says what was not in time. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  within_ms = 30_000,
): Promise<void> {
  const end_ms = Date.now() + within_ms
  while (!(await isTrue())) {
    if (Date.now() > end_ms) throw new Error(`waited ${within_ms} ms for: ${what}`)
    await sleep(20)
  }
}
