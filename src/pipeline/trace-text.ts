/**
 * Finds the trace and span a plain text line names: trace_id=…, "traceId":"…", trace.id: … in any
 * spelling, and W3C traceparent values.
 */

/** Sixteen or eight bytes as hexadecimal digits in the line looked at last; empty when not said. */
export const foundTrace = { trace_id: '', span_id: '' }

const traceKey = /\btrace(?:[._-]?id|ID)?["']?\s*[=:]\s*["']?([0-9a-f]{32})(?![0-9a-f])/i
const spanKey = /\bspan(?:[._-]?id|ID)?["']?\s*[=:]\s*["']?([0-9a-f]{16})(?![0-9a-f])/i
const traceparent = /\btraceparent["']?\s*[=:]\s*["']?[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/i
const zeros = /^0+$/

/** Call it for lines that hold "race": all spellings do, and few lines. */
export function readTraceText(text: string): boolean {
  foundTrace.trace_id = foundTrace.span_id = ''
  const parent = traceparent.exec(text)
  const trace_id = parent?.[1] ?? traceKey.exec(text)?.[1] ?? ''
  if (!isTraceId(trace_id)) return false
  const span_id = parent?.[2] ?? spanKey.exec(text)?.[1] ?? ''
  foundTrace.trace_id = trace_id
  foundTrace.span_id = isSpanId(span_id) ? span_id : ''
  return true
}

export function isTraceId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text) && !zeros.test(text)
}

export function isSpanId(text: string): boolean {
  return /^[0-9a-f]{16}$/i.test(text) && !zeros.test(text)
}
