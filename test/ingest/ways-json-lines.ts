/** JSON lines over HTTP, as lines and as an array, for the suite of such protocols. */
import { day_ms, httpWay, text } from './http-way.ts'
import type { ServiceSample, ServiceWay } from './service-way.ts'

type Form = 'lines' | 'array'

function recordsOf({ good, old, now_ms }: ServiceSample): object[] {
  return Array.from({ length: good + old }, (_, i) => ({
    timestamp: new Date(i < good ? now_ms - 1000 + i : now_ms - 15 * day_ms).toISOString(),
    message: `order ${i} placed`,
    level: 'info',
  }))
}

export function jsonSample(form: Form, sample: ServiceSample): Uint8Array {
  const records = recordsOf(sample)
  if (form === 'array') return Buffer.from(JSON.stringify(records))
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
}

function way(form: Form): ServiceWay {
  return httpWay({
    name: `json_lines ${form}`,
    receiver: 'json_lines',
    listener: 'otlp_http',
    signal: 'logs',
    table: 'logs',
    encodings: ['gzip', 'zstd'],
    path: '/ingest/jsonl?service=cart',
    headers: { 'content-type': form === 'lines' ? 'application/x-ndjson' : 'application/json' },
    stored_status: 200,
    partly_status: 200,
    rejectedOf: (body) => Number(/"rejected":(\d+)/.exec(body)?.[1] ?? 0),
    sample: (sample) => jsonSample(form, sample),
    hostile: {
      'what is no JSON': text('hello\nworld\n'),
      'a number': text('7\n'),
      'a string without an end': text('{"message":"x'),
      'a key without a value': text('{"message"}\n'),
      'an array without an end': text('['),
      'arrays without end': text('['.repeat(50_000)),
      'nesting without end': text('{"a":'.repeat(50_000)),
      'bytes that are no text': () => Uint8Array.from({ length: 64 }, (_, i) => 128 + i),
    },
  })
}

export const jsonLinesWays: readonly ServiceWay[] = [way('lines'), way('array')]
