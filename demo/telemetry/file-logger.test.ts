/** How a service's line looks in its container's log file. */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { fileLogger, lineFrom } from './file-logger.ts'

const span = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
}
const context = trace.setSpanContext(ROOT_CONTEXT, span)
const timestamp: [number, number] = [1_700_000_000, 250_000_000]
const time = '2023-11-14T22:13:20.250Z'

test('each style, in and out of a trace', () => {
  const { traceId: trace_id, spanId: span_id } = span
  const record = { severityText: 'INFO', timestamp, context, body: 'paid' }
  const json = (line: string) => JSON.parse(line) as unknown
  expect(json(lineFrom('structured', { ...record, attributes: { order: 'o1' } }))).toEqual({
    ...{ level: 'info', time, msg: 'paid', order: 'o1', trace_id, span_id },
  })
  expect(json(lineFrom('map', { ...record, body: { message: 'sent', to: 'KR' } }))).toEqual({
    '@timestamp': time,
    'log.level': 'info',
    message: 'sent',
    to: 'KR',
    'trace.id': trace_id,
    'span.id': span_id,
  })
  expect(json(lineFrom('json', { ...record, body: '{"msg":"a"}' }))).toEqual({
    ...{ msg: 'a', trace_id, span_id },
  })
  expect(lineFrom('text', { ...record, body: 'ERROR it broke\n    at a.ts:1' })).toBe(
    `ERROR it broke trace_id=${trace_id} span_id=${span_id}\n    at a.ts:1`,
  )
  expect(lineFrom('logfmt', { body: 'level=info', timestamp })).toBe('level=info')
})

test('events go on over OTLP, lines do not', () => {
  const lines: string[] = []
  const told: unknown[] = []
  const otlp = { emit: (record: unknown) => told.push(record), enabled: () => true }
  const logger = fileLogger('text', (line) => lines.push(line), otlp as never)
  logger.emit({ eventName: 'order.held', body: {} })
  logger.emit({ body: 'hello', timestamp })
  expect([told.length, lines]).toEqual([1, ['hello']])
})
