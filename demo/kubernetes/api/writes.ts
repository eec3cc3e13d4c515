/** Create, update, patch and delete: enough for kubectl apply, scale, rollout and delete. */
import { apiVersionOf } from './kinds.ts'
import type { ObjectStore } from './object-store.ts'
import type { KubeObject, NewObject } from './objects.ts'
import { StatusError, type Target } from './request.ts'

type Plain = Record<string, unknown>

export type WriteOptions = {
  store: ObjectStore
  /** Deletion is not always at once: pods end in grace. */
  remove: (kind: string, namespace: string | undefined, name: string) => void
}

export function create(options: WriteOptions, target: Target, body: unknown): KubeObject {
  const given = body as NewObject
  const { kind, namespace } = target
  const name = given.metadata?.name ?? ''
  if (name === '') throw new StatusError(422, 'Invalid', 'metadata.name: Required value')
  if (options.store.get(kind.kind, name, namespace) !== undefined) {
    throw new StatusError(409, 'AlreadyExists', `${kind.plural} "${name}" already exists`)
  }
  const metadata = { ...given.metadata, ...(namespace === undefined ? {} : { namespace }) }
  const head = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata }
  return options.store.apply({ ...blank(kind.kind), ...given, ...head }, 'kubectl-create')
}

function blank(kind: string): Plain {
  return ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'].includes(kind)
    ? { status: kind === 'Pod' ? { phase: 'Pending' } : {} }
    : {}
}

export function update(options: WriteOptions, target: Target, body: unknown): KubeObject {
  const old = found(options.store, target)
  if (target.subresource === 'scale') return rescale(options, old, body as Plain)
  const given = body as NewObject
  const { kind } = target
  const head = { kind: kind.kind, apiVersion: apiVersionOf(kind) }
  const rest = target.subresource === 'status' ? { ...old, status: given.status } : given
  const metadata = { ...old.metadata, ...given.metadata }
  return options.store.apply({ ...rest, ...head, metadata }, 'kubectl-edit')
}

export function patch(
  options: WriteOptions,
  target: Target,
  { body, type }: { body: unknown; type: string },
): KubeObject {
  if (
    type.includes('apply-patch') &&
    options.store.get(target.kind.kind, target.name!, target.namespace) === undefined
  ) {
    return create(options, target, body)
  }
  const old = found(options.store, target)
  if (target.subresource === 'scale') return rescale(options, old, body as Plain)
  const given = type.includes('json-patch+json')
    ? jsonPatch(old, body as JsonStep[])
    : merged(old, body, type.includes('strategic'))
  return options.store.apply({ ...(given as KubeObject) }, 'kubectl-patch')
}

export function found(store: ObjectStore, { kind, namespace, name = '' }: Target): KubeObject {
  const object = store.get(kind.kind, name, namespace)
  if (object !== undefined) return object
  const plural = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
  throw new StatusError(404, 'NotFound', `${plural} "${name}" not found`)
}

function rescale({ store }: WriteOptions, old: KubeObject, body: Plain): KubeObject {
  const { replicas } = body.spec as { replicas: number }
  const spec = { ...(old.spec as Plain), replicas }
  store.apply({ ...old, spec }, 'kubectl-scale')
  return scaleOf({ ...old, spec })
}

export function scaleOf(object: KubeObject): KubeObject {
  const { replicas = 0 } = object.spec as { replicas?: number }
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const metadata = { name, namespace: namespace!, uid, resourceVersion, creationTimestamp }
  const status = { replicas: Number((object.status as Plain | undefined)?.replicas ?? 0) }
  return { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata, spec: { replicas }, status }
}

/** RFC 7386; strategic patches of lists merge their entries by name. */
export function merged(old: unknown, given: unknown, isStrategic: boolean): unknown {
  if (Array.isArray(given)) {
    return isStrategic && Array.isArray(old) ? mergedLists(old, given) : given
  }
  if (given === null || typeof given !== 'object') return given
  const result: Plain = { ...((old as Plain | undefined) ?? {}) }
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('$')) continue
    if (value === null) delete result[name]
    else result[name] = merged(result[name], value, isStrategic)
  }
  return result
}

function mergedLists(old: unknown[], given: unknown[]): unknown[] {
  const keyOf = (item: unknown) => {
    const { name, type, key } = (item ?? {}) as Plain
    return name ?? type ?? key
  }
  if (given.some((item) => keyOf(item) === undefined)) return given
  const result = [...old]
  for (const item of given) {
    const at = result.findIndex((other) => keyOf(other) === keyOf(item))
    const isDeleted = (item as Plain).$patch === 'delete'
    if (at < 0) result.push(item)
    else if (isDeleted) result.splice(at, 1)
    else result[at] = merged(result[at], item, true)
  }
  return result
}

type JsonStep = { op: string; path: string; value?: unknown }

function jsonPatch(old: KubeObject, steps: readonly JsonStep[]): unknown {
  const result = structuredClone(old) as unknown as Plain
  for (const { op, path, value } of steps) {
    const parts = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = parts.pop()!
    let place = result
    for (const part of parts) {
      place[part] ??= {}
      place = place[part] as Plain
    }
    if (op !== 'remove') {
      if (Array.isArray(place) && last === '-') place.push(value)
      else place[last] = value
    } else if (Array.isArray(place)) place.splice(Number(last), 1)
    else delete place[last]
  }
  return result
}
