/**
 * What a field of a metrics document is: a figure, a part of the series' identity, a state, or a
 * word about the shipment. Decided once for each name.
 */
import { meanings } from '../../records/meanings.ts'
import type { Path } from '../../records/paths.ts'

export const fieldKinds = {
  none: 0,
  figure: 1,
  identity: 2,
  state: 3,
  resource: 4,
  frame: 5,
} as const
export type FieldKind = (typeof fieldKinds)[keyof typeof fieldKinds]

export type Field = {
  /** What it is when it holds a text, and when it holds a number. */
  text: FieldKind
  number: FieldKind
  /** Its name as an attribute of a series. */
  attribute: string
  /** UCUM, where the name tells it. */
  unit: string
}

/** Of the shipment, not of what is measured: they change from document to document. */
const frames = [
  'event.',
  'metricset.',
  'agent.',
  'ecs.',
  'data_stream.',
  'input.',
  'elastic_agent.',
]
const frameNames = new Set([
  ...['@timestamp', 'message', 'error.message', 'error.type', '_index', '_id', 'service.version'],
  ...[
    'host.ip',
    'host.mac',
    'process.ppid',
    'process.pgid',
    'process.args',
    'process.command_line',
  ],
])

/** Last words of names that tell one thing from another and take few values. */
const identities = new Set(
  `name id uid device mount_point type mode interface direction method handler code host address
  topic partition queue vhost table index schema database db instance zone resource verb cluster
  namespace node container pod protocol pool group broker shard user.name level kind listener
  datname container_name le quantile`.split(/\s+/),
)
/** Numbers that name something. */
const numberIdentities = new Set(['process.pid', 'postgresql.activity.pid', 'system.core.id'])
/** These end in a word of the list and differ for every start, query or connection. */
const restless = /(?:^|\.)(?:run_id|ephemeral_id|query_id|query|cmdline|hash|container_id)$/
const states = new Set(['status', 'state', 'phase', 'health', 'reason'])
const identityFamilies = ['labels.', 'prometheus.labels.', 'tags']

const units: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)bytes(?:\.|$)|\.bytes$/, 'By'],
  [/(?:^|[._])pct$/, '1'],
  [/\.nanocores$/, 'n{cpu}'],
  [/\.ns$/, 'ns'],
  [/\.us$/, 'us'],
  [/\.ms$/, 'ms'],
  [/\.(?:sec|seconds)$/, 's'],
]

const known = new WeakMap<Path, Field>()

export function fieldOf(path: Path): Field {
  const found = known.get(path)
  if (found !== undefined) return found
  const made = decide(path)
  known.set(path, made)
  return made
}

function decide({ name, means }: Path): Field {
  const unit = units.find(([shape]) => shape.test(name))?.[1] ?? ''
  const text = textKind(name, means.meaning)
  // A state is told as kube-state-metrics does: `phase` is the attribute of a pod's phase.
  const last = text === fieldKinds.state ? name.slice(name.lastIndexOf('.') + 1) : name
  const attribute = last.startsWith('prometheus.labels.') ? last.slice(18) : last
  return { text, number: numberKind(name), attribute, unit }
}

function isFrame(name: string): boolean {
  return frameNames.has(name) || frames.some((frame) => name.startsWith(frame))
}

function numberKind(name: string): FieldKind {
  if (isFrame(name)) return fieldKinds.frame
  if (numberIdentities.has(name)) return fieldKinds.identity
  return fieldKinds.figure
}

function textKind(name: string, meaning: number): FieldKind {
  const isAgent = name === 'agent.id' || name === 'agent.name' || name === 'agent.type'
  if (isAgent && meaning === meanings.resource) return fieldKinds.resource
  if (isFrame(name)) return fieldKinds.frame
  if (meaning === meanings.resource) return fieldKinds.resource
  if (identityFamilies.some((family) => name.startsWith(family))) return fieldKinds.identity
  if (name.startsWith('service.')) return fieldKinds.identity
  if (restless.test(name)) return fieldKinds.frame
  const last = name.slice(name.lastIndexOf('.') + 1)
  if (states.has(last)) return fieldKinds.state
  return identities.has(last) ? fieldKinds.identity : fieldKinds.none
}
