/**
 * What the address says of all records of a body, for those that do not say it themselves, and the
 * time of records that have it under a shipper's own name.
 */
import { foundTime, readTimeValue } from '../../../pipeline/time-text.ts'
import { type FlatRecord, valueKinds } from '../../records/flat-record.ts'
import { meanings } from '../../records/meanings.ts'
import { ownPath, type Path } from '../../records/paths.ts'

export type Default = { path: Path; value: string }
export type Defaults = readonly Default[]

/** Query parameters, and what they set. */
const parameters: readonly (readonly [name: string, path: Path])[] = [
  ['service', ownPath('service.name')],
  ['namespace', ownPath('k8s.namespace.name')],
  ['cluster', ownPath('k8s.cluster.name')],
  ['dataset', ownPath('data_stream.dataset')],
]
const value_bytes_max = 256

/** Fluent Bit's name for the time of a record (`json_date_key`). */
const datePath = ownPath('date')

export function defaultsOf(query: URLSearchParams): Defaults {
  return parameters.flatMap(([name, path]) => {
    const value = query.get(name)?.slice(0, value_bytes_max)
    return value ? [{ path, value }] : []
  })
}

export function fillDefaults(record: FlatRecord, defaults: Defaults): void {
  for (const { path, value } of defaults) {
    if (!isSaid(record, path)) record.string(path, value)
  }
  const index = record.indexOf(datePath)
  if (index < 0 || hasTime(record)) return
  const isNumber = record.kind[index] === valueKinds.number
  if (readTimeValue(isNumber ? record.value[index] : record.textAt(index))) {
    record.time(foundTime.seconds, roundedOf(foundTime.nanoseconds, isNumber))
  }
}

/** A double holds the time to a fifth of a microsecond: what lies below is noise. */
function roundedOf(nanoseconds: number, isNumber: boolean): number {
  if (!isNumber) return nanoseconds
  return Math.min(999_999_000, Math.round(nanoseconds / 1000) * 1000)
}

/** Under this name, or another for the same. */
function isSaid(record: FlatRecord, path: Path): boolean {
  if (record.indexOf(path) >= 0) return true
  const { meaning, resource } = path.means
  if (meaning !== meanings.resource) return false
  for (let i = 0; i < record.count; i++) {
    const { means } = record.paths[i]!
    if (means.meaning === meaning && means.resource === resource) return true
  }
  return false
}

function hasTime(record: FlatRecord): boolean {
  for (let i = 0; i < record.count; i++) {
    if (record.paths[i]!.means.meaning === meanings.time) return true
  }
  return false
}
