/**
 * What clients put under a name, kept in the state. Changes made here act at once; those of another
 * server that shares the state, within a second.
 */
import type { NamedObjects } from '../ingest/parts.ts'
import { Fault } from '../model/faults.ts'
import { type NamedObject, named_object_limits, type ObjectKind } from '../model/named-objects.ts'
import {
  deleteNamedObject,
  findNamedObject,
  listNamedObjects,
  namedObjectsSize,
  namedObjectVersions,
  putNamedObject,
  type StoredObject,
} from '../state/named-objects.ts'
import type { State } from '../state/state.ts'

const refresh_ms = 1_000

type Context = {
  now_ms: () => number
  every: (interval_ms: number, run: () => void) => () => void
  onError: (error: unknown) => void
}

export function openNamedObjects(
  state: Pick<State, 'db' | 'shared'>,
  { now_ms, every, onError }: Context,
): NamedObjects & { close(): void } {
  const { db } = state
  const listeners = new Map<ObjectKind, Set<() => void>>()
  const seen = new Map<ObjectKind, string>()
  const tell = (kind: ObjectKind) => {
    for (const run of listeners.get(kind) ?? []) run()
  }
  async function look(): Promise<void> {
    for (const kind of listeners.keys()) {
      const versions = await namedObjectVersions(db, kind)
      const before = seen.get(kind)
      seen.set(kind, versions)
      if (before !== undefined && before !== versions) tell(kind)
    }
  }
  const stop = state.shared ? every(refresh_ms, () => void look().catch(onError)) : () => {}
  return {
    get: async (kind, name) => objectOf(await findNamedObject(db, kind, name)),
    list: async (kind) => (await listNamedObjects(db, kind)).map((row) => objectOf(row)!),
    async put(kind, name, body, updated_by) {
      const text = JSON.stringify(body)
      const body_bytes = Buffer.byteLength(text)
      await checkRoom(db, name, body_bytes)
      const updated_ms = now_ms()
      const row = { kind, name, body: text, body_bytes, updated_ms, updated_by }
      const version = await putNamedObject(db, row)
      tell(kind)
      return version
    },
    async delete(kind, name) {
      const was = await deleteNamedObject(db, kind, name)
      if (was) tell(kind)
      return was
    },
    onChanged(kind, run) {
      const runs = listeners.get(kind) ?? new Set()
      listeners.set(kind, runs.add(run))
      return () => void runs.delete(run)
    },
    close: stop,
  }
}

async function checkRoom(db: State['db'], name: string, body_bytes: number): Promise<void> {
  const { objects_max, name_bytes_max, bytes_max, all_bytes_max } = named_object_limits
  const { objects, bytes } = await namedObjectsSize(db)
  const isFull = objects >= objects_max || bytes + body_bytes > all_bytes_max
  if (isFull || body_bytes > bytes_max || Buffer.byteLength(name) > name_bytes_max) {
    throw new Fault('objects_full', { objects_max, bytes_max })
  }
}

function objectOf(row: StoredObject | undefined): NamedObject | undefined {
  if (row === undefined) return undefined
  const { kind, name, body, version, updated_ms, updated_by } = row
  const parsed: unknown = JSON.parse(body)
  return {
    kind: kind as ObjectKind,
    name,
    body: parsed,
    version: Number(version),
    updated_ms: Number(updated_ms),
    updated_by,
  }
}
