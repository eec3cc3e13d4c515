/**
 * An object as it may leave the cluster: without what only machines read, without values that are
 * secrets, and not larger than a row should be.
 */
import { createHash } from 'node:crypto'
import type { KubernetesObject } from '../../kubernetes/api.ts'

export const object_bytes_max = 256 * 1024
const secretName = /PASSWORD|PASSWD|TOKEN|SECRET|KEY|CREDENTIAL/i
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

export function toldObject(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, annotations, ...metadata } = object.metadata
  const told: KubernetesObject = { ...object, metadata }
  if (annotations !== undefined) {
    // It repeats the manifest, with the values that are left out below.
    const { [lastApplied]: _manifest, ...others } = annotations
    if (Object.keys(others).length > 0) told.metadata.annotations = others
  }
  const change = Object.hasOwn(changes, object.kind ?? '') ? changes[object.kind!] : undefined
  return change === undefined ? told : change(told)
}

/** What of an object counts as a change: not its version, not the heartbeats of a node. */
export function comparable(told: KubernetesObject): KubernetesObject {
  const {
    resourceVersion: _,
    generation: _generation,
    ...metadata
  } = told.metadata as Record<string, unknown>
  const status = told.status as { conditions?: Record<string, unknown>[] } | undefined
  const withoutBeats =
    status?.conditions === undefined
      ? status
      : {
          ...status,
          conditions: status.conditions.map(
            ({ lastHeartbeatTime: _beat, lastProbeTime: _probe, ...condition }) => condition,
          ),
        }
  const compared = { ...told, metadata } as unknown as KubernetesObject
  if (withoutBeats !== undefined) compared.status = withoutBeats
  return compared
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** The object, or its head with a mark when it is too large. */
export function cutObject(told: KubernetesObject, text: string): unknown {
  if (text.length <= object_bytes_max / 4) return told
  const size_bytes = Buffer.byteLength(text)
  if (size_bytes <= object_bytes_max) return told
  const { apiVersion, kind, metadata } = told
  const { name, namespace, uid, labels } = metadata
  const cut = { size_bytes, limit_bytes: object_bytes_max }
  return { apiVersion, kind, metadata: { name, namespace, uid, labels }, 'crowsnest.cut': cut }
}

type Change = (told: KubernetesObject) => KubernetesObject
type Template = { spec?: PodSpec }
type PodSpec = Record<string, unknown>

const ofPodTemplate: Change = (told) => {
  const spec = told.spec as (Record<string, unknown> & { template?: Template }) | undefined
  const inner = spec?.template?.spec
  if (spec === undefined || inner === undefined) return told
  return { ...told, spec: { ...spec, template: { ...spec.template, spec: redacted(inner) } } }
}

const changes: Readonly<Record<string, Change>> = {
  Pod: (told) => (told.spec ? { ...told, spec: redacted(told.spec as PodSpec) } : told),
  Deployment: ofPodTemplate,
  ReplicaSet: ofPodTemplate,
  StatefulSet: ofPodTemplate,
  DaemonSet: ofPodTemplate,
  Job: ofPodTemplate,
  CronJob(told) {
    const spec = told.spec as
      | (Record<string, unknown> & { jobTemplate?: KubernetesObject })
      | undefined
    if (spec?.jobTemplate === undefined) return told
    return { ...told, spec: { ...spec, jobTemplate: ofPodTemplate(spec.jobTemplate) } }
  },
  // People keep passwords in config maps too: which key changed is told, never what it holds.
  ConfigMap: (told) => ({
    ...told,
    ...(told.data === undefined ? {} : { data: hashed(told.data) }),
    ...(told.binaryData === undefined ? {} : { binaryData: hashed(told.binaryData) }),
  }),
  // Every ready pod moves it: who is behind a service is in the pods themselves.
  EndpointSlice(told) {
    const endpoints = (told.endpoints ?? []) as { conditions?: { ready?: boolean } }[]
    const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false).length
    const { endpoints: _, ...others } = told
    return { ...others, summary: { endpoints: endpoints.length, ready } } as KubernetesObject
  },
}

function hashed(data: unknown): Record<string, string> {
  const entries = Object.entries((data ?? {}) as Record<string, unknown>)
  return Object.fromEntries(entries.map(([key, value]) => [key, markOf(String(value))]))
}

/** Equal values have equal marks, so that a change shows without showing the value. */
function markOf(value: string): string {
  return `[redacted ${hashOf(value)}]`
}

const containerLists = ['containers', 'initContainers', 'ephemeralContainers']
type Variable = { name?: string; value?: string }

function redacted(spec: PodSpec): PodSpec {
  const changed: PodSpec = { ...spec }
  for (const key of containerLists) {
    const containers = spec[key] as { env?: Variable[] }[] | undefined
    if (Array.isArray(containers)) changed[key] = containers.map(withoutSecrets)
  }
  return changed
}

function withoutSecrets<Container extends { env?: Variable[] }>(container: Container): Container {
  if (!Array.isArray(container.env)) return container
  const env = container.env.map((variable) => {
    const { name = '', value } = variable
    const isSecret = value !== undefined && value !== '' && secretName.test(name)
    return isSecret ? { ...variable, value: markOf(value) } : variable
  })
  return { ...container, env }
}
