/**
 * Elasticsearch's HTTP API, as far as shippers need it: finds the handler, and says faults and
 * errors in the words that clients read. Leaves what is answered to the routes.
 */
import { Fault } from '../../../model/faults.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import type { HttpCall, HttpHead, HttpReply, HttpService, Mount } from '../../receiver.ts'
import { type ElasticAnswer, ElasticError, errorAnswer, faultAnswer } from './answers.ts'
import { compressed, render } from './render.ts'
import { type ElasticCall, NoHandler, WrongMethod } from './route-table.ts'
import { elasticRoutes } from './routes.ts'

/** Templates of Beats have a megabyte. */
const object_bytes_max = 8 * 1024 * 1024

export function elasticService(mounts: readonly Mount[], canSniff: boolean): HttpService {
  return {
    mounts,
    serves: () => true,
    async answer(call) {
      const answer = await answerOf(call, canSniff)
      return compressed(render(answer, call), call)
    },
    refused,
  }
}

async function answerOf(call: HttpCall, canSniff: boolean): Promise<ElasticAnswer> {
  try {
    const { handler, parts } = elasticRoutes.find(call.method, call.path)
    const part = (name: string) => parts.get(name) ?? ''
    return await handler({ call, part, json: jsonOf(call), canSniff })
  } catch (error) {
    if (error instanceof ElasticError) return errorAnswer(error.status, error.told)
    if (error instanceof NoHandler) return { status: 400, json: { error: error.message } }
    if (error instanceof WrongMethod) {
      const headers = { allow: error.allowed.replaceAll(', ', ',') }
      if (call.method === 'OPTIONS') return { status: 200, headers, text: '' }
      return { status: 405, headers, json: { error: error.message, status: 405 } }
    }
    throw error
  }
}

/** The body is read when a handler asks for it, once. */
function jsonOf(call: HttpCall): ElasticCall['json'] {
  let read: Promise<unknown> | undefined
  return () => {
    read ??= readJson(call)
    return read
  }
}

async function readJson(call: HttpCall): Promise<unknown> {
  const body = await call.body()
  if (body.length > object_bytes_max) {
    throw new Fault('body_too_large', { limit_bytes: object_bytes_max })
  }
  const text = new TextDecoder().decode(body).trim()
  if (text === '') return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    // What is nested too deeply to be written again could not be kept.
    JSON.stringify(parsed)
    return parsed
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ElasticError(400, 'parse_exception', `request body is not JSON: ${reason}`)
  }
}

const challenges = ['Basic realm="security", charset="UTF-8"', 'Bearer realm="security"', 'ApiKey']

function refused(fault: Fault, head: HttpHead): HttpReply {
  const reply = render(faultAnswer(fault), head)
  if (fault.status === 401) reply.headers['www-authenticate'] = challenges.join(', ')
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) reply.headers['retry-after'] = String(retry_after_s)
  return reply
}
