/**
 * Targets that pods ask for by annotation, their own or that of a service in front of them. How
 * annotations are written is read in discover/hints.ts.
 */

import { type MetricsTarget, metricsHints, prometheusTarget } from '../../discover/hints.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { PodInfo } from '../../kubernetes/cluster.ts'
import { openAccess } from '../../scrape/fetch-text.ts'
import type { RelabelConfig } from '../../scrape/relabel.ts'
import {
  canBeAsked,
  hostAndPort,
  portOf,
  resourceAt,
  type Wanted,
  type WantedContext,
} from './wanted-target.ts'

export function annotatedTargets(
  pods: Iterable<PodInfo>,
  services: Iterable<KubernetesObject>,
  context: WantedContext,
): Wanted[] {
  const asking = [...services].filter(
    ({ metadata }) => metadata.annotations?.['prometheus.io/scrape'] !== undefined,
  )
  const wanted: Wanted[] = []
  for (const pod of pods) {
    if (!canBeAsked(pod)) continue
    for (const hint of metricsHints(pod, context.agent.node)) {
      wanted.push(...targetsOf(pod, hint, context, ''))
    }
    for (const service of asking) {
      const hint = serviceHint(service, pod)
      if (hint !== undefined) wanted.push(...targetsOf(pod, hint, context, service.metadata.name))
    }
  }
  return wanted
}

function targetsOf(
  pod: PodInfo,
  hint: MetricsTarget,
  context: WantedContext,
  service: string,
): Wanted[] {
  if (hint.module !== 'prometheus') return [moduleTarget(pod, hint, context)]
  const { interval_s, samples_max } = context.settings
  const interval_ms = Math.max(1000, hint.interval_ms ?? interval_s * 1000)
  return hint.hosts.flatMap((host) => {
    const url = urlOf(host, hint)
    if (url === undefined) return []
    const instance = hostAndPort(url)
    const { username, password } = hint
    return {
      kind: 'scrape' as const,
      pod,
      target: {
        id: `pod/${pod.uid}/${url.href}`,
        url: url.href,
        access: { ...openAccess, is_verified: false, username, password },
        interval_ms,
        timeout_ms: Math.min(hint.timeout_ms, interval_ms),
        samples_max,
        labels: [
          ['job', service === '' ? 'kubernetes-pods' : 'kubernetes-service-endpoints'],
          ['instance', instance],
          ['namespace', pod.namespace],
          ['pod', pod.name],
          ...(service === '' ? [] : [['service', service] as const]),
        ],
        honor_labels: true,
        resource: resourceAt(pod, portOf(url), context.agent),
      },
      metric_relabelings: filters(hint),
    }
  })
}

function urlOf(host: string, hint: MetricsTarget): URL | undefined {
  const address = host.includes('://') ? host : `${hint.scheme}://${host}`
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  // Of a co.elastic hint the path is its own; /metrics is what the module asks for otherwise.
  if (hint.metrics_path !== '') {
    const [path = '', query = ''] = hint.metrics_path.split('?', 2)
    url.pathname = path
    url.search = query
  } else if (url.pathname === '/') url.pathname = '/metrics'
  url.username = url.password = ''
  return url
}

/** Lists of expressions that match anywhere in a metric's name. */
function filters({ include, exclude }: MetricsTarget): RelabelConfig[] {
  const rule = (action: string, words: readonly string[]): RelabelConfig[] =>
    words.length === 0
      ? []
      : [{ action, sourceLabels: ['__name__'], regex: `.*(?:${words.join('|')}).*` }]
  return [...rule('keep', include), ...rule('drop', exclude)]
}

function moduleTarget(pod: PodInfo, hint: MetricsTarget, context: WantedContext): Wanted {
  const { module, hosts, metricsets, username, password } = hint
  const [first = ''] = hosts
  const address = first.includes('://') ? first : `http://${first}`
  const port = URL.canParse(address) ? portOf(new URL(address)) : 0
  return {
    kind: 'module',
    id: `module/${module}/${pod.uid}/${hosts.join()}`,
    pod,
    target: {
      module,
      hosts,
      metricsets,
      username,
      password,
      period_s: Math.max(1, (hint.interval_ms ?? context.settings.interval_s * 1000) / 1000),
      timeout_s: hint.timeout_ms / 1000,
      resource: resourceAt(pod, port, context.agent),
    },
  }
}

type ServicePort = { name?: string; port?: number; targetPort?: number | string }
type ServiceSpec = { selector?: Record<string, string>; ports?: ServicePort[] }

export function specOf(service: KubernetesObject): ServiceSpec {
  return (service.spec ?? {}) as ServiceSpec
}

/** A service without a selector stands for addresses that are no pods. */
export function selects(service: KubernetesObject, pod: PodInfo): boolean {
  const selector = Object.entries(specOf(service).selector ?? {})
  if (selector.length === 0 || service.metadata.namespace !== pod.namespace) return false
  return selector.every(([name, value]) => pod.labels[name] === value)
}

/** The container's port behind a port of the service: its number, its name, or the same number. */
export function targetPort(port: ServicePort, pod: PodInfo): number | undefined {
  const { targetPort: target = port.port } = port
  if (typeof target !== 'string') return target
  return pod.containers.flatMap(({ ports }) => ports).find(({ name }) => name === target)?.port
}

function serviceHint(service: KubernetesObject, pod: PodInfo): MetricsTarget | undefined {
  if (!selects(service, pod)) return undefined
  const ports = (specOf(service).ports ?? []).flatMap((port) => targetPort(port, pod) ?? [])
  const hint = prometheusTarget(service.metadata.annotations ?? {}, { host: pod.ip, ports })
  return typeof hint === 'string' ? undefined : hint
}
