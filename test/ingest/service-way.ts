/**
 * What the conformance suite needs to know of a protocol with answers of its own: how good and bad
 * bodies look, how to send them, and which of its words mean what.
 */
import type { ListenerName, Signal } from '../../src/ingest/receiver.ts'
import type { WrittenTable } from '../../src/model/tables.ts'
import type { Rig } from './rig.ts'

export type ServiceSample = {
  /** Records that are stored. */
  good: number
  /** Records refused because they are too old (older than 14 days); 0 where it has no times. */
  old: number
  now_ms: number
}

export type ServiceLetter = {
  body: Uint8Array
  encoding?: 'gzip' | 'zstd' | undefined
  token?: string | undefined
  /** The sender never ends its side. */
  isUnfinished?: boolean | undefined
}

export type ServiceVerdict = {
  /** What the sender makes of the answer. `closed`: the connection ended without one. */
  said: 'stored' | 'partly' | 'refused' | 'unauthenticated' | 'later' | 'closed'
  /** The status of HTTP; 0 for streams. */
  status: number
  /** How many the answer says were refused, where the protocol tells it. */
  rejected?: number | undefined
  /** Seconds to wait, where the protocol tells it. */
  retry_after_s?: number | undefined
}

export type ServiceWay = {
  /** The protocol and its form, e.g. `loki protobuf`. */
  name: string
  /** Its name in receivers.ts. */
  receiver: string
  listener: ListenerName
  signal: Signal
  /** Where its records land. */
  table: WrittenTable
  kind: 'http' | 'stream'
  /** Whether the protocol carries a token or a key with each request. */
  hasToken: boolean
  /** What it accepts of content encodings, beside none. */
  encodings: readonly ('gzip' | 'zstd')[]
  sample(sample: ServiceSample): Uint8Array
  send(rig: Rig, letter: ServiceLetter): Promise<ServiceVerdict>
  /** Bodies that no sender of the protocol would make, by what is wrong. All are refused. */
  hostile: Readonly<Record<string, () => Uint8Array>>
  /** Bodies for fuzzing: well-formed, mutated and made up. `next` is a random number in [0, 1). */
  fuzz(next: () => number): Uint8Array
}
