/**
 * A stored log record as the document that pipelines work on: nested, in the names that pipelines
 * for Elasticsearch are written in. Reading records is queries.ts.
 */
import { genericDataset } from './contract.ts'

export type StoredRecord = {
  time_ns: string
  severity: string
  severity_text: string
  event_name: string
  scope: string
  body: string
  trace: string
  span: string
  attributes: Readonly<Record<string, string>>
  numbers: Readonly<Record<string, number>>
}

export type Nested = { [name: string]: unknown }

const ecsNames: Readonly<Record<string, string>> = {
  'deployment.environment.name': 'service.environment',
  'service.instance.id': 'service.node.name',
  'host.arch': 'host.architecture',
  'k8s.cluster.name': 'orchestrator.cluster.name',
  'k8s.cluster.uid': 'orchestrator.cluster.id',
  'k8s.namespace.name': 'kubernetes.namespace',
  'k8s.pod.name': 'kubernetes.pod.name',
  'k8s.pod.uid': 'kubernetes.pod.uid',
  'k8s.pod.ip': 'kubernetes.pod.ip',
  'k8s.node.name': 'kubernetes.node.name',
  'k8s.container.name': 'kubernetes.container.name',
  'k8s.deployment.name': 'kubernetes.deployment.name',
  'k8s.replicaset.name': 'kubernetes.replicaset.name',
  'k8s.statefulset.name': 'kubernetes.statefulset.name',
  'k8s.daemonset.name': 'kubernetes.daemonset.name',
  'k8s.cronjob.name': 'kubernetes.cronjob.name',
  'k8s.job.name': 'kubernetes.job.name',
}
const families = [
  ['k8s.pod.label.', 'kubernetes.labels.'],
  ['k8s.pod.annotation.', 'kubernetes.annotations.'],
  ['k8s.namespace.label.', 'kubernetes.namespace_labels.'],
] as const

export function ecsName(name: string): string {
  if (Object.hasOwn(ecsNames, name)) return ecsNames[name]!
  const family = families.find(([own]) => name.startsWith(own))
  return family === undefined ? name : family[1] + name.slice(family[0].length)
}

/** Long lines are cut: what is tried on twenty records is sent through the browser. */
const body_length_max = 16_384

export function documentOf(
  record: StoredRecord,
  resource: Readonly<Record<string, string>>,
): { document: Nested; index: string } {
  const document = empty()
  const { attributes, numbers } = record
  put(document, '@timestamp', isoTime(record.time_ns))
  for (const [name, value] of Object.entries(resource)) put(document, ecsName(name), itemsOf(value))
  for (const [name, value] of Object.entries(attributes)) {
    put(document, ecsName(name), itemsOf(value))
  }
  for (const [name, value] of Object.entries(numbers)) put(document, ecsName(name), value)
  const word = (path: string, value: string) => value !== '' && put(document, path, value)
  word('log.level', record.severity_text || record.severity)
  word('log.logger', record.scope)
  word('event_name', record.event_name)
  word('trace.id', record.trace)
  word('span.id', record.span)
  put(document, 'message', record.body.slice(0, body_length_max))
  const said = (name: string) => attributes[name] ?? resource[name]
  const stream = {
    type: said('data_stream.type') ?? 'logs',
    dataset: said('data_stream.dataset') ?? said('event.dataset') ?? genericDataset,
    namespace: said('data_stream.namespace') ?? 'default',
  }
  for (const [name, value] of Object.entries(stream)) put(document, `data_stream.${name}`, value)
  return { document, index: `${stream.type}-${stream.dataset}-${stream.namespace}` }
}

function isoTime(time_ns: string): string {
  const ns = BigInt(time_ns)
  const to_second = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${to_second}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
}

/** Lists are stored as JSON text. */
function itemsOf(text: string): unknown {
  if (!text.startsWith('[') || !text.endsWith(']')) return text
  try {
    const items: unknown = JSON.parse(text)
    return Array.isArray(items) ? items : text
  } catch {
    return text
  }
}

/** Names come from outside: an object without a prototype has no surprises. */
function empty(): Nested {
  return Object.create(null) as Nested
}

function isNested(value: unknown): value is Nested {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function put(document: Nested, name: string, value: unknown): void {
  const keys = name.split('.')
  let at = document
  for (const [depth, key] of keys.slice(0, -1).entries()) {
    const next = at[key]
    if (next === undefined) {
      const made = empty()
      at[key] = made
      at = made
    } else if (isNested(next)) at = next
    else {
      // `a` is a value and `a.b` is one too: the longer name stays one key.
      at[keys.slice(depth).join('.')] = value
      return
    }
  }
  const last = keys.at(-1)!
  const there = at[last]
  if (isNested(there)) there.value = value
  else at[last] = value
}
