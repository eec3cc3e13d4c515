/** What a resource says of itself, read where it lies: its keys and the words for its pod. */

import type { ProtobufReader } from '../protobuf-reader.ts'

export type ResourceWords = {
  keys: ReadonlySet<string>
  pod_ip: string
  pod_uid: string
  container_id: string
  container_name: string
  /** Sent as a number or as text. */
  restart_count: number | undefined
}

/** A resource where it lies; more than one in a message are merged. */
export type Span = readonly [start: number, from: number, end: number]

const decoder = new TextDecoder()

type Word = { text: string } | { whole: number } | undefined

export function readResourceWords(
  reader: ProtobufReader,
  resources: readonly Span[],
): ResourceWords {
  const words = new Map<string, Word>()
  for (const [, from, end] of resources) readAttributes(reader, from, end, words)
  const text = (key: string) => {
    const word = words.get(key)
    return word !== undefined && 'text' in word ? word.text : ''
  }
  return {
    keys: new Set(words.keys()),
    pod_ip: text('k8s.pod.ip'),
    pod_uid: text('k8s.pod.uid'),
    container_id: text('container.id').replace(/^[a-z0-9-]+:\/\//, ''),
    container_name: text('k8s.container.name'),
    restart_count: wholeOf(words.get('k8s.container.restart_count')),
  }
}

function wholeOf(word: Word): number | undefined {
  if (word === undefined) return undefined
  if ('whole' in word) return word.whole
  return /^\d{1,9}$/.test(word.text) ? Number(word.text) : undefined
}

function readAttributes(
  reader: ProtobufReader,
  from: number,
  end: number,
  words: Map<string, Word>,
): void {
  let at = from
  while (at < end) {
    const tag = reader.varint(at)
    const after = reader.after
    if (tag === 0x0a) {
      const inner = reader.enter(after, end)
      at = reader.stop
      readKeyValue(reader, inner, at, words)
    } else at = reader.skip(tag, after, end)
  }
}

function readKeyValue(
  reader: ProtobufReader,
  from: number,
  end: number,
  words: Map<string, Word>,
): void {
  let key = ''
  let value: Word
  let at = from
  while (at < end) {
    const tag = reader.varint(at)
    const after = reader.after
    if (tag !== 0x0a && tag !== 0x12) {
      at = reader.skip(tag, after, end)
      continue
    }
    const inner = reader.enter(after, end)
    at = reader.stop
    if (tag === 0x0a) key = decoder.decode(reader.bytes.subarray(inner, at))
    else value = readValue(reader, inner, at)
  }
  // The first one counts, as where a resource is stored.
  if (!words.has(key)) words.set(key, value)
}

/** Text and whole numbers; of other values only the key matters. */
function readValue(reader: ProtobufReader, from: number, end: number): Word {
  let word: Word
  let at = from
  while (at < end) {
    const tag = reader.varint(at)
    const after = reader.after
    if (tag === 0x0a) {
      const inner = reader.enter(after, end)
      at = reader.stop
      word = { text: decoder.decode(reader.bytes.subarray(inner, at)) }
    } else if (tag === 0x18) {
      const lo = reader.varint(after)
      at = reader.within(reader.after, end)
      word = { whole: reader.hi === 0 ? lo : -1 }
    } else at = reader.skip(tag, after, end)
  }
  return word
}
