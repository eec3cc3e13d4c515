/**
 * The kind "receiver": one way telemetry comes in, as data. A receiver says which paths it serves,
 * how its bytes become rows and how answers sound in its protocol. Sockets, sizes, compression and
 * tokens are left to the listeners, durability to intake.
 */
import type { Fault } from '../model/faults.ts'
import type { DecodeOutcome } from '../model/outcome.ts'
import type { Batch } from '../wire/batch.ts'
import type { DecodeContext } from '../wire/otlp/context.ts'

export const otlpSignals = ['logs', 'traces', 'metrics'] as const
export type OtlpSignal = (typeof otlpSignals)[number]
/** What an agent tells of a cluster comes beside OTLP's own. */
export const signals = [...otlpSignals, 'objects', 'events', 'coverage'] as const
export type Signal = (typeof signals)[number]

/** Ports have names in the configuration; several receivers may serve one of them. */
export type ListenerName = 'otlp_http' | 'otlp_grpc'

/**
 * Pure: bytes to rows in the batch. Throws Fault payload_malformed; the batch is then thrown away.
 */
export type Decode = (body: Uint8Array, context: DecodeContext, batch: Batch) => DecodeOutcome

export type HttpReply = { status: number; headers: Record<string, string>; body: Uint8Array }

export type HttpRoute = {
  path: string
  signal: Signal
  /** Media type without parameters, to how it is read. */
  formats: Readonly<Record<string, Decode>>
  accepted(outcome: DecodeOutcome, mediaType: string): HttpReply
  /** `mediaType` may be none of `formats`: then the fault is about that. */
  refused(fault: Fault, mediaType: string): HttpReply
}

export type GrpcMethod = {
  /** `/package.Service/Method`. */
  path: string
  signal: Signal
  decode: Decode
  /** The response message. Faults sound the same in every gRPC method, see wire/grpc/status.ts. */
  accepted(outcome: DecodeOutcome): Uint8Array
}

export type Receiver = {
  /** The source under which records are counted. */
  name: string
  http?: { listener: ListenerName; routes: readonly HttpRoute[] }
  grpc?: { listener: ListenerName; methods: readonly GrpcMethod[] }
}

/** On whose behalf records arrive. Nothing in it when ingest is open, as on loopback. */
export type Principal = {
  cluster?: string | undefined
  token_id?: string | undefined
  agent_id?: string | undefined
}

/**
 * Answers from memory: it is asked before a body is read and again before its records are stored.
 */
export type Authorize = (headers: RequestHeaders) => Principal | undefined
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>
