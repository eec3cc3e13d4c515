/**
 * The logger of a pod whose lines go to its standard output instead of over OTLP: each service
 * writes in its own way, with the trace it is in. Events still go over OTLP.
 */
import { type Logger, type LogRecord, trace } from '@opentelemetry/api'
import type { Service } from '../world/service-definition.ts'

type Style = Service['log_style']

export function fileLogger(style: Style, write: (text: string) => void, otlp: Logger): Logger {
  return {
    emit(record: LogRecord): void {
      if (record.eventName !== undefined) otlp.emit(record)
      else write(lineFrom(style, record))
    },
    enabled: () => true,
  }
}

export function lineFrom(style: Style, record: LogRecord): string {
  const span = record.context && trace.getSpanContext(record.context)
  const { body, severityText = 'INFO', attributes = {}, timestamp } = record
  const time = timeOf(timestamp)
  if (style === 'structured') {
    const level = severityText.toLowerCase()
    const of = span && { trace_id: span.traceId, span_id: span.spanId }
    return JSON.stringify({ level, time, msg: body, ...attributes, ...of })
  }
  if (style === 'map') {
    const of = span && { 'trace.id': span.traceId, 'span.id': span.spanId }
    const level = { '@timestamp': time, 'log.level': severityText.toLowerCase() }
    return JSON.stringify({ ...level, ...(body as object), ...of })
  }
  const text = String(body)
  if (span === undefined) return text
  if (style === 'json') {
    const fields = JSON.parse(text) as object
    return JSON.stringify({ ...fields, trace_id: span.traceId, span_id: span.spanId })
  }
  const [first = '', ...stack] = text.split('\n')
  return [`${first} trace_id=${span.traceId} span_id=${span.spanId}`, ...stack].join('\n')
}

function timeOf(timestamp: LogRecord['timestamp']): string {
  const [seconds, nanoseconds] = Array.isArray(timestamp) ? timestamp : [0, 0]
  return new Date(seconds * 1000 + Math.floor(nanoseconds / 1e6)).toISOString()
}
