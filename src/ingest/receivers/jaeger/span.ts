/** A Jaeger span and its process as thrift and protobuf carry them. */

/** Integers are bigints, whether they are large or not. */
export type Tag = { key: string; value: string | number | bigint | boolean }

export type Process = { service: string; tags: readonly Tag[] }

export type Reference = { trace_id: Uint8Array; span_id: Uint8Array; isChild: boolean }

export type JaegerSpan = {
  trace_id: Uint8Array
  span_id: Uint8Array
  /** Thrift has it beside the references. */
  parent_id: Uint8Array | undefined
  name: string
  start_ns: bigint
  duration_ns: bigint
  references: readonly Reference[]
  tags: readonly Tag[]
  logs: readonly { time_ns: bigint; fields: readonly Tag[] }[]
}
