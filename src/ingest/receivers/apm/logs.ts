/** Log events: records in ECS, flat or nested, which the agent read from the program's logger. */

import { viewOf } from '../../../wire/copy-bytes.ts'
import { jsonProblem, readJsonObject } from '../../records/json-reader.ts'
import type { LogRows } from '../../records/log-rows.ts'
import { ownPath, pathOf } from '../../records/paths.ts'
import { putTime } from './errors.ts'
import { Invalid } from './fields.ts'
import type { EventStream } from './span-event.ts'

const serviceName = ownPath('service.name')
const dataset = ownPath('data_stream.dataset')
const otherDataset = ownPath('event.dataset')
const timestamp = ownPath('@timestamp')
const unusual = /[\\/*?"<>| ,#:-]/g

/** Fills the record from the object at [start, end). Throws Invalid. */
export function readLog(
  rows: LogRows,
  body: Uint8Array,
  start: number,
  end: number,
  stream: EventStream,
): void {
  const { record } = rows
  for (const [name, value] of Object.entries(stream.metadata.resource.attributes)) {
    record.string(pathOf(name), value)
  }
  if (!readJsonObject(record, body, viewOf(body), start, end)) {
    const { detail, at, isTooDeep } = jsonProblem
    const reason = isTooDeep ? 'nesting_too_deep' : 'line_malformed'
    throw new Invalid(`decode error: ${detail} at byte ${at} of the log`, reason)
  }
  const service = record.get(serviceName) ?? ''
  if (record.indexOf(dataset) < 0 && record.indexOf(otherDataset) < 0) {
    record.string(dataset, `apm.app.${service.toLowerCase().replace(unusual, '_')}`)
  }
  if (record.indexOf(timestamp) < 0) putTime(record, stream.received_us)
}
