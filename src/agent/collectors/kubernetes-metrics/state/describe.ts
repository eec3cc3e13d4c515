/** The words in which objects are described as series of kube-state-metrics. */

import { quantity } from '../../../../model/kubernetes-quantity.ts'
import type { KubernetesObject } from '../../../kubernetes/api.ts'

export type Labels = Record<string, string>
/** Empty labels stand for labels that are not there. */
export type Tell = (name: string, labels: Labels, value: number) => void
export type Describe = (object: KubernetesObject, tell: Tell) => void

export type Condition = {
  type: string
  status: string
  reason?: string
  lastTransitionTime?: string
}
export type Quantities = Readonly<Record<string, string>>

/** What the API gives, seen as what it is documented to be. */
export function specOf<Spec>(object: KubernetesObject): Partial<Spec> {
  return (object.spec ?? {}) as Partial<Spec>
}

export function statusOf<Status>(object: KubernetesObject): Partial<Status> {
  return (object.status ?? {}) as Partial<Status>
}

export function namespaceOf({ metadata }: KubernetesObject): string {
  return metadata.namespace ?? ''
}

export function secondsOf(text: string | undefined): number | undefined {
  const time_ms = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time_ms) ? undefined : Math.floor(time_ms / 1000)
}

/** Tells a number that is there; one that is not there is no series, not a zero. */
export function tellIf(
  tell: Tell,
  name: string,
  labels: Labels,
  value: number | boolean | undefined,
): void {
  if (value !== undefined) tell(name, labels, Number(value))
}

export function tellTime(tell: Tell, name: string, labels: Labels, text: string | undefined): void {
  tellIf(tell, name, labels, secondsOf(text))
}

/** One series for every value it can have, 1 at the one that it has. */
export function tellOneOf(
  tell: Tell,
  name: string,
  labels: Labels,
  { label, values, is }: { label: string; values: readonly string[]; is: string },
): void {
  for (const value of values) tell(name, { ...labels, [label]: value }, value === is ? 1 : 0)
}

const truths = ['true', 'false', 'unknown']

export function tellTruth(
  tell: Tell,
  name: string,
  labels: Labels,
  { label, status }: { label: string; status: string },
): void {
  tellOneOf(tell, name, labels, { label, values: truths, is: status.toLowerCase() })
}

export function tellConditions(
  tell: Tell,
  name: string,
  labels: Labels,
  conditions: readonly Condition[] = [],
): void {
  for (const { type, status } of conditions) {
    tellTruth(tell, name, { ...labels, condition: type }, { label: 'status', status })
  }
}

export function labelName(text: string): string {
  return text.replace(/[^a-zA-Z0-9_]/g, '_')
}

/** created, labels and generation, as most kinds have them. */
export function tellMetadata(
  tell: Tell,
  prefix: string,
  labels: Labels,
  { metadata }: KubernetesObject,
): void {
  tellTime(tell, `${prefix}_created`, labels, metadata.creationTimestamp)
  const own: Labels = {}
  for (const [name, value] of Object.entries(metadata.labels ?? {})) {
    own[`label_${labelName(name)}`] = value
  }
  tell(`${prefix}_labels`, { ...labels, ...own }, 1)
}

export function generationOf({ metadata }: KubernetesObject): number | undefined {
  const { generation } = metadata as { generation?: number }
  return generation
}

export function tellOwners(
  tell: Tell,
  name: string,
  labels: Labels,
  { metadata }: KubernetesObject,
): void {
  const owners = (metadata.ownerReferences ?? []) as { kind: string; name: string }[]
  if (owners.length === 0) tell(name, labels, 1)
  for (const owner of owners) {
    const { controller = false } = owner as { controller?: boolean }
    const about = { owner_kind: owner.kind, owner_name: owner.name }
    tell(name, { ...labels, ...about, owner_is_controller: String(controller) }, 1)
  }
}

export function controllerOf({ metadata }: KubernetesObject) {
  const owners = (metadata.ownerReferences ?? []) as { kind: string; name: string }[]
  return owners.find((owner) => (owner as { controller?: boolean }).controller === true)
}

/** Amounts of resources with the unit that each is counted in. */
export function tellAmounts(
  tell: Tell,
  name: string,
  labels: Labels,
  amounts: Quantities | undefined,
): void {
  for (const [word, text] of Object.entries(amounts ?? {})) {
    const value = quantity(text)
    const unit = unitOf(word)
    if (value === undefined || unit === undefined) continue
    const exact = unit === 'core' ? Math.ceil(Number((value * 1000).toFixed(6))) / 1000 : value
    tell(name, { ...labels, resource: labelName(word), unit }, exact)
  }
}

function unitOf(resource: string): string | undefined {
  if (resource === 'cpu') return 'core'
  if (resource === 'pods' || resource.includes('/')) return 'integer'
  if (/^(?:memory|storage|ephemeral-storage|hugepages-.*|attachable-volumes-.*)$/.test(resource)) {
    return 'byte'
  }
  return undefined
}
