/**
 * Targets that ServiceMonitor and PodMonitor objects ask for, as the Prometheus operator reads
 * them. Credentials of monitors are in Secrets, which the agent never reads: those are told of.
 */
import { z } from 'zod'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { PodInfo } from '../../kubernetes/cluster.ts'
import { openAccess } from '../../scrape/fetch-text.ts'
import { compileRelabel, type RelabelConfig } from '../../scrape/relabel.ts'
import { selects, specOf, targetPort } from './annotated.ts'
import {
  canBeAsked,
  hostAndPort,
  resourceAt,
  type WantedContext,
  type WantedScrape,
} from './wanted-target.ts'

const relabelSchema = z.object({
  sourceLabels: z.array(z.string()).optional(),
  separator: z.string().optional(),
  targetLabel: z.string().optional(),
  regex: z.string().max(4096).optional(),
  modulus: z.number().optional(),
  replacement: z.string().optional(),
  action: z.string().optional(),
})
const endpointSchema = z.object({
  port: z.string().default(''),
  targetPort: z.union([z.string(), z.number()]).optional(),
  portNumber: z.number().optional(),
  path: z.string().default('/metrics'),
  scheme: z.string().default('http'),
  params: z.record(z.string(), z.array(z.string())).default({}),
  interval: z.string().default(''),
  scrapeTimeout: z.string().default(''),
  honorLabels: z.boolean().default(false),
  relabelings: z.array(relabelSchema).max(64).default([]),
  metricRelabelings: z.array(relabelSchema).max(64).default([]),
  bearerTokenSecret: z.unknown().optional(),
  authorization: z.unknown().optional(),
  basicAuth: z.unknown().optional(),
  oauth2: z.unknown().optional(),
})
const expressionSchema = z.object({
  key: z.string(),
  operator: z.string(),
  values: z.array(z.string()).default([]),
})
const monitorSchema = z.object({
  selector: z
    .object({
      matchLabels: z.record(z.string(), z.string()).default({}),
      matchExpressions: z.array(expressionSchema).default([]),
    })
    .prefault({}),
  namespaceSelector: z
    .object({ any: z.boolean().default(false), matchNames: z.array(z.string()).default([]) })
    .prefault({}),
  endpoints: z.array(endpointSchema).max(64).default([]),
  podMetricsEndpoints: z.array(endpointSchema).max(64).default([]),
  jobLabel: z.string().default(''),
  targetLabels: z.array(z.string()).default([]),
  podTargetLabels: z.array(z.string()).default([]),
  sampleLimit: z.number().default(0),
})
type Monitor = z.output<typeof monitorSchema>
type Endpoint = z.output<typeof endpointSchema>
type Selector = Monitor['selector']

export type MonitorProblem = { namespace: string; name: string; sentence: string }
export type MonitorObjects = {
  service_monitors: Iterable<KubernetesObject>
  pod_monitors: Iterable<KubernetesObject>
  services: Iterable<KubernetesObject>
}
export type MonitorTargets = { wanted: WantedScrape[]; problems: MonitorProblem[] }

export function monitorTargets(
  pods: Iterable<PodInfo>,
  objects: MonitorObjects,
  context: WantedContext,
): MonitorTargets {
  const asked = [...pods].filter(canBeAsked)
  const services = [...objects.services]
  const found: MonitorTargets = { wanted: [], problems: [] }
  const read = (object: KubernetesObject, kind: 'serviceMonitor' | 'podMonitor') => {
    const { namespace = '', name } = object.metadata
    const tell = (sentence: string) => found.problems.push({ namespace, name, sentence })
    const parsed = monitorSchema.safeParse(object.spec ?? {})
    if (!parsed.success) {
      tell(`${kind} ${namespace}/${name}: ${parsed.error.issues[0]?.message ?? 'unreadable'}`)
      return
    }
    const monitor = { kind, namespace, name, spec: parsed.data }
    for (const place of placesOf(monitor, asked, services)) {
      try {
        const wanted = targetOf(monitor, place, context)
        if (typeof wanted === 'string') tell(`${kind} ${namespace}/${name}: ${wanted}`)
        else if (wanted !== undefined) found.wanted.push(wanted)
      } catch (error) {
        tell(`${kind} ${namespace}/${name}: ${(error as Error).message}`)
      }
    }
  }
  for (const object of objects.service_monitors) read(object, 'serviceMonitor')
  for (const object of objects.pod_monitors) read(object, 'podMonitor')
  return found
}

type Named = {
  kind: 'serviceMonitor' | 'podMonitor'
  namespace: string
  name: string
  spec: Monitor
}
type Place = {
  pod: PodInfo
  endpoint: Endpoint
  index: number
  port: number
  service: KubernetesObject | undefined
}

function placesOf(monitor: Named, pods: PodInfo[], services: KubernetesObject[]): Place[] {
  const { spec } = monitor
  if (monitor.kind === 'podMonitor') {
    return pods
      .filter((pod) => isIn(monitor, pod.namespace) && matches(spec.selector, pod.labels))
      .flatMap((pod) =>
        spec.podMetricsEndpoints.flatMap((endpoint, index) => {
          const port = podPort(endpoint, pod)
          return port === undefined ? [] : [{ pod, endpoint, index, port, service: undefined }]
        }),
      )
  }
  const chosen = services.filter(
    ({ metadata }) =>
      isIn(monitor, metadata.namespace ?? '') && matches(spec.selector, metadata.labels ?? {}),
  )
  return chosen.flatMap((service) =>
    pods
      .filter((pod) => selects(service, pod))
      .flatMap((pod) =>
        spec.endpoints.flatMap((endpoint, index) => {
          const port = servicePort(endpoint, service, pod)
          return port === undefined ? [] : [{ pod, endpoint, index, port, service }]
        }),
      ),
  )
}

function isIn({ namespace, spec }: Named, other: string): boolean {
  const { any, matchNames } = spec.namespaceSelector
  if (any) return true
  return matchNames.length === 0 ? namespace === other : matchNames.includes(other)
}

function matches(
  { matchLabels, matchExpressions }: Selector,
  labels: Readonly<Record<string, string>>,
) {
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key]
      if (operator === 'In') return value !== undefined && values.includes(value)
      if (operator === 'NotIn') return value === undefined || !values.includes(value)
      if (operator === 'Exists') return value !== undefined
      return operator === 'DoesNotExist' && value === undefined
    })
  )
}

function podPort({ port, portNumber, targetPort: target }: Endpoint, pod: PodInfo) {
  if (portNumber !== undefined) return portNumber
  return namedPort(port === '' ? target : port, pod)
}

function namedPort(port: string | number | undefined, pod: PodInfo): number | undefined {
  if (typeof port !== 'string') return port
  return pod.containers.flatMap(({ ports }) => ports).find(({ name }) => name === port)?.port
}

function servicePort(endpoint: Endpoint, service: KubernetesObject, pod: PodInfo) {
  if (endpoint.port === '') return namedPort(endpoint.targetPort, pod)
  const port = (specOf(service).ports ?? []).find(({ name = '' }) => name === endpoint.port)
  return port === undefined ? undefined : targetPort(port, pod)
}

/** A sentence when it cannot be followed, undefined when its own rules leave it out. */
function targetOf(
  monitor: Named,
  place: Place,
  context: WantedContext,
): WantedScrape | string | undefined {
  const { endpoint, pod, port } = place
  const { bearerTokenSecret, authorization, basicAuth, oauth2 } = endpoint
  if ([bearerTokenSecret, authorization, basicAuth, oauth2].some((one) => one !== undefined)) {
    return 'its credentials are in a Secret, which this agent does not read.'
  }
  const labels = compileRelabel(endpoint.relabelings as RelabelConfig[])(metaLabels(monitor, place))
  if (labels === undefined) return undefined
  const address = labels.get('__address__') ?? ''
  const query = new URLSearchParams(
    Object.entries(endpoint.params).flatMap(([name, all]) =>
      all.map((one): [string, string] => [name, one]),
    ),
  ).toString()
  const path = labels.get('__metrics_path__') ?? '/metrics'
  const text = `${labels.get('__scheme__') ?? 'http'}://${address}${path}${query && `?${query}`}`
  if (!URL.canParse(text)) return `${text} is no address.`
  const url = new URL(text)
  // Rules may not send the agent, which runs on the node, to anything but the pod itself.
  if (url.hostname.replace(/^\[|\]$/g, '') !== pod.ip)
    return `${url.host} is not the pod's address.`
  const { interval_s, samples_max } = context.settings
  const interval_ms = durationOf(endpoint.interval) ?? interval_s * 1000
  const limit = monitor.spec.sampleLimit
  if (!labels.has('instance')) labels.set('instance', hostAndPort(url))
  const { kind, namespace, name } = monitor
  const id = `${kind}/${namespace}/${name}/${place.index}/${pod.uid}/${url.href}`
  return {
    kind: 'scrape',
    pod,
    target: {
      id,
      url: url.href,
      access: { ...openAccess, is_verified: false },
      interval_ms,
      timeout_ms: Math.min(durationOf(endpoint.scrapeTimeout) ?? 10_000, interval_ms),
      samples_max: limit > 0 ? Math.min(limit, samples_max) : samples_max,
      labels: [...labels].filter(([name]) => !name.startsWith('__')),
      honor_labels: endpoint.honorLabels,
      resource: resourceAt(pod, port, context.agent),
    },
    metric_relabelings: endpoint.metricRelabelings as RelabelConfig[],
  }
}

function metaLabels(monitor: Named, { pod, endpoint, port, service }: Place): Map<string, string> {
  const { spec, namespace, name } = monitor
  const serviceName = service?.metadata.name ?? ''
  const serviceLabels = service?.metadata.labels ?? {}
  const container = pod.containers.find(({ ports }) => ports.some((one) => one.port === port))
  const shown = pod.ip.includes(':') ? `[${pod.ip}]` : pod.ip
  const jobSource = service === undefined ? pod.labels : serviceLabels
  const job = service === undefined ? `${namespace}/${name}` : serviceName
  const portName = endpoint.port === '' ? String(endpoint.targetPort ?? port) : endpoint.port
  const labels = new Map<string, string>([
    ['__address__', `${shown}:${port}`],
    ['__scheme__', endpoint.scheme],
    ['__metrics_path__', endpoint.path],
    ['__meta_kubernetes_namespace', pod.namespace],
    ['__meta_kubernetes_pod_name', pod.name],
    ['__meta_kubernetes_pod_ip', pod.ip],
    ['__meta_kubernetes_pod_uid', pod.uid],
    ['__meta_kubernetes_pod_node_name', pod.node],
    ['__meta_kubernetes_pod_phase', pod.phase],
    ['__meta_kubernetes_pod_container_name', container?.name ?? ''],
    ['__meta_kubernetes_pod_container_port_number', String(port)],
    ['__meta_kubernetes_service_name', serviceName],
    ['namespace', pod.namespace],
    ['pod', pod.name],
    ['container', container?.name ?? ''],
    ['service', serviceName],
    ['endpoint', portName],
    ['job', jobSource[spec.jobLabel] ?? job],
  ])
  metaMaps(labels, 'pod_label', pod.labels)
  metaMaps(labels, 'pod_annotation', pod.annotations)
  metaMaps(labels, 'service_label', serviceLabels)
  metaMaps(labels, 'service_annotation', service?.metadata.annotations ?? {})
  for (const key of spec.targetLabels) labels.set(labelName(key), serviceLabels[key] ?? '')
  for (const key of spec.podTargetLabels) labels.set(labelName(key), pod.labels[key] ?? '')
  for (const [key, value] of labels) if (value === '') labels.delete(key)
  return labels
}

function metaMaps(
  labels: Map<string, string>,
  what: string,
  from: Readonly<Record<string, string>>,
) {
  for (const [key, value] of Object.entries(from)) {
    labels.set(`__meta_kubernetes_${what}_${labelName(key)}`, value)
    labels.set(`__meta_kubernetes_${what}present_${labelName(key)}`, 'true')
  }
}

function labelName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/g, '_')
}

/** `1m30s`, as Prometheus writes durations. */
function durationOf(text: string): number | undefined {
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  const parts = [...text.matchAll(/(\d{1,9})(ms|[smhd])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  return Math.max(
    1000,
    parts.reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0),
  )
}
