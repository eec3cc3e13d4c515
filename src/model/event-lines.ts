/**
 * Log lines that are events of other kinds, and land in their own tables: by the data set that a
 * shipper names on the resource, or by the container that everybody gives its sensor.
 */

export const eventLineKinds = ['audit', 'falco', 'tetragon', 'hubble', 'calico', 'envoy'] as const
export type EventLineKind = (typeof eventLineKinds)[number]

const byDataset: Readonly<Record<string, EventLineKind>> = {
  'kubernetes.audit_logs': 'audit',
  'falco.alerts': 'falco',
  'tetragon.events': 'tetragon',
  'hubble.flows': 'hubble',
  'calico.flows': 'calico',
  'istio.access_logs': 'envoy',
}

/** Their other lines stay log lines: each is looked at before it is taken. */
const byContainer: Readonly<Record<string, EventLineKind>> = {
  'kube-apiserver': 'audit',
  falco: 'falco',
  'export-stdout': 'tetragon',
  tetragon: 'tetragon',
  'cilium-agent': 'hubble',
  'hubble-export-stdout': 'hubble',
  'istio-proxy': 'envoy',
}

/** What the lines of a resource may be. any: what they look like; '': plain lines, all of them. */
export type EventLines = EventLineKind | 'any' | ''

/**
 * A container that has another name cannot speak for the API server or a sensor, whatever it
 * prints. Files, and shippers that name no container, are believed what their lines look like.
 * `attribute` answers '' for what a resource has not.
 */
export function eventLinesOf(attribute: (name: string) => string): EventLines {
  const dataset = attribute('data_stream.dataset')
  if (Object.hasOwn(byDataset, dataset)) return byDataset[dataset]!
  const container = attribute('k8s.container.name')
  if (container === '') return 'any'
  return Object.hasOwn(byContainer, container) ? byContainer[container]! : ''
}

type Head = { bytes: Uint8Array; kind: EventLineKind; holds: string }

/** How lines begin, and what they hold besides when others may begin like that. */
const heads: readonly (readonly [head: string, kind: EventLineKind, holds: string])[] = [
  ['{"kind":"Event","apiVersion":"audit.k8s.io/', 'audit', ''],
  ['{"process_', 'tetragon', '"process":{'],
  ['{"rate_limit_info":{', 'tetragon', ''],
  ['{"flow":{', 'hubble', '"verdict":'],
  ['{"lost_events":{', 'hubble', ''],
  ['{"hostname":"', 'falco', '"output_fields":'],
  ['{"output":"', 'falco', '"output_fields":'],
  ['{"output_fields":{', 'falco', '"priority":'],
  ['{"uuid":"', 'falco', '"output_fields":'],
  ['{"start_time":', 'calico', '"dest_name'],
  ['{"start_time":', 'envoy', '"response_flags":'],
]
const encoder = new TextEncoder()
/** By the third byte: the first letter of the first key. */
const byLetter: Head[][] = Array.from({ length: 256 }, () => [])
for (const [head, kind, holds] of heads) {
  const bytes = encoder.encode(head)
  byLetter[bytes[2]!]!.push({ bytes, kind, holds })
}

/** What a line is by its first bytes; '' is a plain one. Costs others the look at one byte. */
export function eventLineAt(bytes: Uint8Array, start: number, end: number): EventLineKind | '' {
  if (bytes[start] !== 0x7b || end - start < 32) return ''
  for (const { bytes: head, kind, holds } of byLetter[bytes[start + 2]!]!) {
    let at = 0
    while (at < head.length && bytes[start + at] === head[at]) at++
    if (at === head.length && (holds === '' || hasText(bytes, start, end, holds))) return kind
  }
  return ''
}

function hasText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).includes(text)
}
