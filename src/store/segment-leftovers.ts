/**
 * Finds the segments that an ended process left behind, oldest first, each with how much of it
 * counts. Reads only their beginnings, so that a server with a long backlog takes appends at
 * once.
 */
import type { SegmentFiles } from './segment-files.ts'
import { scan } from './segment-format.ts'
import { segmentPath } from './segment-live.ts'
import type { SealedSegment } from './segment-log.ts'

const FILE_NAME = /^([0-9a-f]{32})\.segment$/
/** Room for the cut marks, which stand first in a segment. */
const START_BYTES = 64 * 1024

export async function findLeftovers(files: SegmentFiles, dir: string): Promise<SealedSegment[]> {
  const found: SealedSegment[] = []
  const cuts = new Map<string, number>()
  for (const { name, bytes } of await files.list(dir)) {
    const id = FILE_NAME.exec(name)?.[1]
    if (id === undefined) continue
    const path = segmentPath(dir, id)
    const created_ms = Number.parseInt(id.slice(0, 12), 16)
    const records_max = Number.POSITIVE_INFINITY
    const state = { rows: undefined, replayed: true, isUnsure: false }
    found.push({ id, path, bytes, records_max, created_ms, ...state })
    // A file that cannot be read is the writer's to judge.
    const start = await files.readStart(path, START_BYTES).catch(() => new Uint8Array(0))
    for (const cut of scan(start, id).cuts) cuts.set(cut.id, cut.records)
  }
  for (const segment of found) segment.records_max = cuts.get(segment.id) ?? segment.records_max
  found.sort((a, b) => (a.id < b.id ? -1 : 1))
  if (found[0] !== undefined) found[0].isUnsure = true
  return found
}
