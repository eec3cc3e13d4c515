/** Answers agents that ask for their settings; browsers get the sampling rate alone. */
import type { HttpCall, HttpReply } from '../../receiver.ts'
import { agentConfigs, etagOf, type StoredConfig } from './agent-configs.ts'
import { json } from './answers.ts'
import { isObject, looseText } from './fields.ts'

type Asked = { service: string; environment: string; etag: string }

const length_max = 1024
const publicSettings = ['transaction_sample_rate']
const failedHeaders = { 'cache-control': 'max-age=300, must-revalidate' }
const none = '-'

export async function answerConfig(call: HttpCall, isRum: boolean): Promise<HttpReply> {
  const asked = await askedOf(call)
  if (typeof asked === 'string') return json(400, { error: asked }, failedHeaders)
  const { service, environment, etag } = asked
  const configs = agentConfigs(call.parts.objects)
  const found = await configs.find(service, environment)
  const given = isRum ? publicPart(found) : found
  if (!isRum) configs.asked(service, environment, found, etag, call.parts.now_ms())
  const own = given?.etag ?? none
  const headers = {
    etag: `"${own}"`,
    'cache-control': 'max-age=30, must-revalidate',
    'access-control-expose-headers': 'Etag',
  }
  if (etag === own) return { status: 304, headers, body: new Uint8Array(0) }
  return json(200, given?.settings ?? {}, headers)
}

function publicPart(found: StoredConfig | undefined): StoredConfig | undefined {
  if (found === undefined) return undefined
  const entries = Object.entries(found.settings).filter(([name]) => publicSettings.includes(name))
  if (entries.length === 0) return undefined
  const settings = Object.fromEntries(entries)
  return { ...found, settings, etag: etagOf(settings) }
}

/** What was asked for, or why it cannot be answered. */
async function askedOf(call: HttpCall): Promise<Asked | string> {
  const { query, headers, method } = call
  const match = headers['if-none-match']
  let service = query.get('service.name') ?? ''
  let environment = query.get('service.environment') ?? ''
  let etag = query.get('ifnonematch') ?? ''
  if (method === 'POST') {
    let body: unknown
    try {
      body = JSON.parse(Buffer.from(await call.body()).toString())
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      return `invalid query: ${error.message}`
    }
    if (!isObject(body)) return 'invalid query: expected an object'
    const named = isObject(body.service) ? body.service : {}
    service = looseText(named, 'name') ?? ''
    environment = looseText(named, 'environment') ?? ''
    etag = looseText(body, 'etag') ?? ''
  }
  if (typeof match === 'string') etag = match
  if (service === '') return 'invalid query: service.name is required'
  if (service.length > length_max || environment.length > length_max) {
    return `invalid query: expected at most ${length_max} characters`
  }
  return { service, environment, etag: etag.replace(/^W\//, '').replaceAll('"', '') }
}
