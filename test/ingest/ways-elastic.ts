/** Elasticsearch's bulk API, with logs and with metrics, for the suite of such protocols. */
import { sendHttp } from './senders.ts'
import type { ServiceLetter, ServiceSample, ServiceVerdict, ServiceWay } from './service-way.ts'

type Kind = 'logs' | 'metrics'
const day_ms = 86_400_000
let documents = 0

/** Every document of metrics is a series of its own, so that rows of metric_series count them. */
function documentOf(kind: Kind, time_ms: number): object {
  const id = String(++documents)
  const at = { '@timestamp': new Date(time_ms).toISOString() }
  if (kind === 'logs') return { ...at, message: `line ${id}`, log: { level: 'info' } }
  const frame = { metricset: { name: 'memory' }, event: { dataset: 'system.memory' } }
  return { ...at, ...frame, labels: { id }, system: { memory: { total: 7 } } }
}

export function bulkSample(kind: Kind, { good, old, now_ms }: ServiceSample): Uint8Array {
  const action = { create: { _index: kind === 'logs' ? 'filebeat-8.19.0' : 'metrics-system-prod' } }
  const lines = Array.from({ length: good + old }, (_, i) =>
    documentOf(kind, i < good ? now_ms : now_ms - 15 * day_ms),
  )
  return Buffer.from(
    lines.map((line) => `${JSON.stringify(action)}\n${JSON.stringify(line)}\n`).join(''),
  )
}

type Answer = { errors?: boolean; items?: Record<string, { status: number }>[] }

function said(status: number, answer: Answer): ServiceVerdict['said'] {
  if (status === 200) return answer.errors === true ? 'partly' : 'stored'
  if (status === 401) return 'unauthenticated'
  return status === 429 || status === 503 ? 'later' : 'refused'
}

const text = (lines: string) => () => Buffer.from(lines)

function way(kind: Kind): ServiceWay {
  return {
    name: `elastic bulk ${kind}`,
    receiver: 'elastic',
    listener: 'elastic',
    signal: kind,
    table: kind === 'logs' ? 'logs' : 'metric_series',
    kind: 'http',
    hasToken: true,
    encodings: ['gzip', 'zstd'],
    sample: (sample) => bulkSample(kind, sample),
    async send(rig, letter: ServiceLetter) {
      const headers: Record<string, string> = { 'content-type': 'application/x-ndjson' }
      if (letter.encoding !== undefined) headers['content-encoding'] = letter.encoding
      if (letter.token !== undefined) headers.authorization = `Bearer ${letter.token}`
      const { body, isUnfinished = false } = letter
      const sent = { path: '/_bulk', headers, chunks: [body], isUnfinished, method: 'POST' }
      const answer = await sendHttp(rig.address('elastic'), sent)
      const { status } = answer
      const isJson = String(answer.headers['content-type']).includes('json')
      const json = (isJson ? JSON.parse(answer.body.toString()) : {}) as Answer
      const items = json.items?.flatMap((item) => Object.values(item)) ?? []
      return {
        status,
        said: said(status, json),
        rejected: status === 200 ? items.filter((item) => item.status >= 300).length : undefined,
        retry_after_s: Number(answer.headers['retry-after'] ?? 0),
      }
    },
    hostile: {
      'what is no JSON': text('hello\nworld\n'),
      'an action that there is not': text('{"upsert":{"_index":"a"}}\n{"message":"x"}\n'),
      'two actions in one line': text('{"index":{},"create":{}}\n{"message":"x"}\n'),
      'an action that is a list': text('[]\n{"message":"x"}\n'),
      'an action without an object': text('{"index":7}\n{"message":"x"}\n'),
      'an index that is an object': text('{"index":{"_index":{"a":1}}}\n{"message":"x"}\n'),
      'an action without its document': text('{"index":{"_index":"a"}}\n'),
      'nothing but blank lines': text('\n\n \n'),
      'a very long action': text(`{"index":{"_index":"${'a'.repeat(20_000)}"}}\n{"a":1}\n`),
      'an array of documents': text('[{"message":"x"},{"message":"y"}]'),
    },
    fuzz(next) {
      const good = Math.floor(next() * 20)
      const body = [...bulkSample(kind, { good, old: 0, now_ms: Date.now() })]
      for (let i = 0; i < 3; i++) {
        body.splice(Math.floor(next() * body.length), Math.floor(next() * 3), next() * 256)
      }
      return Uint8Array.from(body)
    },
  }
}

export const elasticWays: readonly ServiceWay[] = [way('logs'), way('metrics')]
