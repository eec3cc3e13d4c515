/** Sends one log record to the demo's server, as an application would: OTLP over HTTP, in JSON. */
import { inject } from 'vitest'

export async function sendLog(body: string, service = 'journey'): Promise<void> {
  const time = `${Date.now()}000000`
  const record = { timeUnixNano: time, severityNumber: 9, body: { stringValue: body } }
  const name = { key: 'service.name', value: { stringValue: service } }
  const resourceLogs = [{ resource: { attributes: [name] }, scopeLogs: [{ logRecords: [record] }] }]
  const answer = await fetch(`${inject('stage').otlp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs }),
  })
  if (!answer.ok) throw new Error(`the record was refused: ${answer.status}`)
}
