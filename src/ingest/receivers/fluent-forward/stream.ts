/**
 * A connection of the forward protocol: the handshake where a key is set, then messages in
 * MessagePack, or in JSON where there is no key. Records are read in decode.ts.
 */
import { Fault } from '../../../model/faults.ts'
import { JsonEnd } from '../../../wire/msgpack/json-end.ts'
import { Messages } from '../../../wire/msgpack/messages.ts'
import { ValueEnd } from '../../../wire/msgpack/value-end.ts'
import { MsgpackWriter, writeJsonValue } from '../../../wire/msgpack/writer.ts'
import type { Lease } from '../../budget.ts'
import type { Principal, StreamConnection } from '../../receiver.ts'
import { Deliveries } from './deliveries.ts'
import { Envelope } from './envelope.ts'
import { beginHandshake } from './handshake.ts'
import { part_bytes_max, splitMessage } from './split.ts'
import { held, isCompressed, unpack } from './unpack.ts'

const ping_bytes_max = 64 * 1024
const handshake_ms_max = 15_000

export async function serveForward(connection: StreamConnection): Promise<void> {
  const pieces = connection.pieces[Symbol.asyncIterator]()
  const hasKey = connection.settings.shared_key !== ''
  const rest = hasKey ? await shakeHands(connection, pieces) : undefined
  const principal = connection.authorize({})
  if (principal === undefined && !hasKey) {
    throw new Fault('sender_refused', {
      protocol: 'forward',
      detail: 'ingest needs a token and fluent_forward.shared_key is not set',
    })
  }
  const waiting = new Waiting()
  try {
    await readAll(connection, pieces, principal ?? {}, waiting, rest)
  } finally {
    waiting.is(0)
  }
}

/** A connection's share of what all hold of messages that have not ended. */
class Waiting {
  #bytes = 0
  #lease: Lease | undefined

  /** Throws ingest_busy when there is no room for more. */
  is(bytes: number): void {
    if (bytes > this.#bytes) {
      this.#lease ??= held.lease()
      this.#lease.add(bytes - this.#bytes)
    } else if (bytes === 0) {
      this.#lease?.release()
      this.#lease = undefined
    } else return
    this.#bytes = bytes
  }
}

/** Answers what arrived behind the PING already. */
async function shakeHands(
  connection: StreamConnection,
  pieces: AsyncIterator<Uint8Array>,
): Promise<Uint8Array> {
  const { helo, answer } = beginHandshake(connection.settings, connection.random)
  await connection.write(helo)
  const messages = new Messages(new ValueEnd(), ping_bytes_max)
  const late = new Fault('body_too_slow', { timeout_ms: handshake_ms_max })
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), handshake_ms_max)
  })
  try {
    while (!messages.next()) {
      const { done, value } = await Promise.race([pieces.next(), deadline])
      if (done) {
        const detail = 'the connection ended before its PING'
        throw new Fault('sender_refused', { protocol: 'forward', detail })
      }
      messages.add(value)
    }
  } finally {
    clearTimeout(timer)
  }
  const { bytes, start, end } = messages
  const { pong, refused } = answer(bytes.subarray(start, end))
  await connection.write(pong)
  if (refused !== undefined) throw refused
  return messages.rest()
}

async function readAll(
  connection: StreamConnection,
  pieces: AsyncIterator<Uint8Array>,
  principal: Principal,
  waiting: Waiting,
  rest: Uint8Array | undefined,
): Promise<void> {
  const deliveries = new Deliveries(connection, principal)
  const { body_bytes_max } = connection.settings
  let inbox: Inbox | undefined
  let piece = rest !== undefined && rest.length > 0 ? rest : undefined
  try {
    for (;;) {
      if (piece === undefined) {
        const read = await deliveries.orFailure(pieces.next())
        if (read.done) break
        piece = read.value
      }
      const isJson = rest === undefined && (piece[0] === 0x5b || piece[0] === 0x7b)
      inbox ??= new Inbox(isJson, body_bytes_max, deliveries)
      inbox.messages.add(piece)
      piece = undefined
      await inbox.sort()
      const { waiting_bytes } = inbox.messages
      waiting.is(waiting_bytes)
      await deliveries.room()
    }
    if (inbox?.messages.isWithin) {
      const detail = 'the connection ended within a message'
      throw new Fault('payload_malformed', { format: 'forward', detail })
    }
  } catch (error) {
    // What came whole before is stored, whatever is wrong with what follows it.
    if (error instanceof Fault) await deliveries.end().catch(() => {})
    throw error
  }
  await deliveries.end()
}

/** Whole messages, sorted by whether they want an answer. */
class Inbox {
  readonly messages: Messages
  readonly #isJson: boolean
  readonly #body_bytes_max: number
  readonly #deliveries: Deliveries
  readonly #envelope = new Envelope()

  constructor(isJson: boolean, body_bytes_max: number, deliveries: Deliveries) {
    this.messages = new Messages(isJson ? new JsonEnd() : new ValueEnd(), body_bytes_max)
    this.#isJson = isJson
    this.#body_bytes_max = body_bytes_max
    this.#deliveries = deliveries
  }

  async sort(): Promise<void> {
    const { messages } = this
    /** Messages one behind the other that want no answer. */
    let from = -1
    let to = -1
    let bytes = messages.bytes
    const flush = () => {
      if (to > from) this.#deliveries.plain(bytes.subarray(from, to))
      from = to = -1
    }
    try {
      while (messages.next()) {
        if (this.#isJson) await this.#json(messages.bytes.subarray(messages.start, messages.end))
        else if (this.#isPlain(messages.bytes, messages.start, messages.end)) {
          bytes = messages.bytes
          if (from < 0) from = messages.start
          to = messages.end
        } else {
          flush()
          await this.#special(messages.bytes.subarray(messages.start, messages.end))
        }
      }
    } finally {
      flush()
    }
  }

  /** What is no message at all is told by the decoder. */
  #isPlain(bytes: Uint8Array, start: number, end: number): boolean {
    const envelope = this.#envelope
    if (end - start > part_bytes_max) return false
    if (bytes[start] === 0xc0 || !envelope.read(bytes, start)) return true
    return !envelope.hasChunk && !isCompressed(envelope)
  }

  async #special(message: Uint8Array): Promise<void> {
    const envelope = this.#envelope
    const isRead = envelope.read(message, 0)
    const chunk = message.subarray(envelope.chunkStart, envelope.chunkEnd)
    const body =
      isRead && isCompressed(envelope)
        ? await unpack(message, envelope, this.#body_bytes_max)
        : message
    if (isRead && chunk.length > 0) this.#deliveries.chunk(body, chunk)
    else {
      for (const part of splitMessage(body)) {
        this.#deliveries.plain(part)
        await this.#deliveries.room()
      }
    }
    await this.#deliveries.room()
  }

  /** Has the same meaning in MessagePack. */
  async #json(text: Uint8Array): Promise<void> {
    let value: unknown
    try {
      value = JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.length).toString())
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      throw new Fault('payload_malformed', { format: 'JSON', detail })
    }
    const writer = new MsgpackWriter()
    writeJsonValue(writer, value)
    const message = writer.take()
    if (this.#isPlain(message, 0, message.length)) this.#deliveries.plain(message)
    else await this.#special(message)
  }
}
