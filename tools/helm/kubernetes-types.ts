/**
 * Checks manifests against the types of Kubernetes' OpenAPI, as its own client carries them:
 * unknown members and wrong types, which the API server would refuse or, worse, ignore.
 */
import * as client from '@kubernetes/client-node'
import type { Manifest } from './chart.ts'

type Attribute = { name: string; baseName: string; type: string }
type Model = { getAttributeTypeMap(): Attribute[] }
const models = client as unknown as Record<string, Model | undefined>

const modelOf: Readonly<Record<string, string>> = {
  'v1/Namespace': 'V1Namespace',
  'v1/Service': 'V1Service',
  'v1/ServiceAccount': 'V1ServiceAccount',
  'v1/Secret': 'V1Secret',
  'v1/ConfigMap': 'V1ConfigMap',
  'apps/v1/DaemonSet': 'V1DaemonSet',
  'apps/v1/Deployment': 'V1Deployment',
  'apps/v1/StatefulSet': 'V1StatefulSet',
  'networking.k8s.io/v1/NetworkPolicy': 'V1NetworkPolicy',
  'networking.k8s.io/v1/Ingress': 'V1Ingress',
  'rbac.authorization.k8s.io/v1/ClusterRole': 'V1ClusterRole',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': 'V1ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1/Role': 'V1Role',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'V1RoleBinding',
}

/** What is wrong, by path; empty when the API server would take it. */
export function problemsOf(manifest: Manifest): string[] {
  const name = `${manifest.apiVersion}/${manifest.kind}`
  const model = modelOf[name]
  if (model === undefined) return [`there is no type for ${name}`]
  return check(manifest, model, manifest.kind)
}

function check(value: unknown, type: string, path: string): string[] {
  if (value === undefined || value === null) return []
  if (type.startsWith('Array<')) {
    if (!Array.isArray(value)) return [`${path}: expected a list`]
    return value.flatMap((item, at) => check(item, type.slice(6, -1), `${path}[${at}]`))
  }
  const mapped = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1]
  if (mapped !== undefined) {
    if (!isMap(value)) return [`${path}: expected a map`]
    return Object.entries(value).flatMap(([key, item]) => check(item, mapped, `${path}.${key}`))
  }
  const model = models[type]
  if (typeof model?.getAttributeTypeMap !== 'function') return checkPlain(value, type, path)
  if (!isMap(value)) return [`${path}: expected ${type}`]
  const attributes = new Map(model.getAttributeTypeMap().map((one) => [one.baseName, one.type]))
  return Object.entries(value).flatMap(([key, item]) => {
    const expected = attributes.get(key)
    return expected === undefined
      ? [`${path}: ${type} has no member ${key}`]
      : check(item, expected, `${path}.${key}`)
  })
}

function checkPlain(value: unknown, type: string, path: string): string[] {
  if (type === 'string' || type === 'number' || type === 'boolean') {
    return typeof value === type ? [] : [`${path}: expected ${type}, got ${typeof value}`]
  }
  if (type === 'IntOrString') {
    return ['string', 'number'].includes(typeof value) ? [] : [`${path}: expected a port`]
  }
  return []
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && !Array.isArray(value)
}
