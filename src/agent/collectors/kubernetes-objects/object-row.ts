/** An object as a row: who made it, where it runs, how it does, what changed. */

import type { ObjectChange, ObjectRow, PathChange } from '../../../model/kubernetes.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { Pods } from '../../kubernetes/cluster.ts'
import { type Owner, ownerByName } from '../../kubernetes/owner-names.ts'
import { controllerOf } from '../../kubernetes/owners.ts'
import { judge } from './judgement.ts'
import { cutObject } from './told-object.ts'

const workloads = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'ReplicationController',
])

export type RowWords = {
  change: ObjectChange
  time_ms: number
  kind: string
  api_version: string
  pods: Pick<Pods, 'byUid'>
  changes?: PathChange[]
}

/** `raw` as the API gave it, `told` as it may be told. */
export function objectRow(
  raw: KubernetesObject,
  told: KubernetesObject,
  words: RowWords,
): ObjectRow {
  const { change, time_ms, kind, api_version, changes = [] } = words
  const { metadata } = raw
  const owner = controllerOf(raw)
  const [workload_kind, workload] = workloadOf(raw, owner, words)
  const judged = judge(told)
  return {
    time_ms,
    change,
    kind,
    api_version,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    resource_version: metadata.resourceVersion,
    created_ms: Date.parse(metadata.creationTimestamp ?? '') || 0,
    node: nodeOf(raw, kind),
    owner_kind: owner?.kind ?? '',
    owner_name: owner?.name ?? '',
    workload_kind,
    workload,
    health: judged.health,
    status: judged.status,
    status_message: judged.message.slice(0, 2000),
    actor: actorOf(raw),
    labels: metadata.labels ?? {},
    numbers: judged.numbers,
    changes,
    object: change === 'deleted' ? null : cutObject(told, JSON.stringify(told)),
  }
}

/** A row about a kind or about an object of which only the name is known. */
export function bareRow(
  words: Omit<RowWords, 'pods'>,
  { namespace = '', name = '', uid = '' } = {},
): ObjectRow {
  return {
    time_ms: words.time_ms,
    change: words.change,
    kind: words.kind,
    api_version: words.api_version,
    namespace,
    name,
    uid,
    resource_version: '',
    created_ms: 0,
    node: '',
    owner_kind: '',
    owner_name: '',
    workload_kind: '',
    workload: '',
    health: 'unknown',
    status: '',
    status_message: '',
    actor: '',
    labels: {},
    numbers: {},
    changes: [],
    object: null,
  }
}

function nodeOf(raw: KubernetesObject, kind: string): string {
  if (kind === 'Node') return raw.metadata.name
  return kind === 'Pod' ? ((raw.spec as { nodeName?: string } | undefined)?.nodeName ?? '') : ''
}

function workloadOf(
  raw: KubernetesObject,
  owner: Owner | undefined,
  { kind, pods }: RowWords,
): [kind: string, name: string] {
  const { metadata } = raw
  if (kind === 'Pod') {
    const known = pods.byUid(metadata.uid)
    if (known !== undefined) return [known.workload_kind, known.workload]
  }
  if (owner !== undefined && owner.kind !== 'Node') {
    const labels = metadata.labels ?? {}
    const created_ms = Date.parse(metadata.creationTimestamp ?? '') || 0
    const above = kind === 'Pod' ? ownerByName(owner, { labels, created_ms }) : undefined
    const top = above ?? owner
    return workloads.has(kind) || kind === 'Pod' ? [top.kind, top.name] : ['', '']
  }
  return workloads.has(kind) || kind === 'Pod' ? [kind, metadata.name] : ['', '']
}

/** The field manager of the newest change. */
function actorOf({ metadata }: KubernetesObject): string {
  let newest = ''
  let actor = ''
  for (const { manager = '', time = '' } of metadata.managedFields ?? []) {
    if (time >= newest) {
      newest = time
      actor = manager
    }
  }
  return actor
}
