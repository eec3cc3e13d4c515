/**
 * One request of events: an agent keeps it open for seconds, so its lines are read and stored while
 * it goes on, and it is answered at its end. What a line means is read in decode-events.ts.
 */
import { Fault } from '../../../model/faults.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import { SenderGone } from '../../http-body.ts'
import { type HttpCall, type HttpReply, otlpSignals } from '../../receiver.ts'
import { intakeReply, textOf } from './answers.ts'
import {
  decodeEvents,
  type EventCount,
  type EventFailure,
  noteFailure,
  tooLongMessage,
} from './decode-events.ts'
import { Invalid, isObject } from './fields.ts'
import { type EventKind, LineReader, line_bytes_max } from './lines.ts'
import { readMetadata, type StreamMetadata } from './metadata.ts'
import type { RateLimit } from './rate-limit.ts'
import { longMetadata } from './rum-v3.ts'
import type { EventStream } from './span-event.ts'

export type IntakeKind = { isRum: boolean; hasShortNames: boolean }

/** Lines wait for others until there is this much, or this long. */
const gathered_bytes_max = 256 * 1024
const gathered_ms_max = 1000

/** Agents in pages, which can keep no token secret. */
const anonymousAgents = new Set(['rum-js', 'js-base', 'iOS/swift'])
const longKinds: readonly EventKind[] = ['transaction', 'span', 'error', 'metricset', 'log']

export async function readIntake(
  call: HttpCall,
  kind: IntakeKind,
  limit: RateLimit | undefined,
): Promise<HttpReply> {
  const intake = new Intake(call, kind, limit)
  const isVerbose = call.query.has('verbose')
  try {
    await intake.read()
  } catch (error) {
    // The lines that came are as good as if the sender had stayed.
    if (!(error instanceof Fault) && !(error instanceof SenderGone)) throw error
    await intake.end(error)
    if (error instanceof SenderGone) throw error
  }
  return intakeReply(intake.verdict(), isVerbose)
}

class Intake {
  readonly #call: HttpCall
  readonly #kind: IntakeKind
  readonly #limit: RateLimit | undefined
  readonly #lines: LineReader
  readonly #count: EventCount = { accepted: 0, failed: 0, failures: [] }
  #stream: EventStream | undefined
  #status = 202
  #retry_after_s: number | undefined
  /** When the first of the lines that wait was gathered. */
  #waiting_since_ms = 0
  #isOver = false

  constructor(call: HttpCall, kind: IntakeKind, limit: RateLimit | undefined) {
    this.#call = call
    this.#kind = kind
    this.#limit = limit
    const kinds: EventKind[] = kind.hasShortNames ? ['x', 'e'] : [...longKinds]
    this.#lines = new LineReader(kinds, (line) => this.#begin(line))
  }

  verdict() {
    const { accepted, failures } = this.#count
    const status = this.#count.failed > 0 ? Math.max(400, this.#status) : this.#status
    return { status, accepted, failures, retry_after_s: this.#retry_after_s }
  }

  async read(): Promise<void> {
    const pieces = this.#call.pieces()[Symbol.asyncIterator]()
    try {
      let next = pieces.next()
      // It is awaited below; failing before that is no failure that nobody handles.
      next.catch(() => {})
      for (;;) {
        const piece = await this.#within(next)
        if (piece === undefined) {
          await this.#flush()
          if (this.#isOver) return
          continue
        }
        if (piece.done) break
        if (!this.#lines.push(piece.value)) return
        if (this.#lines.gathered_bytes >= gathered_bytes_max) await this.#flush()
        if (this.#isOver) return
        next = pieces.next()
        next.catch(() => {})
      }
      this.#lines.finish()
      await this.#flush()
    } finally {
      // Stops reading; the answer does not wait for it.
      if (this.#isOver) void pieces.return?.(undefined)?.catch(() => {})
    }
  }

  /** The next piece, or undefined when what was gathered has waited long enough. */
  async #within<Piece>(next: Promise<Piece>): Promise<Piece | undefined> {
    if (this.#lines.gathered_bytes === 0) {
      this.#waiting_since_ms = 0
      return next
    }
    const now_ms = performance.now()
    if (this.#waiting_since_ms === 0) this.#waiting_since_ms = now_ms
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      const left_ms = this.#waiting_since_ms + gathered_ms_max - now_ms
      timer = setTimeout(() => resolve(undefined), Math.max(0, left_ms))
    })
    try {
      return await Promise.race([next, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Stores what came before the body ended badly, and notes how it did. */
  async end(error: Fault | SenderGone): Promise<void> {
    if (!this.#isOver) await this.#flush()
    if (error instanceof Fault) this.#failed(error)
  }

  /** Reads the first line; false when the stream cannot go on. */
  #begin(line: Uint8Array): boolean {
    try {
      if (line.length > line_bytes_max) throw new Invalid(tooLongMessage)
      this.#stream = this.#openStream(this.#metadataOf(line))
      return true
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      noteFailure(this.#count, error.message, line)
      this.#isOver = true
      return false
    }
  }

  #metadataOf(line: Uint8Array): StreamMetadata {
    let root: unknown
    try {
      root = JSON.parse(Buffer.from(line).toString())
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      throw new Invalid(`decode error: data read error: ${detail}`)
    }
    const { hasShortNames } = this.#kind
    const key = hasShortNames ? 'm' : 'metadata'
    const metadata = isObject(root) ? root[key] : undefined
    if (!isObject(metadata)) {
      throw new Invalid(`validation error: '${key}' required: it is the first line of a stream`)
    }
    return readMetadata(hasShortNames ? longMetadata(metadata) : metadata)
  }

  #openStream(metadata: StreamMetadata): EventStream {
    const { headers, remote_address, parts } = this.#call
    if (this.#limit !== undefined && !anonymousAgents.has(metadata.agent_name)) {
      const name = JSON.stringify(metadata.agent_name.slice(0, 64))
      this.#status = 403
      throw new Invalid(`unauthorized: anonymous access not permitted for agent ${name}`)
    }
    const agent = headers['user-agent']
    return {
      metadata,
      isRum: this.#kind.isRum,
      received_us: Math.round(parts.now_ms() * 1000),
      began_us: new Map(),
      errors: new Map(),
      user_agent: Array.isArray(agent) ? agent[0] : agent,
      remote_address,
    }
  }

  async #flush(): Promise<void> {
    const stream = this.#stream
    const { gathered } = this.#lines
    this.#waiting_since_ms = 0
    if (stream === undefined) return
    for (const signal of otlpSignals) {
      const { bytes, lines } = gathered[signal]
      if (lines.length === 0) continue
      if (!this.#isAllowed(lines.length)) return
      const count: EventCount = { accepted: 0, failed: 0, failures: [] }
      try {
        await this.#call.take(signal, decodeEvents(lines, stream, count), bytes.written())
        this.#count.accepted += count.accepted
        this.#count.failed += count.failed
        this.#tell(count.failures)
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        return this.#failed(error)
      }
      gathered[signal].clear()
    }
  }

  #isAllowed(events: number): boolean {
    const { remote_address, parts } = this.#call
    if (this.#limit?.allows(remote_address, events, parts.now_ms()) ?? true) return true
    this.#status = 429
    this.#retry_after_s = 1
    this.#tell([{ message: 'rate limit exceeded', document: '' }])
    this.#isOver = true
    return false
  }

  /** What ends the whole request. */
  #failed(fault: Fault): void {
    this.#status = Math.max(this.#status, fault.status)
    this.#retry_after_s = retryAfterOf(fault)
    this.#tell([{ message: textOf(fault), document: '' }])
    this.#isOver = true
  }

  #tell(failures: readonly EventFailure[]): void {
    const { failures: told } = this.#count
    told.push(...failures.slice(0, Math.max(0, told_max - told.length)))
  }
}

const told_max = 20
