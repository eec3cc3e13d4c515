/** Lines of events, model/kubernetes.ts EventRow, to rows of kubernetes_events. */
import type { DecodeOutcome } from '../../model/outcome.ts'
import type { Batch } from '../batch.ts'
import type { DecodeContext } from '../otlp/context.ts'
import type { RowBuffer } from '../row-buffer.ts'
import type { Fields } from './fields.ts'
import { decodeLines } from './lines.ts'

const count_max = 0xffff_ffff

export function decodeKubernetesEvents(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
): DecodeOutcome {
  return decodeLines(body, context, batch, {
    table: 'kubernetes_events',
    noun: 'events',
    read,
    write,
  })
}

type Row = ReturnType<typeof read>

function read(fields: Fields) {
  const time_ms = fields.time('time_ms')
  return {
    time_ms,
    first_time_ms: fields.time('first_time_ms') || time_ms,
    event_uid: fields.needed('event_uid'),
    namespace: fields.word('namespace'),
    kind: fields.word('kind'),
    name: fields.word('name'),
    uid: fields.word('uid'),
    workload_kind: fields.word('workload_kind'),
    workload: fields.word('workload'),
    node: fields.word('node'),
    type: fields.word('type'),
    reason: fields.word('reason'),
    message: fields.text('message'),
    count: fields.count('count', count_max),
    source: fields.word('source'),
  }
}

function write(out: RowBuffer, row: Row, context: DecodeContext, cluster: string): void {
  out.text(cluster)
  out.text(row.namespace)
  out.text(row.workload)
  out.text(row.node)
  out.int53(row.time_ms)
  out.int53(row.first_time_ms)
  out.int53(context.arrived_ms)
  out.text(row.event_uid)
  out.text(row.kind)
  out.text(row.name)
  out.text(row.uid)
  out.text(row.workload_kind)
  out.text(row.type)
  out.text(row.reason)
  out.text(row.message)
  out.int32(row.count)
  out.text(row.source)
}
