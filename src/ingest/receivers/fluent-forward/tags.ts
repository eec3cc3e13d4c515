/**
 * What a tag tells: its own text, and the container whose log file it was made from. Equal tags are
 * looked at once.
 */
import { copyOf, viewOf } from '../../../wire/copy-bytes.ts'
import { sameBytes } from '../../../wire/hash.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { ownPath, type Path } from '../../records/paths.ts'

type Word = { path: Path; view: DataView }
export type Tag = { bytes: Uint8Array; text: Word; container: readonly Word[] }

const tags_max = 4096
const tag_bytes_max = 4096

const tagPath = ownPath('fluent.tag')
const podPath = ownPath('k8s.pod.name')
const namespacePath = ownPath('k8s.namespace.name')
const containerPath = ownPath('k8s.container.name')
const idPath = ownPath('container.id')
/** A record that says its pod itself, by whichever filter, knows better. */
const saidPaths = [
  podPath,
  ...['kubernetes.pod_name', 'kubernetes.pod.name', 'kubernetes.namespace_name'].map(ownPath),
]

const known = new Map<string, Tag>()
let last: Tag | undefined

/** The tag at [start, end). */
export function tagOf(bytes: Uint8Array, start: number, end: number): Tag {
  const length = Math.min(end - start, tag_bytes_max)
  if (last?.bytes.length === length && sameBytes(last.bytes, 0, bytes, start, length)) return last
  const own = copyOf(bytes, start, start + length)
  const name = Buffer.from(own.buffer, own.byteOffset, length).toString('latin1')
  let tag = known.get(name)
  if (tag === undefined) {
    if (known.size >= tags_max) known.clear()
    tag = { bytes: own, text: wordOf(tagPath, own), container: containerOf(name) }
    known.set(name, tag)
  }
  last = tag
  return tag
}

/** To be called when the record's own fields are in it. */
export function putTag(record: FlatRecord, { text, container }: Tag): void {
  record.text(text.path, text.view, 0, text.view.byteLength)
  if (container.length === 0 || saidPaths.some((path) => record.indexOf(path) >= 0)) return
  for (const { path, view } of container) record.text(path, view, 0, view.byteLength)
}

function wordOf(path: Path, bytes: Uint8Array): Word {
  return { path, view: viewOf(bytes) }
}

const folder = 'var.log.containers.'
const ending = '.log'
const id_digits = 64

/** `kube.var.log.containers.<pod>_<namespace>_<container>-<id>.log`, nothing when it is not so. */
function containerOf(tag: string): Word[] {
  if (!tag.endsWith(ending)) return []
  const folder_at = tag.indexOf(folder)
  const isKube = tag.startsWith('kube.') || tag.startsWith('kubernetes.')
  if (folder_at < 0 && !isKube) return []
  const from = folder_at < 0 ? tag.indexOf('.') + 1 : folder_at + folder.length
  const name = tag.slice(from, -ending.length)
  const first = name.indexOf('_')
  const second = name.indexOf('_', first + 1)
  const dash = name.length - id_digits - 1
  if (first <= 0 || second <= first + 1 || dash <= second + 1 || name[dash] !== '-') return []
  const words: [Path, string][] = [
    [podPath, name.slice(0, first)],
    [namespacePath, name.slice(first + 1, second)],
    [containerPath, name.slice(second + 1, dash)],
    [idPath, name.slice(dash + 1)],
  ]
  if (!isPodName(words[0]![1]) || !/^[a-z0-9]+$/.test(words[3]![1])) return []
  return words.map(([path, word]) => wordOf(path, Buffer.from(word, 'latin1')))
}

/** Parts of small letters, digits and dashes with dots between; no part begins or ends with one. */
function isPodName(name: string): boolean {
  if (name.length > 253) return false
  return name.split('.').every((part) => /^[a-z0-9-]+$/.test(part) && !/^-|-$/.test(part))
}
