/**
 * What Docker's fluentd driver says of a container, in the words that it has here: its id, its name
 * (also the service's) and the pod where the kubelet named the container.
 */
import type { FlatRecord } from '../../records/flat-record.ts'
import { ownPath } from '../../records/paths.ts'

const dockerId = ownPath('container_id')
const dockerName = ownPath('container_name')
const servicePath = ownPath('service.name')
const idPath = ownPath('container.id')
const namePath = ownPath('container.name')
const podPaths = [
  ownPath('k8s.container.name'),
  ownPath('k8s.pod.name'),
  ownPath('k8s.namespace.name'),
  ownPath('k8s.pod.uid'),
]
const id_digits = 64
const name_bytes_max = 512

/** To be called when the record's own fields are in it. */
export function putContainer(record: FlatRecord): void {
  const id = record.indexOf(dockerId)
  const name = record.indexOf(dockerName)
  if (id < 0 || name < 0) return
  const bytes = record.end[name]! - record.start[name]!
  if (record.end[id]! - record.start[id]! !== id_digits || bytes > name_bytes_max) return
  const text = record.textAt(name)
  // Docker's names begin with a slash; others' fields of this name do not.
  if (!/^\/[\w.-]+$/.test(text)) return
  add(record, idPath, record.textAt(id))
  const [prefix, ...parts] = text.slice(1).split('_')
  if (prefix === 'k8s' && parts.length === 5) {
    for (const [at, path] of podPaths.entries()) add(record, path, parts[at]!)
    return
  }
  add(record, namePath, text.slice(1))
  add(record, servicePath, text.slice(1))
}

function add(record: FlatRecord, path: typeof idPath, value: string): void {
  if (record.indexOf(path) < 0) record.string(path, value)
}
