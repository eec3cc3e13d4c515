/** What a flow of Hubble says of the request inside of it: HTTP, DNS, Kafka. */
import type { Flow } from '../security/flow.ts'
import {
  countAt,
  isObject,
  lineAt,
  listAt,
  objectAt,
  type Sent,
  wordAt,
  wordsAt,
} from '../security/sent.ts'

export type Request = { columns: Flow; text: string }

export function requestOf(flow: Sent): Request | undefined {
  const l7 = objectAt(flow, 'l7')
  const l7_type = wordAt(l7, 'type').toLowerCase()
  const duration_ns = countAt(l7, 'latency_ns')
  const found = ofHttp(l7) ?? ofDns(l7) ?? ofKafka(l7)
  if (found === undefined) return undefined
  return { columns: { ...found.columns, l7_type, duration_ns }, text: found.text }
}

function ofHttp(l7: Sent): Request | undefined {
  const http = objectAt(l7, 'http')
  const l7_method = wordAt(http, 'method')
  const l7_target = lineAt(http, 'url')
  const l7_status = countAt(http, 'code', 999)
  if (l7_method === '' && l7_target === '' && l7_status === 0) return undefined
  const agent = headerOf(http, 'user-agent')
  const status = l7_status === 0 ? '' : String(l7_status)
  const columns = { l7_protocol: 'http', l7_method, l7_target, l7_status: status }
  const text = [l7_method, l7_target, status].filter(Boolean).join(' ')
  return {
    columns: { ...columns, user_agent: agent, request_id: headerOf(http, 'x-request-id') },
    text,
  }
}

function headerOf(http: Sent, name: string): string {
  for (const header of listAt(http, 'headers')) {
    if (isObject(header) && wordAt(header, 'key').toLowerCase() === name)
      return wordAt(header, 'value')
  }
  return ''
}

function ofDns(l7: Sent): Request | undefined {
  const dns = objectAt(l7, 'dns')
  const l7_target = wordAt(dns, 'query')
  if (l7_target === '') return undefined
  const types = wordsAt(dns, 'qtypes').join(' ')
  const isAnswer = wordAt(l7, 'type') === 'RESPONSE'
  const code = countAt(dns, 'rcode', 65_535)
  const answer = wordsAt(dns, 'ips').join(', ') || (code === 0 ? '' : `rcode ${code}`)
  const columns = { l7_protocol: 'dns', l7_method: types, l7_target }
  const l7_status = isAnswer ? String(code) : ''
  const said = isAnswer && answer !== '' ? ` = ${answer}` : ''
  return { columns: { ...columns, l7_status }, text: `dns ${types} ${l7_target}${said}` }
}

function ofKafka(l7: Sent): Request | undefined {
  const kafka = objectAt(l7, 'kafka')
  const l7_method = wordAt(kafka, 'api_key')
  const l7_target = wordAt(kafka, 'topic')
  if (l7_method === '' && l7_target === '') return undefined
  const columns = { l7_protocol: 'kafka', l7_method, l7_target }
  const l7_status = wordAt(kafka, 'error_code')
  return { columns: { ...columns, l7_status }, text: `kafka ${l7_method} ${l7_target}` }
}
