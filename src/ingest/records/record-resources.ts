/**
 * The resource of a record that came as flat fields. Its attributes get OpenTelemetry's names, so
 * that a pod is the same thing whoever ships its logs; equal ones are put together once.
 */
import { imageOf } from '../../model/image-name.ts'
import { workloadOfName } from '../../model/pod-name.ts'
import { viewOf } from '../../wire/copy-bytes.ts'
import { quickHash } from '../../wire/hash.ts'
import { type AttributeValue, encodeResource } from '../../wire/otlp/encode-logs.ts'
import { findResource, RowPrefix } from '../../wire/otlp/resource.ts'
import { ProtobufReader } from '../../wire/protobuf-reader.ts'
import { RowBuffer } from '../../wire/row-buffer.ts'
import { type FlatRecord, valueKinds } from './flat-record.ts'

export type KnownResource = {
  key: DataView
  cluster: string
  prefix: RowPrefix
  /** The request for which the prefix was last prepared. */
  request: number
}

const resources_max = 2048
const key_bytes_max = 8 * 1024
const known = new Map<number, KnownResource>()
const key = new RowBuffer(1024)
const reader = new ProtobufReader()

/** The resource that the record's fields amount to. */
export function resourceOf(record: FlatRecord, cluster: string): KnownResource {
  writeKey(record)
  const hash = quickHash(key.view, 0, key.length)
  const found = known.get(hash)
  if (found !== undefined && found.cluster === cluster && found.key.byteLength === key.length) {
    if (isSame(found.key, key.view)) return found
  }
  const made = make(record, cluster)
  if (key.length <= key_bytes_max) {
    known.delete(hash)
    known.set(hash, made)
    if (known.size > resources_max) known.delete(known.keys().next().value!)
  }
  return made
}

/** Four bytes at a time: the keys of Kubernetes' resources have hundreds. */
function isSame(a: DataView, b: DataView): boolean {
  const { byteLength: end } = a
  let at = 0
  for (; at < end - 3; at += 4) if (a.getInt32(at) !== b.getInt32(at)) return false
  for (; at < end; at++) if (a.getUint8(at) !== b.getUint8(at)) return false
  return true
}

/** Which of a record's fields name its resource. */
export type IsResource = (record: FlatRecord, index: number) => boolean

function isResource(record: FlatRecord, index: number): boolean {
  return record.isResource(index)
}

/** Equal for records whose resource is the same, for tables of those who write no rows of logs. */
export function resourceKey(record: FlatRecord, isOne: IsResource): string {
  writeKey(record, isOne)
  return Buffer.from(key.written()).toString('latin1')
}

/** What was added at once is named by its serial: it is most of a shipper's resource. */
function writeKey(record: FlatRecord, isOne: IsResource = isResource): void {
  key.length = 0
  const last = Math.min(record.count, record.innerFrom)
  const { runs } = record
  const runCount = isOne === isResource && !record.resourceNames ? record.runCount : 0
  let run = 0
  for (let i = 0; i < last; i++) {
    if (run < runCount && runs[run]!.from === i) {
      const { serial, to } = runs[run++]!
      // No path has this id.
      key.u8(0)
      key.varint(serial)
      i = to - 1
      continue
    }
    const path = record.paths[i]!
    if (!isOne(record, i)) continue
    key.varint(path.id)
    if (record.kind[i] === valueKinds.text) {
      key.string(record.arena.view, record.start[i]!, record.end[i]!)
    } else {
      key.u8(0)
      key.float64(record.value[i]!)
    }
  }
}

function make(record: FlatRecord, cluster: string): KnownResource {
  const own = viewOf(key.written().slice())
  const bytes = encodeResource(Object.fromEntries(resourceAttributes(record, isResource)))
  reader.open(bytes, 'resource')
  const prefix = new RowPrefix()
  prefix.setResource(findResource(reader, 0, bytes.length, cluster))
  reader.close()
  return { key: own, cluster, prefix, request: -1 }
}

/** The attributes in OpenTelemetry's names, with what follows from them. */
export function resourceAttributes(
  record: FlatRecord,
  isOne: IsResource,
): Map<string, AttributeValue> {
  const ranks = new Map<string, number>()
  const attributes = new Map<string, AttributeValue>()
  const last = Math.min(record.count, record.innerFrom)
  for (let i = 0; i < last; i++) {
    if (!isOne(record, i)) continue
    const { name, means } = record.paths[i]!
    const { rank } = means
    // The sender's own resource attributes may have a name that means nothing here.
    const resource = means.resource || name
    if (rank >= (ranks.get(resource) ?? 10)) continue
    const isText = record.kind[i] === valueKinds.text
    const value = isText ? record.textAt(i) : record.value[i]!
    if (value === '') continue
    ranks.set(resource, rank)
    attributes.set(resource, value)
  }
  nameImage(attributes)
  nameContainerId(attributes)
  nameService(attributes)
  return attributes
}

function nameImage(attributes: Map<string, AttributeValue>): void {
  const image = attributes.get('container.image.name')
  if (typeof image !== 'string') return
  const { name, tag } = imageOf(image)
  attributes.set('container.image.name', name)
  if (tag !== '' && !attributes.has('container.image.tag')) {
    attributes.set('container.image.tag', tag)
  }
}

function nameContainerId(attributes: Map<string, AttributeValue>): void {
  const id = attributes.get('container.id')
  if (typeof id !== 'string') return
  const runtime = /^([a-z0-9-]+):\/\//.exec(id)
  if (runtime !== null) attributes.set('container.id', id.slice(runtime[0].length))
}

const labels = ['app.kubernetes.io/instance', 'app.kubernetes.io/name'].flatMap((label) => [
  `k8s.pod.label.${label}`,
  // As Beats store it.
  `k8s.pod.label.${label.replaceAll('.', '_')}`,
])
/** A ReplicaSet and a Job have makers of their own: what the pod's name tells says more. */
const owners = ['deployment', 'statefulset', 'daemonset', 'cronjob'].map(
  (owner) => `k8s.${owner}.name`,
)

/** The service as the agent would call it: from labels, then the owner, then the pod's name. */
function nameService(attributes: Map<string, AttributeValue>): void {
  const pod = attributes.get('k8s.pod.name')
  const workload = typeof pod === 'string' ? workloadOfName(pod) : undefined
  if (workload !== undefined && workload.attribute !== '') {
    if (!owners.some((owner) => attributes.has(owner))) {
      attributes.set(workload.attribute, workload.name)
    }
  }
  if (attributes.has('service.name')) return
  const named = [
    ...[...labels, ...owners].map((name) => attributes.get(name)),
    workload?.name,
    attributes.get('k8s.container.name'),
  ].find((name) => name !== undefined && name !== '')
  if (named !== undefined) attributes.set('service.name', named)
}

const noScope = new ProtobufReader()
noScope.open(new Uint8Array(0), 'scope')

/** The columns before a record's time, for this request. */
export function prefixOf(resource: KnownResource, request: number, arrived_ms: number): RowPrefix {
  const { prefix } = resource
  if (resource.request !== request) {
    resource.request = request
    prefix.setScope(noScope, 0, 0, arrived_ms)
    prefix.dayTo_ms = -1
  }
  return prefix
}

/** The same for a record that names its scope. */
export function scopedPrefix(
  resource: KnownResource,
  scope: Uint8Array,
  arrived_ms: number,
): RowPrefix {
  const prefix = new RowPrefix()
  prefix.setResource(resource.prefix.resource)
  const named = new ProtobufReader()
  named.open(scope, 'scope')
  prefix.setScope(named, 0, scope.length, arrived_ms)
  return prefix
}
