/**
 * A node's log directory, a sink that keeps what is durable, and a collector that can be dropped
 * dead: what tests of the log collectors share.
 */
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { Chunk, CollectorContext, Running, Sink } from '../../src/agent/collector.ts'
import { containerLogs } from '../../src/agent/collectors/container-logs/collector.ts'
import type { EventFilesType } from '../../src/agent/collectors/event-files.ts'
import { integrationSchemas } from '../../src/model/policy.ts'
import { decode, type Plain } from '../wire/otlp-proto.ts'

export type ReadRecord = {
  body: string
  attributes: Record<string, unknown>
  resource: Record<string, unknown>
  severity: number
  time: string
  trace_id: string
  span_id: string
}

/** What survives a kill: chunks and the positions that came with them, in one step. */
export class DurableSink implements Sink {
  readonly chunks: Chunk[] = []
  readonly kept = new Map<string, string>()
  /** Set to make put() wait, as a full spool does. */
  gate: Promise<void> | undefined
  isDead = false

  async put(chunk: Chunk): Promise<boolean> {
    await this.gate
    await Promise.resolve()
    if (this.isDead) return new Promise(() => {})
    // Its memory is the giver's again once it is durable.
    this.chunks.push({ ...chunk, body: chunk.body.slice() })
    for (const [key, value] of Object.entries(chunk.positions ?? {})) this.kept.set(key, value)
    return true
  }

  position(key: string): string | undefined {
    return this.kept.get(key)
  }

  positions(prefix: string): ReadonlyMap<string, string> {
    return new Map([...this.kept].filter(([key]) => key.startsWith(prefix)))
  }

  forget(key: string): void {
    if (!this.isDead) this.kept.delete(key)
  }

  /** The same disk after a kill: what was on its way is lost, what was durable is there. */
  afterKill(): DurableSink {
    this.isDead = true
    const next = new DurableSink()
    next.chunks.push(...this.chunks)
    for (const [key, value] of this.kept) next.kept.set(key, value)
    return next
  }

  records(): ReadRecord[] {
    return this.chunks.flatMap(({ body }) => recordsOf(body))
  }

  bodies(): string[] {
    return this.records().map(({ body }) => body)
  }
}

export function recordsOf(body: Uint8Array): ReadRecord[] {
  const request = decode('LogsData', body)
  return (request.resourceLogs ?? []).flatMap((one: Plain) =>
    (one.scopeLogs ?? []).flatMap((scope: Plain) =>
      (scope.logRecords ?? []).map((record: Plain) => ({
        body: record.body?.stringValue ?? '',
        attributes: plainAttributes(record.attributes),
        resource: plainAttributes(one.resource?.attributes),
        severity: record.severityNumber ?? 0,
        time: record.timeUnixNano,
        trace_id: Buffer.from(record.traceId ?? []).toString('hex'),
        span_id: Buffer.from(record.spanId ?? []).toString('hex'),
      })),
    ),
  )
}

function plainAttributes(pairs: Plain[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]))
}

export class LogRig {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'crowsnest-logs-')))
  sink = new DurableSink()
  now_ms: () => number = Date.now
  #running: Running | undefined
  #timers = new Set<NodeJS.Timeout>()

  /** Makes and names a container's directory. */
  container(namespace: string, pod: string, uid: string, container: string): string {
    const dir = join(this.root, 'var/log/pods', `${namespace}_${pod}_${uid}`, container)
    mkdirSync(dir, { recursive: true })
    return dir
  }

  context<Type extends 'container_logs' | 'host' | EventFilesType>(
    type: Type,
    settings: object,
    more: object = {},
  ): CollectorContext<Type> {
    const timers = this.#timers
    return {
      settings: integrationSchemas[type].parse(settings) as CollectorContext<Type>['settings'],
      agent: { id: 'a', kind: 'node', cluster: 'test', node: 'node-1', version: '1' },
      sink: this.sink,
      cluster: undefined,
      host_root: this.root,
      log: pino({ level: 'silent' }),
      now_ms: () => this.now_ms(),
      every: (interval_ms, run) => {
        const timer = setInterval(run, interval_ms)
        timers.add(timer)
        return () => clearInterval(timer)
      },
      ...more,
    }
  }

  async start(settings: object = {}, more: object = {}): Promise<Running> {
    this.#running = await containerLogs.start(this.context('container_logs', settings, more))
    return this.#running
  }

  get running(): Running | undefined {
    return this.#running
  }

  /** Whether this process holds the file open. */
  isOpen(path: string): boolean {
    const dir = '/proc/self/fd'
    return readdirSync(dir).some((fd) => {
      try {
        return readlinkSync(join(dir, fd)) === path
      } catch {
        return false
      }
    })
  }

  /** Stops in good order, as at an update. */
  async stop(): Promise<void> {
    await this.#running?.stop()
    this.#running = undefined
  }

  /** As kill -9: nothing is given any more, and no timer runs. */
  kill(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers.clear()
    this.sink = this.sink.afterKill()
    this.#running = undefined
  }

  async end(): Promise<void> {
    await this.#running?.stop()
    for (const timer of this.#timers) clearInterval(timer)
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** Waits until it holds; fails with what it was waiting for. */
export async function until(what: string, holds: () => boolean, within_ms = 30_000): Promise<void> {
  const deadline = Date.now() + within_ms
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${within_ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function criLine(body: string, stream = 'stdout', tag = 'F', at_ms = Date.now()): string {
  return `${new Date(at_ms).toISOString().replace('Z', '123456Z')} ${stream} ${tag} ${body}\n`
}
