/** Small OTLP requests with a known number of good and refused records, for the ingest tests. */
import type { OtlpSignal } from '../../src/ingest/receiver.ts'
import { ProtobufWriter } from '../bench/protobuf-writer.ts'

/** `old` records are years before any retention, so a receiver must refuse exactly those. */
export type Sample = { good: number; old: number; now_ms: number }

const trace_id = '5b8aa5a2d2c872e8321cf37308d69df2'
const span_id = '051581bf3cb55c13'

export function otlpSample(mediaType: string, signal: OtlpSignal, sample: Sample): Uint8Array {
  const times_ms = [
    ...Array.from({ length: sample.good }, (_, at) => sample.now_ms - 1000 + at),
    ...Array.from({ length: sample.old }, (_, at) => 1_000_000_000_000 + at),
  ]
  if (mediaType === 'application/json') {
    return Buffer.from(JSON.stringify(jsonOf[signal](times_ms)))
  }
  const writer = new ProtobufWriter()
  writer.message(1, () => {
    writer.message(1, () => writer.attribute(1, 'service.name', 'cart'))
    writer.message(2, () => protobufOf[signal](writer, times_ms))
  })
  return writer.bytes.slice(0, writer.length)
}

type Write = (writer: ProtobufWriter, times_ms: number[]) => void

const protobufOf: Record<OtlpSignal, Write> = {
  logs(writer, times_ms) {
    for (const time_ms of times_ms) {
      writer.message(2, () => {
        writer.fixed64(1, nanoseconds(time_ms))
        writer.number(2, 9)
        writer.message(5, () => writer.string(1, 'order placed'))
      })
    }
  },
  traces(writer, times_ms) {
    for (const time_ms of times_ms) {
      writer.message(2, () => {
        writer.raw(1, Buffer.from(trace_id, 'hex'))
        writer.raw(2, Buffer.from(span_id, 'hex'))
        writer.string(5, 'GET /cart')
        writer.number(6, 2)
        writer.fixed64(7, nanoseconds(time_ms))
        writer.fixed64(8, nanoseconds(time_ms + 5))
      })
    }
  },
  metrics(writer, times_ms) {
    writer.message(2, () => {
      writer.string(1, 'queue.depth')
      writer.message(5, () => {
        for (const time_ms of times_ms) {
          writer.message(1, () => {
            writer.fixed64(3, nanoseconds(time_ms))
            writer.double(4, 42)
          })
        }
      })
    })
  },
}

const jsonOf: Record<OtlpSignal, (times_ms: number[]) => object> = {
  logs: (times_ms) => ({
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: times_ms.map(logRecord) }] }],
  }),
  traces: (times_ms) => ({
    resourceSpans: [{ resource, scopeSpans: [{ spans: times_ms.map(span) }] }],
  }),
  metrics: (times_ms) => {
    const metric = { name: 'queue.depth', gauge: { dataPoints: times_ms.map(dataPoint) } }
    return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] }
  },
}

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] }

function logRecord(time_ms: number): object {
  const timeUnixNano = String(nanoseconds(time_ms))
  return { timeUnixNano, severityNumber: 9, body: { stringValue: 'order placed' } }
}

function span(time_ms: number): object {
  const startTimeUnixNano = String(nanoseconds(time_ms))
  const endTimeUnixNano = String(nanoseconds(time_ms + 5))
  const ids = { traceId: trace_id, spanId: span_id }
  return { ...ids, name: 'GET /cart', kind: 2, startTimeUnixNano, endTimeUnixNano }
}

function dataPoint(time_ms: number): object {
  return { timeUnixNano: String(nanoseconds(time_ms)), asDouble: 42 }
}

function nanoseconds(time_ms: number): bigint {
  return BigInt(time_ms) * 1_000_000n
}
