/**
 * The kind "receiver": one way telemetry comes in, as data. A receiver says which paths it serves,
 * how its bytes become rows and how answers sound in its protocol. Sockets, sizes, compression and
 * tokens are left to the listeners, durability to intake.
 */
import type { Fault } from '../model/faults.ts'
import type { DecodeOutcome, RejectReason } from '../model/outcome.ts'
import type { Batch } from '../wire/batch.ts'
import type { DecodeContext } from '../wire/otlp/context.ts'
import type { Resource } from '../wire/otlp/resource.ts'
import type { ReceiverParts } from './parts.ts'
import type { ReadEvent } from './receivers/security/read-event.ts'
import type { EventMark } from './records/event-marks.ts'
import type { FlatRecord } from './records/flat-record.ts'
import type { RowRefusal } from './records/log-rows.ts'

export const otlpSignals = ['logs', 'traces', 'metrics'] as const
export type OtlpSignal = (typeof otlpSignals)[number]
/** What an agent tells of a cluster comes beside OTLP's own. */
export const signals = [...otlpSignals, 'objects', 'events', 'coverage'] as const
export type Signal = (typeof signals)[number]

/** Ports have names in the configuration; several receivers may serve one of them. */
export const listenerNames = [
  'otlp_grpc',
  'otlp_http',
  'apm',
  'elastic',
  'loki',
  'fluent_forward',
  'syslog',
] as const
export type ListenerName = (typeof listenerNames)[number]

/**
 * Pure: bytes to rows in the batch. Throws Fault payload_malformed; the batch is then thrown away.
 */
export type Decode = (body: Uint8Array, context: RecordContext, batch: Batch) => DecodeOutcome

/** What a decoder is told, with the parts that change records on their way. */
export type RecordContext = DecodeContext & {
  parts: ReceiverParts
  /** What was refused goes here, with its reason, so that it can be searched and alerted on. */
  refused(refusal: RowRefusal): void
  /** What a pipeline dropped on purpose: accepted, and told. */
  dropped?(dropped: Omit<RowRefusal, 'reason'>): void
  /** Where flat records go that are events of a kind with a table of its own. */
  takeRecord?: TakeRecord | undefined
  /** Told of every event of a sensor that is stored with the records. */
  onEvent?: ((event: ReadEvent) => void) | undefined
}

/** Stores and counts the record. Undefined: it is a plain one after all. */
export type TakeRecord = (event: RecordEvent) => RejectReason | '' | undefined

/** A record that may be an event, by its fields or by who sent it. */
export type RecordEvent = {
  record: FlatRecord
  /** What its names say; undefined when only its resource says anything. */
  mark: EventMark | undefined
  resource: Resource
  /** Its line: JSON as it was written, or text. Empty when there is none. */
  line: Uint8Array
  seconds: number
}

export type HttpReply = { status: number; headers: Record<string, string>; body: Uint8Array }

/** A path to which bodies are POSTed in formats that a media type names. */
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

/** Where something is served: at a listener's root, or under a path of the screens' port. */
export type Mount = { listener: ListenerName | 'ui'; under: string }

/** What a request says before its body. */
export type HttpHead = {
  method: string
  /** Behind the mount, without the query: begins with a slash, as it was sent (not decoded). */
  path: string
  query: URLSearchParams
  headers: RequestHeaders
  /** Without parameters, in small letters; '' when none was sent. */
  media_type: string
  remote_address: string
}

export type HttpCall = HttpHead & {
  principal: Principal
  parts: ReceiverParts
  /** The whole body, decompressed under the limits. Throws Fault. */
  body(): Promise<Uint8Array>
  /** The body as it arrives, decompressed, for senders that keep a request open. Throws Fault. */
  pieces(): AsyncIterable<Uint8Array>
  /**
   * Resolves when the records of these bytes are durable. Throws Fault. With a chunk id, 32
   * hexadecimal digits, they are stored once: `decode` is not called for one that is known.
   */
  take(signal: Signal, decode: Decode, body: Uint8Array, chunk_id?: string): Promise<DecodeOutcome>
}

/** A protocol with paths, methods and answers of its own. */
export type HttpService = {
  mounts: readonly Mount[]
  /** Whether the path is one of its own: asked for every request, so it must be cheap. */
  serves(method: string, path: string): boolean
  /** Requests that need no token, such as a health check. */
  isOpen?(head: HttpHead): boolean
  answer(call: HttpCall): Promise<HttpReply>
  /** How a fault sounds in this protocol, whoever threw it. */
  refused(fault: Fault, head: HttpHead): HttpReply
}

/** One TCP connection, or TLS where the server has a certificate. */
export type StreamConnection = {
  remote_address: string
  parts: ReceiverParts
  settings: StreamSettings
  /** What arrives. Nothing more is read while a piece is worked on: senders feel back-pressure. */
  pieces: AsyncIterable<Uint8Array>
  /** Resolves when the bytes are with the system. */
  write(bytes: Uint8Array): Promise<void>
  random(bytes: number): Uint8Array
  authorize: Authorize
  /**
   * Resolves when the records are durable. Waits by itself while the store is busy, which stops
   * reading; throws Fault for what will never be taken, SenderGone when the sender left. What has
   * an id (32 hexadecimal digits) and was stored before is answered and not stored again.
   */
  take(
    signal: Signal,
    decode: Decode,
    body: Uint8Array,
    from: Principal,
    chunk_id?: string,
  ): Promise<DecodeOutcome>
}

/** What the configuration says of stream protocols. */
export type StreamSettings = {
  body_bytes_max: number
  /** Names this server to its peers. */
  hostname: string
  /** Fluent forward: empty asks for no handshake. */
  shared_key: string
  /** Fluent forward: user to password; empty asks for no user. */
  users: ReadonlyMap<string, string>
  /** Listeners whose senders need no token, as their protocol has no place for one. */
  trusted: ReadonlyMap<ListenerName, Principal>
}

export type StreamService = {
  listener: ListenerName
  /** Ends when the connection does. A Fault that it throws closes the connection and is counted. */
  serve(connection: StreamConnection): Promise<void>
  /** The same port over UDP: one datagram, and what to answer. */
  datagram?: {
    signal: Signal
    decode: Decode
    answer?(bytes: Uint8Array): Uint8Array | undefined
  }
}

/** The listener that is for it, and others that take the same. */
export type Served = { listener: ListenerName; also?: readonly ListenerName[] }

export type Receiver = {
  /** The source under which records are counted. */
  name: string
  http?: Served & { routes: readonly HttpRoute[] }
  grpc?: Served & { methods: readonly GrpcMethod[] }
  services?: readonly HttpService[]
  streams?: readonly StreamService[]
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
