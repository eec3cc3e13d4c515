/**
 * Every limit of the ingest listeners, with its unit. The server sets those that are configurable.
 */
import { limits } from '../model/limits.ts'

export type ListenLimits = { readonly [Name in keyof typeof listenLimits]: number }

export const listenLimits = {
  /** One request's body, as sent and again after decompression. */
  body_bytes_max: limits.body_bytes_max,
  /** Real telemetry compresses 3 to 30 times; a gzip bomb reaches 1030, zstd 30 000. */
  compression_ratio_max: 1000,
  /** Bodies held in memory by all requests together; past it senders are told to retry. */
  in_flight_bytes_max: 256 * 1024 * 1024,
  in_flight_requests_max: 4096,
  /** Connections to one listener; more are closed at once. */
  connections_max: 4096,
  headers_timeout_ms: 10_000,
  request_timeout_ms: 60_000,
  header_bytes_max: 16 * 1024,
  /** Above the 60 s between two exports of metrics, so that the connection is used again. */
  keep_alive_ms: 75_000,
  /** A gRPC connection on which nothing was asked for this long. */
  session_idle_ms: 15 * 60_000,
  streams_max: 128,
  stream_window_bytes: 1024 * 1024,
  session_window_bytes: 4 * 1024 * 1024,
  /**
   * How much of a refused body is read and thrown away, so that the sender gets to see the answer.
   */
  linger_bytes_max: 1024 * 1024,
  linger_ms: 2_000,
} as const
