/**
 * Starts the embedded engine's child process, starts it again when it dies, and knows where it
 * listens. Leaves what is said to it to the client.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Endpoint } from './client.ts'
import type { StoreContext } from './store.ts'

export type EngineOptions = {
  dir: string
  /** socket: a unix socket only this user can open. tcp: a loopback port with a key. */
  listen: 'socket' | 'tcp'
  memory_bytes_max: number
}
/** What the child is told, over the channel that nobody else can read. */
export type EngineStart = EngineOptions & { key: string; port?: number | undefined }
export type EngineReady = { socket?: string; port?: number; scratchDir: string }

const startTimeoutMs = 60_000
const backoffMsMax = 5_000
/** A child that lived this long earns a first retry without delay. */
const healthyAfterMs = 10_000

export class Engine {
  readonly #options: EngineOptions
  readonly #context: StoreContext
  readonly #key = randomBytes(24).toString('base64url')
  #child: ChildProcess | undefined
  #endpoint: Endpoint | undefined
  #port: number | undefined
  #isStopping = false
  #retry: NodeJS.Timeout | undefined
  /** When the engine was last lost. */
  away_since_ms: number
  restarts = 0

  constructor(options: EngineOptions, context: StoreContext) {
    this.#options = options
    this.#context = context
    this.away_since_ms = context.now_ms()
  }

  get endpoint(): Endpoint | undefined {
    return this.#endpoint
  }

  /** The child's process id, for tests of what happens when it is killed. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when the engine answers. Only the first start is awaited; later ones are its own. */
  async start(): Promise<void> {
    const deadline = Date.now() + startTimeoutMs
    for (let delay_ms = 100; ; delay_ms = Math.min(delay_ms * 2, 1_000)) {
      try {
        await this.#spawn()
        return
      } catch (error) {
        // A predecessor that is still leaving holds the directory's lock for a moment.
        const isLocked = /Cannot lock file/.test((error as Error).message)
        if (!isLocked || Date.now() > deadline || this.#isStopping) throw error
        await new Promise((resolve) => setTimeout(resolve, delay_ms))
      }
    }
  }

  /** The last resort against a query that ran past its limits. */
  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#retry)
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await gone
    clearTimeout(timer)
  }

  #spawn(): Promise<void> {
    // A bundle has the child beside it as .js; in the source tree both are .ts.
    const entry = import.meta.url.endsWith('.ts') ? './engine-child.ts' : './engine-child.js'
    const child = fork(fileURLToPath(new URL(entry, import.meta.url)), {
      execArgv: ['--max-semi-space-size=1'],
      env: childEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    let complaint = ''
    let isReady = false
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2_000)
    })
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs)
      child.once('message', (ready: EngineReady) => {
        clearTimeout(timer)
        isReady = true
        this.#port = ready.port
        this.#endpoint = ready.socket
          ? { socket: ready.socket, key: this.#key }
          : { url: `http://127.0.0.1:${ready.port}`, user: 'default', key: this.#key }
        child.once('exit', () => rmSync(ready.scratchDir, { recursive: true, force: true }))
        this.#watch(child)
        resolve()
      })
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        const how = `The engine left (${signal ?? code}): ${complaint.trim()}`
        if (!isReady) reject(new Error(how))
        else if (!this.#isStopping)
          this.#context.log.warn({ code, signal, complaint }, 'engine left')
      })
      child.once('error', reject)
      const start: EngineStart = { ...this.#options, key: this.#key, port: this.#port }
      child.send(start)
    })
  }

  #watch(child: ChildProcess): void {
    const started_ms = Date.now()
    child.once('exit', () => {
      this.#endpoint = undefined
      if (this.#isStopping) return
      this.away_since_ms = this.#context.now_ms()
      this.#again(Date.now() - started_ms > healthyAfterMs ? 0 : 100)
    })
  }

  #again(delay_ms: number): void {
    this.#retry = setTimeout(() => {
      this.restarts++
      this.#spawn().then(
        () => this.#context.log.info({ restarts: this.restarts }, 'engine is back'),
        (error: Error) => {
          this.#context.log.error({ error: error.message }, 'engine did not start')
          if (!this.#isStopping) this.#again(Math.min(Math.max(delay_ms, 50) * 2, backoffMsMax))
        },
      )
    }, delay_ms)
  }
}

/** Days are UTC days. Few arenas and an early purge keep the engine's memory near what it uses. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  const kept = Object.entries({ PATH, HOME, TMPDIR }).filter((entry) => entry[1] !== undefined)
  return {
    ...Object.fromEntries(kept),
    TZ: 'UTC',
    UV_THREADPOOL_SIZE: '8',
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '1000000',
    MALLOC_MMAP_THRESHOLD_: '1000000',
  }
}
