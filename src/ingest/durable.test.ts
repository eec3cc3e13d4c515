/**
 * Through sockets, real decoders and a real write-ahead log: what was answered with success is on
 * disk.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { type Row, readRows } from '../../test/ingest/read-rows.ts'
import { openRig } from '../../test/ingest/rig.ts'
import { ways } from '../../test/ingest/ways.ts'
import type { WrittenTable } from '../model/tables.ts'
import { scan } from '../store/segment-format.ts'
import { openSegments } from '../store/segments.ts'

const recordTables = [
  ...['logs', 'spans', 'metric_samples'],
  ...['kubernetes_objects', 'kubernetes_events', 'agent_coverage'],
]

test('the rows of every way in are in the segment when the answer comes', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-durable-'))
  const log = { info() {}, warn() {}, error() {} }
  const segments = await openSegments({ dir, tick_ms: 0 }, { log, now_ms: Date.now })
  const rig = await openRig()
  rig.segments.append = (batch) => segments.append(batch)
  try {
    for (const [at, way] of ways.entries()) {
      const now_ms = rig.clock.now_ms()
      const verdict = await way.send(rig, { body: way.sample({ good: at + 1, old: 1, now_ms }) })
      expect(verdict).toMatchObject({ code: way.transport === 'http' ? 200 : 0, rejected: 1 })
      expect(lastRecordIn(dir).length).toBe(at + 1)
    }
  } finally {
    await rig.close()
    await segments.close()
    rmSync(dir, { recursive: true })
  }
})

function lastRecordIn(dir: string): Row[] {
  const path = join(dir, readdirSync(dir).find((name) => /\.segment$/.test(name))!)
  const { records, damaged, torn } = scan(readFileSync(path), basename(path).split('.')[0]!)
  expect({ damaged, torn }).toEqual({ damaged: [], torn: undefined })
  const entries = records.at(-1)!.entries.filter(({ table }) => recordTables.includes(table))
  return entries.flatMap(({ table, bytes }) => readRows(table as WrittenTable, bytes))
}
