/**
 * The one message of a unary gRPC call, from DATA chunks that split or merge frames anywhere:
 * a flag byte (1 = compressed), four bytes of length, the message. Leaves decompression to others.
 */
import { Fault } from '../../model/faults.ts'
import { joined } from '../join-chunks.ts'

const header_bytes = 5

export type GrpcMessage = { isCompressed: boolean; bytes: Uint8Array }

export class MessageReader {
  readonly #body_bytes_max: number
  #chunks: Uint8Array[] = []
  #received_bytes = 0
  #isCompressed = false
  #message_bytes = -1

  constructor(body_bytes_max: number) {
    this.#body_bytes_max = body_bytes_max
  }

  /** Throws as soon as the announced or the received length is too large. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#received_bytes += chunk.length
    if (this.#message_bytes < 0 && this.#received_bytes >= header_bytes) this.#readHeader()
    const expected = this.#message_bytes < 0 ? header_bytes : header_bytes + this.#message_bytes
    if (this.#received_bytes > expected && this.#message_bytes >= 0) {
      throw malformed('more than one message in a unary call')
    }
  }

  /** The message once the sender has ended its side. */
  finish(): GrpcMessage {
    if (this.#message_bytes < 0) {
      throw malformed(this.#received_bytes === 0 ? 'no message' : 'the frame header is cut short')
    }
    const missing = header_bytes + this.#message_bytes - this.#received_bytes
    if (missing > 0) throw malformed(`the message is ${missing} bytes shorter than announced`)
    const bytes = joined(this.#chunks, this.#received_bytes).subarray(header_bytes)
    return { isCompressed: this.#isCompressed, bytes }
  }

  #readHeader(): void {
    const first = this.#chunks[0]!
    const head = first.length >= header_bytes ? first : joined(this.#chunks, this.#received_bytes)
    this.#chunks = head === first ? this.#chunks : [head]
    if (head[0]! > 1) throw malformed(`flag ${head[0]} of a frame is unknown`)
    this.#isCompressed = head[0] === 1
    this.#message_bytes = head[1]! * 0x100_0000 + head[2]! * 0x1_0000 + head[3]! * 0x100 + head[4]!
    if (this.#message_bytes > this.#body_bytes_max) {
      throw new Fault('body_too_large', { limit_bytes: this.#body_bytes_max })
    }
  }
}

/** A message in its frame. */
export function framed(message: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(header_bytes + message.length)
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, header_bytes)
  return frame
}

function malformed(detail: string): Fault {
  return new Fault('payload_malformed', { format: 'gRPC', detail })
}
