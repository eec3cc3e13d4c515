/** Jaeger's messages of thrift for tests, from plain values. */
import type { ThriftFields, ThriftValue } from './thrift-writer.ts'

export type TagValue = string | number | bigint | boolean | Uint8Array
export type PlainSpan = {
  trace: [high: bigint, low: bigint]
  id: bigint
  parent?: bigint
  name: string
  start_us: bigint
  duration_us: bigint
  tags?: Record<string, TagValue>
  logs?: { time_us: bigint; fields: Record<string, TagValue> }[]
  references?: { follows: boolean; trace: [bigint, bigint]; id: bigint }[]
}

export function tagOf([key, value]: [string, TagValue]): ThriftValue {
  const as: [number, number, ThriftValue] =
    typeof value === 'string'
      ? [0, 3, { string: value }]
      : typeof value === 'number'
        ? [1, 4, { double: value }]
        : typeof value === 'boolean'
          ? [2, 5, { bool: value }]
          : typeof value === 'bigint'
            ? [3, 6, { i64: value }]
            : [4, 7, { string: value }]
  return {
    struct: [
      [1, { string: key }],
      [2, { i32: as[0] }],
      [as[1], as[2]],
    ],
  }
}

export const tagsOf = (tags: Record<string, TagValue>): ThriftValue => ({
  list: Object.entries(tags).map(tagOf),
})

function spanOf(span: PlainSpan): ThriftValue {
  const { trace, references = [], logs = [] } = span
  const fields: ThriftFields = [
    [1, { i64: trace[1] }],
    [2, { i64: trace[0] }],
    [3, { i64: span.id }],
    [4, { i64: span.parent ?? 0n }],
    [5, { string: span.name }],
    [6, { list: references.map(referenceOf) }],
    [7, { i32: 1 }],
    [8, { i64: span.start_us }],
    [9, { i64: span.duration_us }],
    [10, tagsOf(span.tags ?? {})],
    [11, { list: logs.map(logOf) }],
  ]
  return { struct: fields }
}

const referenceOf = (one: { follows: boolean; trace: [bigint, bigint]; id: bigint }) => ({
  struct: [
    [1, { i32: one.follows ? 1 : 0 }],
    [2, { i64: one.trace[1] }],
    [3, { i64: one.trace[0] }],
    [4, { i64: one.id }],
  ] as ThriftFields,
})

const logOf = (log: { time_us: bigint; fields: Record<string, TagValue> }) => ({
  struct: [
    [1, { i64: log.time_us }],
    [2, tagsOf(log.fields)],
  ] as ThriftFields,
})

export function batchOf(
  process: { service: string; tags?: Record<string, TagValue> },
  spans: readonly PlainSpan[],
): ThriftFields {
  return [
    [
      1,
      {
        struct: [
          [1, { string: process.service }],
          [2, tagsOf(process.tags ?? {})],
        ],
      },
    ],
    [2, { list: spans.map(spanOf) }],
  ]
}
