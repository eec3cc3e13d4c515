/** Which message of remote write a request holds, as its headers say, and what they must say. */
import { Fault } from '../../../model/faults.ts'
import type { HttpHead } from '../../receiver.ts'

export type Version = 1 | 2

const mediaType = 'application/x-protobuf'
const messages: ReadonlyMap<string, Version> = new Map([
  ['prometheus.WriteRequest', 1],
  ['io.prometheus.write.v2.Request', 2],
])
const expected = [...messages.keys()].map((name) => `${mediaType};proto=${name}`).join(' or ')

type Said = Pick<HttpHead, 'media_type' | 'headers'>

/** Without a parameter, and even without a type, it is 1.0, as it was before there was 2.0. */
export function versionOf({ media_type, headers }: Said): Version | undefined {
  if (media_type !== '' && media_type !== mediaType) return undefined
  const proto = parameter(headers['content-type'] ?? '', 'proto')
  return proto === undefined ? 1 : messages.get(proto)
}

/** Throws the fault that the headers ask for. */
export function negotiated(said: Said): Version {
  const version = versionOf(said)
  if (version === undefined) {
    const got = String(said.headers['content-type']).slice(0, 200)
    throw new Fault('content_type_unsupported', { expected, got })
  }
  const encoding = said.headers['content-encoding'] ?? 'snappy'
  if (String(encoding).trim().toLowerCase() !== 'snappy') {
    throw new Fault('snappy_expected', { got: String(encoding).slice(0, 100) })
  }
  return version
}

/** Whether the request is meant as 1.0, whose senders know 400 for what 2.0 answers with 415. */
export function isOfFirst(said: Said): boolean {
  const version = versionOf(said)
  if (version !== undefined) return version === 1
  return /^[01]\./.test(String(said.headers['x-prometheus-remote-write-version'] ?? ''))
}

function parameter(header: string | string[], name: string): string | undefined {
  for (const part of String(header).split(';').slice(1)) {
    const [key = '', value = ''] = part.split('=', 2)
    if (key.trim().toLowerCase() === name) return value.trim().replace(/^"(.*)"$/, '$1')
  }
  return undefined
}
