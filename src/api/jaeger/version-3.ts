/** The third version of Jaeger's API: OTLP in, as far as parameters go, and OTLP out. */
import { dependencies, operations, services } from '../../query/jaeger/names.ts'
import { jaegerTraces_max, searchJaeger } from '../../query/jaeger/search.ts'
import { readDuration } from '../../query/traceql/duration.ts'
import { resourceSpansJson } from '../../query/traceql/otlp-json.ts'
import { readTraces } from '../../query/traceql/read-traces.ts'
import type { Trace } from '../../query/traceql/span.ts'
import type { ApiCall, ApiReply } from '../api.ts'
import { either, jsonTags, malformed, moment_ms, names_ms } from './ask.ts'
import { plain, refusedV3 } from './reply.ts'
import { traceId } from './trace-id.ts'

const traces_usual = 100

const recent = (now_ms: number) => ({ from_ms: Math.max(0, now_ms - names_ms), to_ms: now_ms + 1 })

export async function answerServices(call: ApiCall): Promise<ApiReply> {
  return plain({ services: await services(recent(call.context.now_ms), call.context) })
}

export async function answerOperations(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const service = parameters.get('service') ?? ''
  const kind = either(parameters, 'span_kind').toLowerCase()
  const found = await operations(
    { service, range: recent(call.context.now_ms), ...(kind === '' ? {} : { kind }) },
    call.context,
  )
  return plain({ operations: found.map(({ name, kind: spanKind }) => ({ name, spanKind })) })
}

export async function answerTrace(call: ApiCall, part: string): Promise<ApiReply> {
  return told((await readTraces([traceId(part)], call.context)).traces)
}

function told(traces: readonly Trace[]): ApiReply {
  if (traces.length === 0) return refusedV3(404, 'No traces found')
  const resourceSpans = traces.flatMap(({ spans }) => resourceSpansJson(spans, 'otlp'))
  return plain({ result: { resourceSpans } })
}

export async function answerTraces(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const from_ms = moment_ms(parameters, 'query.start_time_min')
  const to_ms = moment_ms(parameters, 'query.start_time_max')
  if (from_ms === undefined || to_ms === undefined) {
    return refusedV3(400, 'query.start_time_min and query.start_time_max are required')
  }
  const count = either(parameters, 'query.num_traces') || either(parameters, 'query.search_depth')
  if (count !== '' && !/^[0-9]{1,9}$/.test(count)) throw malformed('query.num_traces', count)
  const traces = await searchJaeger(
    {
      service: either(parameters, 'query.service_name') || undefined,
      operation: either(parameters, 'query.operation_name') || undefined,
      tags: jsonTags(parameters.get('query.attributes') ?? ''),
      duration_ns_min: durationOf(parameters, 'query.duration_min'),
      duration_ns_max: durationOf(parameters, 'query.duration_max'),
      range: { from_ms: Math.max(0, from_ms), to_ms: Math.max(0, to_ms) },
      traces_max: Math.min(Number(count) || traces_usual, jaegerTraces_max),
    },
    call.context,
  )
  return told(traces)
}

function durationOf(parameters: URLSearchParams, name: string): number | undefined {
  const text = either(parameters, name)
  if (text === '') return undefined
  const ns = readDuration(text)
  if (ns === undefined || ns < 0) throw malformed(name, text)
  return ns
}

export async function answerDependencies(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const to_ms = moment_ms(parameters, 'end_time')
  const from_ms = moment_ms(parameters, 'start_time')
  if (from_ms === undefined || to_ms === undefined) {
    return refusedV3(400, 'start_time and end_time are required')
  }
  const found = await dependencies({ from_ms: Math.max(0, from_ms), to_ms }, call.context)
  return plain({
    dependencies: found.map(({ parent, child, calls }) => ({
      parent,
      child,
      callCount: `${calls}`,
    })),
  })
}
