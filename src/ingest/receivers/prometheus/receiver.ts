/**
 * What Prometheus sends: remote write 1.0 and 2.0, and OTLP on the path that Prometheus has for it.
 * Both on the OTLP port and on the screens' port, where Prometheus clients expect its API.
 */
import { Fault } from '../../../model/faults.ts'
import type { HttpCall, HttpReply, Receiver } from '../../receiver.ts'
import { otlpRoutes } from '../otlp/http.ts'
import { answerRemoteWrite, refuseRemoteWrite } from './remote-write.ts'

const write_path = '/api/v1/write'
const otlp_path = '/api/v1/otlp/v1/metrics'
const metrics = otlpRoutes.find(({ signal }) => signal === 'metrics')!

async function answerOtlp(call: HttpCall): Promise<HttpReply> {
  if (call.method !== 'POST') {
    throw new Fault('method_unsupported', { expected: 'POST', got: call.method })
  }
  const decode = metrics.formats[call.media_type]
  if (decode === undefined) {
    const expected = Object.keys(metrics.formats).join(' or ')
    throw new Fault('content_type_unsupported', { expected, got: call.media_type || 'none' })
  }
  const outcome = await call.take('metrics', decode, await call.body())
  return metrics.accepted(outcome, call.media_type)
}

export const prometheus: Receiver = {
  name: 'prometheus',
  services: [
    {
      mounts: [
        { listener: 'otlp_http', under: '' },
        { listener: 'ui', under: '' },
      ],
      serves: (_method, path) => path === write_path || path === otlp_path,
      answer: (call) => (call.path === write_path ? answerRemoteWrite(call) : answerOtlp(call)),
      refused: (fault, head) =>
        head.path === write_path
          ? refuseRemoteWrite(fault, head)
          : metrics.refused(fault, head.media_type),
    },
  ],
}
