/**
 * What a connection has received on its way to the store: messages that want no answer are gathered
 * into few bodies, those that want one go alone and are answered when they are durable.
 */
import { createHash } from 'node:crypto'
import type { DecodeOutcome } from '../../../model/outcome.ts'
import { MsgpackWriter } from '../../../wire/msgpack/writer.ts'
import type { Principal, StreamConnection } from '../../receiver.ts'
import { decodeForward } from './decode.ts'
import { splitMessage } from './split.ts'

/** While this much is on its way nothing more is read. */
const under_way_bytes_max = 2 * 1024 * 1024
/** Not much more is read at once: others wait meanwhile. */
const body_bytes_max = 512 * 1024
const chunks_at_once_max = 32
/** A sender that never reads its answers gets no more of them. */
const answers_waiting_max = 10_000
const chunk_bytes_max = 1024

export class Deliveries {
  #gathered: Uint8Array[] = []
  #under_way_bytes = 0
  #isTaking = false
  #chunks = 0
  #answersWaiting = 0
  #failure: { error: unknown } | undefined
  #wake: (() => void) | undefined
  readonly #connection: StreamConnection
  readonly #principal: Principal

  constructor(connection: StreamConnection, principal: Principal) {
    this.#connection = connection
    this.#principal = principal
  }

  /** Messages that want no answer; the bytes are not changed any more. */
  plain(messages: Uint8Array): void {
    this.#gathered.push(messages)
    this.#under_way_bytes += messages.length
    this.#pump()
  }

  /** A message that wants an answer. */
  chunk(message: Uint8Array, chunk: Uint8Array): void {
    this.#chunks++
    this.#under_way_bytes += message.length
    const done = () => {
      this.#chunks--
      this.#ended(message.length)
    }
    const taking = this.#takeChunk(message, chunk)
    taking.catch((error: unknown) => this.#failed(error)).finally(done)
  }

  /** Resolves when there is room for more. Throws what became of those before. */
  room(): Promise<void> {
    return this.#until(
      () => this.#under_way_bytes < under_way_bytes_max && this.#chunks < chunks_at_once_max,
    )
  }

  /** Resolves when all are durable and answered. */
  end(): Promise<void> {
    return this.#until(() => this.#under_way_bytes === 0 && this.#chunks === 0)
  }

  /** The promise, or what becomes wrong here before it is fulfilled. */
  orFailure<Result>(promise: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#wake = () => this.#failure && reject(this.#failure.error)
      this.#wake()
      promise.then(resolve, reject)
    })
  }

  async #until(isTrue: () => boolean): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error
      if (isTrue()) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #pump(): void {
    if (this.#isTaking || this.#gathered.length === 0 || this.#failure) return
    const body = this.#nextBody()
    this.#isTaking = true
    this.#take(body)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#isTaking = false
        this.#pump()
        this.#ended(body.length)
      })
  }

  #nextBody(): Uint8Array {
    let count = 0
    for (let bytes = 0; count < this.#gathered.length && bytes < body_bytes_max; count++) {
      bytes += this.#gathered[count]!.length
    }
    const pieces = this.#gathered.splice(0, count)
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }

  async #takeChunk(message: Uint8Array, chunk: Uint8Array): Promise<void> {
    for (const part of splitMessage(message)) await this.#take(part, idOf(chunk, part))
    this.#answer(chunk)
  }

  #take(body: Uint8Array, chunk_id?: string): Promise<DecodeOutcome> {
    return this.#connection.take('logs', decodeForward, body, this.#principal, chunk_id)
  }

  #answer(chunk: Uint8Array): void {
    if (this.#answersWaiting >= answers_waiting_max) return
    this.#answersWaiting++
    const answer = new MsgpackWriter().map(1).text('ack').text(chunk.subarray(0, chunk_bytes_max))
    this.#connection
      .write(answer.take())
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#answersWaiting--)
  }

  #ended(bytes: number): void {
    this.#under_way_bytes -= bytes
    this.#wake?.()
  }

  #failed(error: unknown): void {
    this.#failure ??= { error }
    this.#wake?.()
  }
}

/**
 * A chunk that comes again is known by its name and its content: some senders give all their chunks
 * one name.
 */
function idOf(chunk: Uint8Array, message: Uint8Array): string {
  const hash = createHash('sha256').update(`forward ${chunk.length} `).update(chunk)
  return hash.update(message).digest('hex').slice(0, 32)
}
