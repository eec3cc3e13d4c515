/** Lines of coverage, model/kubernetes.ts CoverageRow, to rows of agent_coverage. */
import { coverageStates } from '../../model/kubernetes.ts'
import type { DecodeOutcome } from '../../model/outcome.ts'
import type { Batch } from '../batch.ts'
import type { DecodeContext } from '../otlp/context.ts'
import type { RowBuffer } from '../row-buffer.ts'
import type { Fields } from './fields.ts'
import { decodeLines } from './lines.ts'

export function decodeAgentCoverage(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
): DecodeOutcome {
  return decodeLines(body, context, batch, { table: 'agent_coverage', noun: 'rows', read, write })
}

type Row = ReturnType<typeof read>

function read(fields: Fields) {
  return {
    time_ms: fields.time('time_ms'),
    node: fields.word('node'),
    source: fields.needed('source'),
    signal: fields.needed('signal'),
    namespace: fields.word('namespace'),
    workload: fields.word('workload'),
    pod: fields.word('pod'),
    state: fields.choice('state', coverageStates),
    reason: fields.word('reason'),
    detail: fields.text('detail'),
    lag_s: fields.number('lag_s'),
    records: fields.count('records', Number.MAX_SAFE_INTEGER),
    dropped: fields.count('dropped', Number.MAX_SAFE_INTEGER),
  }
}

function write(out: RowBuffer, row: Row, context: DecodeContext, cluster: string): void {
  out.text(cluster)
  out.text(row.namespace)
  out.text(row.workload)
  out.text(row.node)
  out.text(row.pod)
  out.text(context.agent_id ?? '')
  out.int53(row.time_ms)
  out.text(row.source)
  out.text(row.signal)
  out.u8(row.state)
  out.text(row.reason)
  out.text(row.detail)
  out.float64(row.lag_s)
  out.int53(row.records)
  out.int53(row.dropped)
}
