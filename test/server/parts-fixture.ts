/** Receivers' parts without a state, for servers in tests. */
import { objectsInMemory, type ReceiverParts } from '../../src/ingest/parts.ts'
import { noPipelines } from '../../src/ingest/records/record-pipelines.ts'

export function partsInMemory(now_ms: () => number = Date.now): ReceiverParts {
  return {
    objects: objectsInMemory(now_ms),
    pipelines: noPipelines,
    server: { name: 'crowsnest', version: '0', cluster_uuid: 'crowsnest' },
    now_ms,
  }
}
