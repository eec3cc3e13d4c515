/**
 * One export request of either transport: decompressed under a limit, given its pod's attributes
 * and handed to the spool. A spool that is full is an answer to the sender, never a wait.
 */
import { promisify } from 'node:util'
import { gunzip, zstdDecompress } from 'node:zlib'
import { Fault } from '../../../model/faults.ts'
import type { RewriteSignal } from '../../../wire/otlp/resource-rewrite.ts'
import type { Sink } from '../../collector.ts'
import type { Enrich } from './enrich.ts'

/** The agent has 120 MB for everything: less than the server takes in one request. */
export const body_bytes_max = 16 * 1024 * 1024
const in_flight_bytes_max = 32 * 1024 * 1024
const retry_after_s = 5

export type Figures = { requests: number; records: number; refused: number; failed: number }

export type Taken = {
  bytes: Uint8Array
  encoding: string
  signal: RewriteSignal
  peer_ip: string
  /** From another encoding of the same message to protobuf. */
  convert?: (plain: Uint8Array) => Uint8Array
}

export type Intake = {
  figures: Figures
  /** Counts bytes as they arrive; throws when there is no more room. Answers how to let go. */
  hold(): { add(bytes: number): void; release(): void }
  /** Resolves when the request is durable. Throws a Fault otherwise. */
  take(request: Taken): Promise<void>
}

export function createIntake(sink: Sink, enrich: Enrich, now_ms: () => number): Intake {
  let held_bytes = 0
  const figures: Figures = { requests: 0, records: 0, refused: 0, failed: 0 }
  return {
    figures,
    hold() {
      let own_bytes = 0
      return {
        add(bytes) {
          own_bytes += bytes
          held_bytes += bytes
          if (own_bytes > body_bytes_max) {
            throw new Fault('body_too_large', { limit_bytes: body_bytes_max })
          }
          if (held_bytes > in_flight_bytes_max) throw busy(held_bytes)
        },
        release() {
          held_bytes -= own_bytes
          own_bytes = 0
        },
      }
    },
    async take({ bytes, encoding, signal, peer_ip, convert }) {
      figures.requests++
      const plain = await decompressed(bytes, encoding)
      const { body, records } = enrich(convert ? convert(plain) : plain, signal, peer_ip)
      if (records === 0) return
      const chunk = { signal, body, records, oldest_ms: now_ms() }
      if (!(await sink.put(chunk, { wait: false }))) {
        figures.refused += records
        throw busy(held_bytes)
      }
      figures.records += records
    },
  }
}

function busy(buffered_bytes: number): Fault {
  return new Fault('ingest_busy', { buffered_bytes, retry_after_s })
}

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  gzip: (bytes) => promisify(gunzip)(bytes, { maxOutputLength: body_bytes_max }),
  zstd: (bytes) => promisify(zstdDecompress)(bytes, { maxOutputLength: body_bytes_max }),
}

async function decompressed(bytes: Uint8Array, encoding: string): Promise<Uint8Array> {
  const name = encoding.trim().toLowerCase()
  if (name === '' || name === 'identity') return bytes
  const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined
  if (decode === undefined) throw new Fault('encoding_unsupported', { got: name.slice(0, 100) })
  try {
    return await decode(bytes)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Fault('body_too_large', { limit_bytes: body_bytes_max })
    }
    throw new Fault('payload_malformed', { format: name, detail: message }, error)
  }
}

/** IPv4 in IPv6's clothes, as dual-stack sockets report it. */
export function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/i, '')
}

/** Whatever was thrown, as an answer; our own errors are not the sender's to read. */
export function faultOf(error: unknown, log: (error: unknown) => void): Fault {
  if (error instanceof Fault) return error
  log(error)
  return new Fault('internal', { request_id: crypto.randomUUID() }, error)
}
