/**
 * Loki's push API as its shippers speak it, with the few questions they ask first, and OTLP logs on
 * Loki's path. Asking for what was stored is another API.
 */
import { Fault } from '../../../model/faults.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import type { Decode, HttpCall, HttpHead, HttpReply, Receiver } from '../../receiver.ts'
import { otlpRoutes } from '../otlp/http.ts'
import { decodeLokiJson } from './push-json.ts'
import { decodeLokiProtobuf } from './push-protobuf.ts'

const push_paths = ['/loki/api/v1/push', '/api/prom/push']
const otlp_path = '/otlp/v1/logs'
const logs = otlpRoutes.find(({ signal }) => signal === 'logs')!
const text = 'text/plain; charset=utf-8'
const json = 'application/json'
const nothing = new Uint8Array(0)

async function answerPush(call: HttpCall): Promise<HttpReply> {
  expectMethod(call, 'POST')
  const body = await call.body()
  const outcome = await call.take('logs', decoderOf(call, body), body)
  if (outcome.rejected === 0) return { status: 204, headers: {}, body: nothing }
  // What could be stored is stored: senders drop what is answered with 400.
  return reply(400, text, `${outcome.message}\n`)
}

/** Without a type Loki takes protobuf; scripts forget it for JSON too, and a brace tells. */
function decoderOf({ media_type }: HttpHead, body: Uint8Array): Decode {
  if (media_type === json) return decodeLokiJson
  if (media_type === 'application/x-protobuf') return decodeLokiProtobuf
  let at = 0
  while (at < body.length && body[at]! <= 0x20) at++
  return body[at] === 0x7b ? decodeLokiJson : decodeLokiProtobuf
}

async function answerOtlp(call: HttpCall): Promise<HttpReply> {
  expectMethod(call, 'POST')
  const decode = logs.formats[call.media_type]
  if (decode === undefined) {
    const expected = Object.keys(logs.formats).join(' or ')
    throw new Fault('content_type_unsupported', { expected, got: call.media_type || 'none' })
  }
  const outcome = await call.take('logs', decode, await call.body())
  return logs.accepted(outcome, call.media_type)
}

/** What health checks and shippers ask of a Loki before they send. */
const questions: Readonly<Record<string, (call: HttpCall) => HttpReply>> = {
  '/ready': () => reply(200, text, 'ready\n'),
  '/loki/api/v1/labels': () => reply(200, json, JSON.stringify({ status: 'success', data: [] })),
  '/loki/api/v1/status/buildinfo': ({ parts }) => {
    const { version } = parts.server
    const build = { version, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' }
    return reply(200, json, JSON.stringify(build))
  },
}

function answerQuestion(call: HttpCall): HttpReply {
  if (call.method !== 'HEAD') expectMethod(call, 'GET')
  return questions[call.path]!(call)
}

function expectMethod({ method }: HttpHead, expected: string): void {
  if (method !== expected) throw new Fault('method_unsupported', { expected, got: method })
}

function refused(fault: Fault, head: HttpHead): HttpReply {
  if (head.path === otlp_path) return logs.refused(fault, head.media_type)
  const answer = reply(fault.status, text, `${fault.message} ${fault.answer().do}\n`)
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) answer.headers['retry-after'] = String(retry_after_s)
  if (fault.code === 'method_unsupported') answer.headers.allow = String(fault.details.expected)
  return answer
}

function reply(status: number, mediaType: string, body: string): HttpReply {
  return { status, headers: { 'content-type': mediaType }, body: Buffer.from(body) }
}

export const loki: Receiver = {
  name: 'loki',
  services: [
    {
      mounts: [{ listener: 'loki', under: '' }],
      serves: (_method, path) =>
        push_paths.includes(path) || path === otlp_path || Object.hasOwn(questions, path),
      isOpen: ({ path }) => path === '/ready',
      answer(call) {
        if (push_paths.includes(call.path)) return answerPush(call)
        if (call.path === otlp_path) return answerOtlp(call)
        return Promise.resolve().then(() => answerQuestion(call))
      },
      refused,
    },
    {
      mounts: [{ listener: 'ui', under: '' }],
      serves: (_method, path) => push_paths.includes(path),
      answer: answerPush,
      refused,
    },
  ],
}
