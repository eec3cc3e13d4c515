/** How a service's log line looks on the wire: bodies differ from service to service. Pure. */
import { type LogRecord, SeverityNumber } from '@opentelemetry/api'
import type { Fields, Service, Severity } from './service-definition.ts'

const numbers = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
} as const

export type Line = { severity: Severity; message: string; fields: Fields; time_ms: number }

export function logRecord(service: Service, line: Line): LogRecord {
  const { severity, message, fields, time_ms } = line
  const time = new Date(time_ms).toISOString()
  const loud = severity.toUpperCase()
  const about = { severityNumber: numbers[severity] }
  switch (service.log_style) {
    case 'structured':
      return { ...about, severityText: loud, body: message, attributes: fields }
    case 'map':
      return { ...about, severityText: loud, body: { message, ...fields } }
    case 'json': {
      const body = JSON.stringify({ level: severity, time, msg: message, ...fields })
      return { ...about, severityText: severity, body }
    }
    case 'logfmt': {
      const body = `level=${severity} ts=${time} msg=${JSON.stringify(message)}${pairs(fields)}`
      return { ...about, severityText: severity, body }
    }
    case 'text': {
      const body = `${time} ${loud.padEnd(5)} [${service.name}] ${message}${pairs(fields)}`
      return { ...about, severityText: loud, body }
    }
  }
}

function pairs(fields: Fields): string {
  return Object.entries(fields)
    .map(([key, value]) => ` ${key}=${value}`)
    .join('')
}
