/**
 * What receivers share and are given by the server: named objects that clients store here, and the
 * pipelines that change records. Leaves keeping them to the state.
 */
import type { NamedObject, ObjectKind } from '../model/named-objects.ts'
import type { RecordPipelines } from './records/record-pipelines.ts'

/** Objects that clients put, kept by kind and name. */
export interface NamedObjects {
  get(kind: ObjectKind, name: string): Promise<NamedObject | undefined>
  list(kind: ObjectKind): Promise<NamedObject[]>
  /** Answers the new version. Throws Fault objects_full past the bounds. */
  put(kind: ObjectKind, name: string, body: unknown, by: string): Promise<number>
  /** False when there was none. */
  delete(kind: ObjectKind, name: string): Promise<boolean>
  /** Told soon after a change, also of one by another server. Answers how to stop. */
  onChanged(kind: ObjectKind, run: () => void): () => void
}

export type ReceiverParts = {
  objects: NamedObjects
  pipelines: RecordPipelines
  /** What this server is called and which release it is. */
  server: { name: string; version: string; cluster_uuid: string }
  now_ms: () => number
}

/** For tests and for servers without a state. */
export function objectsInMemory(now_ms: () => number): NamedObjects {
  const objects = new Map<string, NamedObject>()
  const listeners = new Map<ObjectKind, Set<() => void>>()
  const keyOf = (kind: ObjectKind, name: string) => `${kind} ${name}`
  const changed = (kind: ObjectKind) => {
    for (const run of listeners.get(kind) ?? []) run()
  }
  return {
    get: async (kind, name) => objects.get(keyOf(kind, name)),
    list: async (kind) => [...objects.values()].filter((one) => one.kind === kind),
    async put(kind, name, body, updated_by) {
      const version = (objects.get(keyOf(kind, name))?.version ?? 0) + 1
      const updated_ms = now_ms()
      objects.set(keyOf(kind, name), { kind, name, body, version, updated_ms, updated_by })
      changed(kind)
      return version
    },
    async delete(kind, name) {
      const was = objects.delete(keyOf(kind, name))
      if (was) changed(kind)
      return was
    },
    onChanged(kind, run) {
      const runs = listeners.get(kind) ?? new Set()
      listeners.set(kind, runs.add(run))
      return () => void runs.delete(run)
    },
  }
}
