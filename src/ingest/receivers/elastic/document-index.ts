/**
 * What the index says of a document that does not say it itself: its data stream, and the name and
 * id by which clients will ask for it.
 */
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { ownPath } from '../../records/paths.ts'
import type { IndexName } from './index-name.ts'

const paths = {
  type: ownPath('data_stream.type'),
  dataset: ownPath('data_stream.dataset'),
  namespace: ownPath('data_stream.namespace'),
  eventDataset: ownPath('event.dataset'),
  index: ownPath('_index'),
  id: ownPath('_id'),
}

type Text = { view: DataView; length: number }
type Texts = { name: Text; type: Text; dataset: Text; namespace: Text }

const encoder = new TextEncoder()
const texts = new WeakMap<IndexName, Texts>()

/** With room behind it, so that it is copied eight bytes at a time. */
function textOf(text: string): Text {
  const bytes = encoder.encode(text)
  const roomy = new Uint8Array(bytes.length + 8)
  roomy.set(bytes)
  return { view: viewOf(roomy), length: bytes.length }
}

function textsOf(index: IndexName): Texts {
  const known = texts.get(index)
  if (known !== undefined) return known
  const { name, type, dataset, namespace } = index
  const made = {
    name: textOf(name),
    type: textOf(type),
    dataset: textOf(dataset),
    namespace: textOf(namespace),
  }
  texts.set(index, made)
  return made
}

export function addIndex(record: FlatRecord, index: IndexName, id: string | undefined): void {
  const { name, type, dataset, namespace } = textsOf(index)
  const put = (path: typeof paths.type, { view, length }: Text) => {
    if (record.indexOf(path) < 0) record.text(path, view, 0, length)
  }
  if (index.isStream) {
    put(paths.type, type)
    put(paths.dataset, dataset)
    put(paths.namespace, namespace)
  } else {
    put(paths.index, name)
    // Modules name their data set themselves, whatever index they write to.
    const own = record.indexOf(paths.eventDataset)
    if (own < 0) put(paths.dataset, dataset)
    else if (record.indexOf(paths.dataset) < 0) record.string(paths.dataset, record.textAt(own))
  }
  if (id !== undefined) record.string(paths.id, id)
}
