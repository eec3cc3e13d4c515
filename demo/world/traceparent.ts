/** W3C Trace Context between pods: `traceparent` in HTTP, gRPC and queue headers. */
import { type Context, isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api'

const format = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

export function inject(context: Context, headers: Record<string, string>): void {
  const span = trace.getSpanContext(context)
  if (span === undefined || !isSpanContextValid(span)) return
  const flags = span.traceFlags.toString(16).padStart(2, '0')
  headers.traceparent = `00-${span.traceId}-${span.spanId}-${flags}`
}

/** The context that the headers carry; the root where they carry none or a malformed one. */
export function extract(headers: Readonly<Record<string, string>>): Context {
  const match = format.exec(headers.traceparent ?? '')
  if (match === null) return ROOT_CONTEXT
  const [, traceId = '', spanId = '', flags = ''] = match
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT
}
