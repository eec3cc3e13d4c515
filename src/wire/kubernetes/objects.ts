/** Lines of objects, model/kubernetes.ts ObjectRow, to rows of kubernetes_objects. */
import { healths, objectChanges } from '../../model/kubernetes.ts'
import type { DecodeOutcome } from '../../model/outcome.ts'
import type { Batch } from '../batch.ts'
import type { DecodeContext } from '../otlp/context.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { type Fields, Refusal } from './fields.ts'
import { decodeLines, jsonOf, putNumbers, putTexts } from './lines.ts'

/** More changes of one object at one moment are cut; the object itself is whole. */
const changes_max = 1024
const path_chars_max = 1024
const listed = objectChanges.indexOf('listed')

export function decodeKubernetesObjects(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
): DecodeOutcome {
  return decodeLines(body, context, batch, {
    table: 'kubernetes_objects',
    noun: 'objects',
    read,
    write,
  })
}

type Row = ReturnType<typeof read>

function read(fields: Fields) {
  const change = fields.choice('change', objectChanges)
  const changes = changesOf(fields.raw('changes'))
  const object = fields.raw('object')
  return {
    time_ms: fields.time('time_ms'),
    change,
    namespace: fields.word('namespace'),
    workload: fields.word('workload'),
    node: fields.word('node'),
    kind: fields.needed('kind'),
    api_version: fields.word('api_version'),
    name: change === listed ? '' : fields.needed('name'),
    uid: fields.word('uid'),
    resource_version: fields.word('resource_version'),
    created_ms: fields.time('created_ms'),
    owner_kind: fields.word('owner_kind'),
    owner_name: fields.word('owner_name'),
    workload_kind: fields.word('workload_kind'),
    health: fields.choice('health', healths, 'unknown'),
    status: fields.word('status'),
    status_message: fields.text('status_message'),
    actor: fields.word('actor'),
    labels: fields.texts('labels'),
    numbers: fields.numbers('numbers'),
    paths: changes.map(({ path }) => path),
    diff: changes.length === 0 ? '' : jsonOf(changes),
    object: isNothing(object) ? '' : jsonOf(object),
  }
}

function isNothing(object: unknown): boolean {
  return object === undefined || object === null || object === ''
}

function changesOf(sent: unknown): { path: string }[] {
  if (sent === undefined || sent === null) return []
  if (!Array.isArray(sent)) throw new Refusal('value_invalid')
  return sent.slice(0, changes_max).map((change: unknown) => {
    const path = (change as { path?: unknown } | null)?.path
    if (typeof path !== 'string' || path.length > path_chars_max) throw new Refusal('value_invalid')
    const { before, after } = change as { before?: unknown; after?: unknown }
    return { path, before, after }
  })
}

function write(out: RowBuffer, row: Row, context: DecodeContext, cluster: string): void {
  out.text(cluster)
  out.text(row.namespace)
  out.text(row.workload)
  out.text(row.node)
  out.int53(row.time_ms)
  out.int53(context.arrived_ms)
  out.u8(row.change)
  out.text(row.kind)
  out.text(row.api_version)
  out.text(row.name)
  out.text(row.uid)
  out.text(row.resource_version)
  out.int53(row.created_ms)
  out.text(row.owner_kind)
  out.text(row.owner_name)
  out.text(row.workload_kind)
  out.u8(row.health)
  out.text(row.status)
  out.text(row.status_message)
  out.text(row.actor)
  putTexts(out, row.labels)
  putNumbers(out, row.numbers)
  out.varint(row.paths.length)
  for (const path of row.paths) out.text(path)
  out.text(row.diff)
  out.text(row.object)
}
