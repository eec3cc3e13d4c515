/** Found traces in the shape of Tempo's search. */

import { namesOf } from '../../query/traceql/names.ts'
import { anyValue } from '../../query/traceql/otlp-json.ts'
import { printField } from '../../query/traceql/print.ts'
import type { FoundSpans, FoundTrace, SearchAnswer } from '../../query/traceql/search.ts'
import type { Attribute, Intrinsic } from '../../query/traceql/tree.ts'
import { fieldValue, plainOf } from '../../query/traceql/value.ts'

const rootMissing = '<root span not yet received>'

export function searchJson(answer: SearchAnswer) {
  const names = namesOf(answer.query)
  return {
    traces: answer.traces.map((trace) => traceJson(trace, names)),
    metrics: {
      inspectedTraces: answer.inspected,
      inspectedBytes: '0',
      completedJobs: 1,
      totalJobs: 1,
    },
    // Not Tempo's: says that further traces exist which were not looked at.
    ...(answer.capped ? { capped: true } : {}),
  }
}

type Name = Attribute | Intrinsic

function traceJson(trace: FoundTrace, names: readonly Name[]) {
  const isRooted = trace.root_service !== '' || trace.root_name !== ''
  const spanSets = trace.spansets.map((spans) => spansJson(spans, trace, names))
  return {
    traceID: trace.trace_id,
    rootServiceName: isRooted ? trace.root_service : rootMissing,
    rootTraceName: isRooted ? trace.root_name : '',
    startTimeUnixNano: `${trace.time_ns}`,
    durationMs: Math.floor(trace.duration_ns / 1_000_000),
    spanSet: spanSets[0],
    spanSets,
    serviceStats: Object.fromEntries(
      [...trace.services].map(([name, { spans, errors }]) => [
        name,
        { spanCount: spans, ...(errors > 0 ? { errorCount: errors } : {}) },
      ]),
    ),
  }
}

function spansJson(found: FoundSpans, { trace }: FoundTrace, names: readonly Name[]) {
  const by = found.by.map(({ field, value }) => ({
    key: `by(${printField(field)})`,
    value: anyValue(plainOf(value) ?? 'nil'),
  }))
  return {
    spans: found.spans.map((span) => ({
      spanID: span.span_id,
      name: span.name,
      startTimeUnixNano: `${span.time_ns}`,
      durationNanos: `${span.duration_ns}`,
      attributes: names.flatMap((name) => {
        const value = plainOf(fieldValue(name, span, trace))
        return value === undefined ? [] : [{ key: name.name, value: anyValue(value) }]
      }),
    })),
    matched: found.matched,
    ...(by.length > 0 ? { attributes: by } : {}),
  }
}
