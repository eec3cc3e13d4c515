/** Decides which facts stand at the top of each kind's page, read from the object itself. */
import { bytes } from '../../../ui/format/figures.ts'
import { t } from '../../../ui/i18n/translate.ts'
import type { Entity } from '../contract-entity.ts'
import { cores, type ObjectRow, readyOf } from '../prepare.ts'
import { readObject } from './prepare-containers.ts'

/** Key of its name in the words, and its value as text. */
export type Fact = {
  key: string
  value: string
  tone?: 'warn' | 'bad' | undefined
  /** The thing that the value names. */
  link?: { kind: string; namespace: string } | undefined
}

/** As a row of the lists: their menus and bars serve here too. */
export function rowOf(entity: Entity): ObjectRow {
  const { cluster, kind, namespace, name } = entity
  return { ...entity, id: [cluster, kind, namespace, name].join('/'), details: {} }
}

type Plain = Record<string, unknown>

export function factsOf(entity: Entity): Fact[] {
  const object = readObject(entity.object)
  const facts = [...ofKind(entity, object), ...shared(entity)]
  return facts.filter(({ value }) => value !== '')
}

function shared(entity: Entity): Fact[] {
  const { restarts } = entity.numbers
  const isBad = (restarts ?? 0) > 0
  const ready = readyOf(rowOf(entity))
  const isShort = ready !== undefined && ready.ready < ready.wanted
  return [
    ready === undefined
      ? { key: 'ready', value: '' }
      : {
          key: 'ready',
          value: `${ready.ready}/${ready.wanted}`,
          tone: isShort ? 'warn' : undefined,
        },
    { key: 'restarts', value: text(restarts), tone: isBad ? 'warn' : undefined },
  ]
}

type Look = {
  /** The text at a path of the object; empty when there is none. */
  at: (...path: string[]) => string
  raw: (...path: string[]) => unknown
  entity: Entity
}

const fact = (key: string, value: string): Fact => ({ key, value })
const named = (key: string, kind: string, name: string, namespace = ''): Fact => {
  return { key, value: name, link: { kind, namespace } }
}

function ofKind(entity: Entity, object: unknown): Fact[] {
  const raw = (...path: string[]) => valueAt(object, path)
  const look: Look = { entity, raw, at: (...path) => text(raw(...path)) }
  return (kinds[entity.kind] ?? workload)(look)
}

const workload = ({ at, raw }: Look): Fact[] => [
  fact('strategy', at('spec', 'strategy', 'type') || at('spec', 'updateStrategy', 'type')),
  fact('selector', pairsOf(raw('spec', 'selector', 'matchLabels'))),
]

const kinds: Readonly<Record<string, (look: Look) => Fact[]>> = {
  Pod: ({ at, entity: { namespace } }) => [
    fact('ip', at('status', 'podIP')),
    fact('qos', at('status', 'qosClass')),
    named('service_account', 'ServiceAccount', at('spec', 'serviceAccountName'), namespace),
    fact('priority', at('spec', 'priorityClassName')),
  ],
  Node: ({ at, entity: { numbers, labels } }) => [
    fact('capacity', capacityOf(numbers)),
    fact('pods', ofMost(numbers.pods, numbers.pods_allocatable)),
    fact('version', at('status', 'nodeInfo', 'kubeletVersion')),
    fact('os', at('status', 'nodeInfo', 'osImage')),
    fact('runtime', at('status', 'nodeInfo', 'containerRuntimeVersion')),
    fact('zone', labels['topology.kubernetes.io/zone'] ?? ''),
  ],
  Cluster: ({ entity: { numbers } }) => [
    fact('capacity', capacityOf(numbers)),
    fact('nodes', unwellOf(numbers.nodes, numbers.nodes_unwell)),
    fact('pods', unwellOf(numbers.pods, (numbers.pods_bad ?? 0) + (numbers.pods_warn ?? 0))),
    fact('workloads', unwellOf(numbers.workloads, numbers.workloads_unwell)),
    fact('namespaces', text(numbers.namespaces)),
  ],
  Namespace: ({ entity: { numbers } }) => [fact('pods', text(numbers.pods))],
  Service: ({ at, raw }) => [
    fact('type', at('spec', 'type')),
    fact('cluster_ip', at('spec', 'clusterIP')),
    fact('ports', portsOf(raw('spec', 'ports'))),
    fact('selector', pairsOf(raw('spec', 'selector'))),
  ],
  CronJob: ({ at, raw, entity: { numbers } }) => [
    fact('schedule', at('spec', 'schedule')),
    fact('suspended', raw('spec', 'suspend') === true ? t('entity.yes') : ''),
    fact('last_scheduled', at('status', 'lastScheduleTime')),
    fact('active', text(numbers.active)),
  ],
  Job: ({ entity: { numbers } }) => [
    fact('failed', text(numbers.failed)),
    fact('active', text(numbers.active)),
  ],
  PersistentVolumeClaim: ({ at }) => [
    fact('capacity', at('status', 'capacity', 'storage')),
    named('storage_class', 'StorageClass', at('spec', 'storageClassName')),
    named('volume', 'PersistentVolume', at('spec', 'volumeName')),
  ],
  PersistentVolume: ({ at }) => {
    const claimed = at('spec', 'claimRef', 'namespace')
    return [
      fact('capacity', at('spec', 'capacity', 'storage')),
      named('storage_class', 'StorageClass', at('spec', 'storageClassName')),
      named('claim', 'PersistentVolumeClaim', at('spec', 'claimRef', 'name'), claimed),
    ]
  },
  HorizontalPodAutoscaler: ({ at, entity: { namespace } }) => {
    const of = at('spec', 'scaleTargetRef', 'kind')
    return [
      named('target', of, at('spec', 'scaleTargetRef', 'name'), namespace),
      fact('replicas', `${at('spec', 'minReplicas') || 1}–${at('spec', 'maxReplicas')}`),
    ]
  },
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isPlain(at) ? at[key] : undefined), object)
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function capacityOf(numbers: Record<string, number>): string {
  const { cpu_allocatable_cores: cpu, memory_allocatable_bytes: memory } = numbers
  if (cpu === undefined || memory === undefined || cpu === 0) return ''
  return `${cores(cpu)} CPU · ${bytes(memory)}`
}

function ofMost(value: number | undefined, most: number | undefined): string {
  if (value === undefined) return ''
  return most === undefined || most === 0 ? String(value) : `${value}/${most}`
}

function unwellOf(value: number | undefined, unwell = 0): string {
  if (value === undefined) return ''
  return unwell === 0 ? String(value) : `${value} · ${t('kubernetes.unwell', { figure: unwell })}`
}

function portsOf(ports: unknown): string {
  if (!Array.isArray(ports)) return ''
  return ports
    .filter(isPlain)
    .map(({ port, protocol }) => `${text(port)}/${text(protocol) || 'TCP'}`)
    .join(', ')
}

function pairsOf(pairs: unknown): string {
  if (!isPlain(pairs)) return ''
  return Object.entries(pairs)
    .map(([key, value]) => `${key}=${text(value)}`)
    .join(', ')
}
