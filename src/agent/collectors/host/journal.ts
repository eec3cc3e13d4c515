/**
 * Reads the systemd journal by following journalctl from the entry that was durable last. While the
 * sink is full the pipe is not read, and journalctl waits.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import type { CoverageRow } from '../../../model/kubernetes.ts'
import { encodeResource, encodeScope } from '../../../wire/otlp/encode-logs.ts'
import type { CollectorContext, Running } from '../../collector.ts'
import { LogChunks, type Positioned } from '../../files/log-chunks.ts'
import { HostFiles } from './host-files.ts'
import { hostResource } from './identity.ts'
import { type JournalEntry, readEntry } from './journal-entry.ts'

const positionKey = 'host_journal/cursor'
const turn_ms = 500
/** A journal that is met for the first time is read from so many entries before its end. */
const first_entries = 1000
const again_ms = 10_000
const resources_max = 512
const entry_bytes_max = 4 * 1024 * 1024

const dirs = ['/run/log/journal', '/var/log/journal']

/** Where the journal's files are, or undefined: nobody writes one here. */
export function journalDir(host_root: string): string | undefined {
  return dirs.map((dir) => join(host_root, dir)).findLast(isWritten)
}

/** A package can leave an empty directory where systemd never ran, as in images of containers. */
function isWritten(dir: string): boolean {
  try {
    return readdirSync(dir).length > 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'
  }
}

class Journal implements Running, Positioned {
  readonly positionKey = positionKey
  isTouched = false
  readonly #context: CollectorContext<'host'>
  readonly #command: string
  readonly #chunks: LogChunks
  readonly #scope: Uint8Array
  readonly #host: Record<string, string>
  readonly #resources = new Map<string, Uint8Array>()
  readonly #end: () => void
  #child: ChildProcess | undefined
  #reading: Promise<void> = Promise.resolve()
  #cutting: Promise<void> | undefined
  #started_ms = Number.NEGATIVE_INFINITY
  #cursor: string
  #problem = ''
  #records = 0
  #isStopped = false

  constructor(context: CollectorContext<'host'>, command: string) {
    const { sink, now_ms, agent, host_root } = context
    this.#context = context
    this.#command = command
    this.#chunks = new LogChunks(sink, now_ms)
    this.#scope = encodeScope('crowsnest.agent', agent.version)
    this.#host = hostResource(new HostFiles(host_root), agent)
    this.#cursor = sink.position(positionKey) ?? ''
    this.#end = context.every(turn_ms, () => this.#next())
  }

  positionText(): string {
    return this.#cursor
  }

  health(): ReturnType<Running['health']> {
    return { state: this.#problem === '' ? 'healthy' : 'degraded', message: this.#problem }
  }

  coverage(): CoverageRow[] {
    const records = this.#records
    this.#records = 0
    const isBlind = this.#problem !== ''
    return [
      {
        ...{ time_ms: this.#context.now_ms(), source: 'host', signal: 'logs', namespace: '' },
        ...{ workload: '', pod: '', lag_s: 0, dropped: 0, records },
        state: isBlind ? 'blind' : 'arriving',
        reason: isBlind ? 'unreadable' : '',
        detail: isBlind ? this.#problem : 'systemd journal',
      },
    ]
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#end()
    this.#child?.kill('SIGTERM')
    await this.#reading
    await this.#cut()
  }

  #next(): void {
    const now_ms = this.#context.now_ms()
    if (this.#child === undefined && now_ms - this.#started_ms >= again_ms) {
      this.#started_ms = now_ms
      this.#reading = this.#read().catch((error: Error) => {
        this.#problem = `the journal cannot be read: ${error.message}`
        this.#child = undefined
      })
    }
    if (this.#chunks.isDue) this.#cut().catch(() => {})
  }

  /** One at a time: a chunk is cut either here, by its age, or by the reader, when it is full. */
  #cut(): Promise<void> {
    this.#cutting ??= this.#chunks.cut().finally(() => {
      this.#cutting = undefined
    })
    return this.#cutting
  }

  async #read(): Promise<void> {
    const dir = journalDir(this.#context.host_root)
    const from = this.#cursor === '' ? [`--lines=${first_entries}`] : ['--no-tail']
    const words = ['--output=json', '--follow', '--all', '--quiet', ...from]
    if (this.#cursor !== '') words.push(`--after-cursor=${this.#cursor}`)
    if (dir !== undefined && this.#context.host_root !== '/') words.push(`--directory=${dir}`)
    const child = spawn(this.#command, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => {
      said = (said + bytes).slice(-500)
    })
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(error.message))
      child.on('close', (code) => resolve(said.trim() || `journalctl ended with ${code}`))
    })
    const decoder = new StringDecoder('utf8')
    let rest = ''
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      rest += decoder.write(bytes)
      const lines = rest.split('\n')
      rest = lines.pop()!
      if (rest.length > entry_bytes_max) rest = ''
      for (const line of lines) this.#entry(line)
      this.#problem = ''
      // While one is on its way the next is filled, but no further than that.
      if (this.#chunks.isFull) await this.#cut()
    }
    this.#child = undefined
    const why = await ended
    if (!this.#isStopped) this.#problem = `the journal cannot be read: ${why}`
  }

  #entry(line: string): void {
    const entry = readEntry(line)
    if (entry === undefined) return
    const { encoder } = this.#chunks
    encoder.observed(this.#context.now_ms())
    encoder.resource(this.#resourceOf(entry), this.#scope)
    encoder.begin(Math.floor(entry.time_us / 1e6), Math.round(entry.time_us % 1e6) * 1000)
    encoder.severity(entry.severity)
    encoder.bodyText(entry.message)
    for (const [key, value] of entry.attributes) encoder.attribute(key, value)
    encoder.end()
    this.#chunks.wrote(Math.floor(entry.time_us / 1e6))
    this.#cursor = entry.cursor
    this.#chunks.touch(this)
    this.#records++
  }

  /** Each program on the machine is a service of its own. */
  #resourceOf({ identifier }: JournalEntry): Uint8Array {
    const known = this.#resources.get(identifier)
    if (known !== undefined) return known
    if (this.#resources.size >= resources_max) this.#resources.clear()
    const named = identifier === '' ? {} : { 'service.name': identifier }
    const resource = encodeResource({ ...this.#host, ...named })
    this.#resources.set(identifier, resource)
    return resource
  }
}

export function startJournal(context: CollectorContext<'host'>, command = 'journalctl'): Running {
  return new Journal(context, command)
}
