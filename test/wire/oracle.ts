/**
 * The slow, obvious reading of OTLP: decoded objects to expected rows. Written from the
 * specification and the column meanings, sharing no code with the decoders but the template hash.
 */
import { limits } from '../../src/model/limits.ts'
import type { RejectReason } from '../../src/model/outcome.ts'
import type { Plain } from './otlp-proto.ts'
import type { Row } from './row-reader.ts'

export type Bounds = {
  arrived_ms: number
  time_ms_min: number
  time_ms_max: number
  cluster: string
}

/** Rows of every table, in the order in which they are written, with ids spelled out as text. */
export class Expected {
  rows: Record<string, Row[]> = {}
  accepted = 0
  reasons: Partial<Record<RejectReason, number>> = {}
  #seen = new Set<string>()

  add(table: string, row: Row): void {
    const rows = this.rows[table] ?? []
    rows.push(row)
    this.rows[table] = rows
  }

  reject(reason: RejectReason): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1
  }

  once(identity: string, time_ns: bigint): boolean {
    const key = `${identity} ${time_ns / day_ns}`
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }
}

const ms_ns = 1_000_000n
export const day_ns = 86_400_000n * ms_ns

export const bytesOf = (text: string): string => Buffer.from(text).toString('latin1')

/** Cuts to whole characters that fit. */
export function cut(text: string, bytes_max: number): string {
  let kept = ''
  let size = 0
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > bytes_max) break
    kept += character
  }
  return bytesOf(kept)
}
export const word = (text: string | undefined): string => cut(text ?? '', 256)

/** Of equal keys the last value counts, at the place of the first. */
export function merged(attributes: Plain[] | undefined): Map<string, Plain> {
  const map = new Map<string, Plain>()
  for (const { key, value } of attributes ?? []) {
    map.set(key ?? '', value ?? {})
    if (map.size > limits.attributes_max) throw new Error('the oracle knows no limit')
  }
  return map
}

export function depthOf(value: Plain): number {
  if (value?.arrayValue) {
    return 1 + Math.max(0, ...(value.arrayValue.values ?? []).map((v: Plain) => depthOf(v)))
  }
  if (value?.kvlistValue) {
    return 1 + Math.max(0, ...(value.kvlistValue.values ?? []).map((v: Plain) => depthOf(v.value)))
  }
  return 0
}

export function isTooDeep(values: Iterable<Plain>): boolean {
  return [...values].some((value) => depthOf(value) > limits.any_value_depth_max)
}

export function textOf(value: Plain): string {
  return value?.stringValue ?? (json(value) === 'null' ? '' : plain(value))
}

function plain(value: Plain): string {
  if (value.doubleValue !== undefined) return String(value.doubleValue)
  if (value.bytesValue !== undefined) return value.bytesValue.toString('base64')
  return json(value)
}

/** JSON text that keeps repeated keys and exact integers. */
function json(value: Plain): string {
  if (value?.stringValue !== undefined) return JSON.stringify(value.stringValue)
  if (value?.boolValue !== undefined) return String(value.boolValue)
  if (value?.intValue !== undefined) return value.intValue
  if (value?.doubleValue !== undefined) {
    const number = value.doubleValue
    return Number.isFinite(number) ? String(number) : `"${number}"`
  }
  if (value?.bytesValue !== undefined) return `"${value.bytesValue.toString('base64')}"`
  if (value?.arrayValue) return `[${(value.arrayValue.values ?? []).map(json).join(',')}]`
  if (value?.kvlistValue) {
    const pairs = value.kvlistValue.values ?? []
    const members = pairs.map((p: Plain) => `${JSON.stringify(p.key ?? '')}:${json(p.value)}`)
    return `{${members.join(',')}}`
  }
  return 'null'
}

/** The maps attributes and numbers. */
export function maps(attributes: Map<string, Plain>): { attributes: Row; numbers: Row } {
  const texts: [string, string][] = []
  const numbers: [string, number][] = []
  for (const [key, value] of attributes) {
    const number = value.doubleValue ?? (value.intValue === undefined ? undefined : +value.intValue)
    const isNumber = value.doubleValue !== undefined || Number.isSafeInteger(number)
    if (isNumber) numbers.push([bytesOf(key), number])
    else texts.push([bytesOf(key), bytesOf(textOf(value))])
  }
  return { attributes: Object.fromEntries(texts), numbers: Object.fromEntries(numbers) }
}

export function textMap(attributes: Map<string, Plain>): Row {
  const texts = [...attributes].map(([key, value]) => [bytesOf(key), bytesOf(textOf(value))])
  return Object.fromEntries(texts)
}

export function hexId(id: Buffer | undefined, length: number): string {
  return id?.length === length ? id.toString('hex') : '00'.repeat(length)
}

export function timeReason(time_ns: bigint, bounds: Bounds): RejectReason | undefined {
  const time_ms = time_ns / ms_ns
  if (time_ms < BigInt(bounds.time_ms_min)) return 'time_too_old'
  return time_ms > BigInt(bounds.time_ms_max) ? 'time_in_future' : undefined
}

export type Place = { columns: Row; attributes: Row; isTooDeep: boolean; id: string; scope: string }

const workloads = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job', 'replicaset']

/** The columns that a resource gives to its rows. */
export function placeOf(resource: Plain, scope: Plain, bounds: Bounds): Place {
  const sent = [...(resource?.attributes ?? [])]
  if (bounds.cluster) {
    const bound = { key: 'k8s.cluster.name', value: { stringValue: bounds.cluster } }
    sent.unshift(bound)
    sent.push(bound)
  }
  const attributes = merged(sent)
  const first = (...keys: string[]): string => {
    for (const key of keys) {
      const text = textOf(attributes.get(key))
      if (text !== '') return word(text)
    }
    return ''
  }
  const texts = textMap(attributes)
  const id = JSON.stringify(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)))
  const columns = {
    cluster: first('k8s.cluster.name'),
    namespace: first('k8s.namespace.name'),
    workload: first(...workloads.map((kind) => `k8s.${kind}.name`)),
    pod: first('k8s.pod.name'),
    container: first('k8s.container.name'),
    node: first('k8s.node.name'),
    service: first('service.name') || 'unknown_service',
    resource_id: id,
  }
  const deep = isTooDeep(attributes.values())
  return { columns, attributes: texts, isTooDeep: deep, id, scope: word(scope?.name) }
}

export function addResource(expected: Expected, place: Place, time_ns: bigint): void {
  if (!expected.once(`resource ${place.id}`, time_ns)) return
  const time = time_ns / ms_ns
  expected.add('resources', { ...place.columns, time, attributes: place.attributes })
}

/** Every record of a request with its place. */
export function* recordsOf(
  request: Plain,
  names: readonly [string, string, string],
  bounds: Bounds,
): Generator<{ place: Place; record: Plain }> {
  const [resources, scopes, records] = names
  for (const one of request[resources] ?? []) {
    for (const scoped of one[scopes] ?? []) {
      const place = placeOf(one.resource, scoped.scope, bounds)
      for (const record of scoped[records] ?? []) yield { place, record }
    }
  }
}
