/** One trace as Tempo tells it: protobuf where that is asked for, JSON else; 404 when not there. */

import { QueryError } from '../../query/series.ts'
import { encodeTrace, encodeTraceById } from '../../query/traceql/encode-otlp.ts'
import { resourceSpansJson } from '../../query/traceql/otlp-json.ts'
import { readTraces } from '../../query/traceql/read-traces.ts'
import type { ApiCall, ApiReply } from '../api.ts'
import { json, protobuf, text } from './reply.ts'

export async function answerTrace(call: ApiCall, id: string, isSecond: boolean): Promise<ApiReply> {
  const { traces, capped } = await readTraces([traceId(id)], call.context)
  const spans = traces[0]?.spans
  if (spans === undefined) return text('trace not found', 404)
  if (/\b(?:x-)?protobuf\b/.test(String(call.headers.accept ?? ''))) {
    return protobuf(isSecond ? encodeTraceById(spans, capped) : encodeTrace(spans))
  }
  if (!isSecond) return json({ batches: resourceSpansJson(spans, 'tempo') })
  const partial = capped
    ? { status: 'PARTIAL', message: 'the trace is larger than what is told' }
    : {}
  return json({
    trace: { resourceSpans: resourceSpansJson(spans, 'tempo') },
    metrics: {},
    ...partial,
  })
}

/** Short ids have had their zeros cut off. */
export function traceId(id: string): string {
  if (!/^[0-9a-fA-F]{1,32}$/.test(id)) {
    throw new QueryError('bad_data', 'trace IDs can only contain hex characters, 128 bits at most')
  }
  return id.toLowerCase().padStart(32, '0')
}
