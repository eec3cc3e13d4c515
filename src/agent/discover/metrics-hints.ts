/**
 * Where a pod wants to be asked for metrics: `co.elastic.metrics/*`, `co.elastic.hints/*` and
 * `prometheus.io/*`. An annotation can send the agent to its own pod only, never elsewhere.
 */
import type { PodInfo } from '../kubernetes/cluster.ts'
import { shownHost } from '../modules/module.ts'
import { goAddress } from '../modules/mysql/address.ts'
import { durationMs, type HintGroup, hintGroups, listOf, truth, under } from './hint-keys.ts'
import { fillVariables, portsOf } from './hint-variables.ts'
import type { HintProblem } from './log-hints.ts'

export type MetricsTarget = {
  source: 'co.elastic.metrics' | 'co.elastic.hints' | 'prometheus.io'
  /** prometheus, or a content/integrations name such as redis. */
  module: string
  /** Empty: the module's defaults. */
  metricsets: readonly string[]
  /** `10.0.0.1:6379` or a whole URL; the pod's own addresses. */
  hosts: readonly string[]
  scheme: 'http' | 'https'
  metrics_path: string
  /** Undefined: what the integration's own settings say. */
  interval_ms: number | undefined
  timeout_ms: number
  namespace: string
  username: string
  password: string
  include: readonly string[]
  exclude: readonly string[]
  /** Empty when the hint is the whole pod's. */
  container: string
}

export type MetricsHints = { targets: MetricsTarget[]; problems: HintProblem[] }

const elastic_interval_ms = 60_000
const timeout_ms = 3_000

export function metricsHints(pod: PodInfo, node_name?: string): MetricsTarget[] {
  return readMetricsHints(pod, node_name).targets
}

/** The same with what was skipped and why. */
export function readMetricsHints(pod: PodInfo, node_name?: string): MetricsHints {
  const found: MetricsHints = { targets: [], problems: [] }
  for (const container of hintedContainers(pod)) {
    for (const source of ['metrics', 'hints'] as const) {
      for (const group of hintGroups(pod.annotations, source, container)) {
        elasticTarget({ pod, node_name, container, source, group }, found)
      }
    }
  }
  const scrape = prometheusTarget(pod.annotations, {
    host: pod.ip,
    ports: portsOf(pod).map(({ port }) => port),
  })
  if (typeof scrape === 'string') found.problems.push({ hint: 'prometheus.io', reason: scrape })
  else if (scrape !== undefined) found.targets.push(scrape)
  return found
}

/** Undefined for the pod; then every container that has hints of its own. */
function hintedContainers(pod: PodInfo): (string | undefined)[] {
  const names = new Set<string>()
  for (const key of Object.keys(pod.annotations)) {
    const name = /^co\.elastic\.(?:metrics|hints)\.([^/]+)\//.exec(key)?.[1]
    if (name !== undefined && pod.containers.some((one) => one.name === name)) names.add(name)
  }
  const hasOwn = Object.keys(pod.annotations).some((key) => /^co\.elastic\.(m|h)\w+\//.test(key))
  return hasOwn || names.size === 0 ? [undefined, ...names] : [...names]
}

type Hinted = {
  pod: PodInfo
  node_name: string | undefined
  container: string | undefined
  source: 'metrics' | 'hints'
  group: HintGroup
}

function elasticTarget(hinted: Hinted, found: MetricsHints): void {
  const { group, source, container, pod } = hinted
  const named = group.get(source === 'metrics' ? 'module' : 'package') ?? ''
  const module = named.replace(/[^A-Za-z0-9_-]/g, '')
  if (truth(group.get('enabled')) === false) return
  // Hints for a container repeat the pod's: the pod's own target is there already.
  if (module === '' || module === 'container_logs') return
  const hint = `co.elastic.${source}`
  if (group.has('raw')) {
    found.problems.push({ hint, reason: 'whole configurations are not taken from annotations' })
    return
  }
  const hosts = hostsOf(hinted, (reason) => found.problems.push({ hint: `${hint}/hosts`, reason }))
  if (hosts.length === 0) return
  const words = filledWords(hinted)
  if (typeof words === 'string') {
    found.problems.push({ hint, reason: words })
    return
  }
  const filters = under(group, 'metrics_filters')
  const target: MetricsTarget = {
    source: hint as MetricsTarget['source'],
    module,
    metricsets: listOf(group.get(source === 'metrics' ? 'metricsets' : 'data_streams')),
    hosts,
    scheme: Object.keys(under(group, 'ssl')).length > 0 ? 'https' : 'http',
    ...words,
    interval_ms: durationMs(group.get('period')) ?? elastic_interval_ms,
    timeout_ms: durationMs(group.get('timeout')) ?? timeout_ms,
    include: listOf(filters.include),
    exclude: listOf(filters.exclude),
    container: container ?? '',
  }
  const isSame = (one: MetricsTarget) =>
    one.module === target.module && one.hosts.every((host) => target.hosts.includes(host))
  const at = found.targets.findIndex(isSame)
  // What a container says of the same address beats what its pod says.
  if (at >= 0 && container !== undefined && pod.containers.length > 0) found.targets.splice(at, 1)
  found.targets.push(target)
}

const wordKeys = ['metrics_path', 'namespace', 'username', 'password'] as const

function filledWords(hinted: Hinted): Record<(typeof wordKeys)[number], string> | string {
  const words = { metrics_path: '', namespace: '', username: '', password: '' }
  for (const key of wordKeys) {
    const filled = fillVariables(hinted.group.get(key) ?? '', scopeOf(hinted))
    if ('unresolved' in filled) return `\${${filled.unresolved}} of ${key} has no value`
    words[key] = filled.text
  }
  return words
}

function scopeOf({ pod, node_name, container }: Hinted, port?: number) {
  const info = pod.containers.find(({ name }) => name === container)
  return { pod, node_name, container: info, port }
}

function hostsOf(hinted: Hinted, skip: (reason: string) => void): string[] {
  const { pod, container, group, source } = hinted
  const ports = portsOf(pod)
    .filter((one) => container === undefined || one.container.name === container)
    .map(({ port }) => port)
  const said = listOf(group.get('hosts') ?? (source === 'hints' ? group.get('host') : undefined))
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the hint's own variable.
  const templates = said.length > 0 ? said : ['${data.host}:${data.port}']
  const hosts = new Set<string>()
  for (const template of templates) {
    const scopes = template.includes('data.port}') ? ports : [undefined]
    if (scopes.length === 0) skip('the pod declares no port')
    for (const port of scopes) {
      const filled = fillVariables(template, scopeOf(hinted, port))
      if ('unresolved' in filled) skip(`\${${filled.unresolved}} has no value`)
      else if (isOwn(addressIn(filled.text, group), pod)) hosts.add(filled.text)
      else skip(`${shownHost(filled.text)} is not an address of this pod`)
    }
  }
  return [...hosts]
}

/** MySQL's hosts may be written as Go's driver has them: `user:password@tcp(ip:port)/`. */
function addressIn(host: string, group: HintGroup): string {
  const module = group.get('module') ?? group.get('package') ?? ''
  if (!/^(mysql|mariadb)$/i.test(module)) return host
  return goAddress(host)?.address ?? host
}

/** `ip:port`, with or without a scheme, a path and credentials. */
function isOwn(host: string, pod: PodInfo): boolean {
  // Of `10.0.0.7\\@elsewhere` one reading of URLs sees the pod and another elsewhere.
  if (host.includes('\\')) return false
  try {
    const { hostname } = new URL(host.includes('://') ? host : `http://${host}`)
    return pod.ip !== '' && hostname.replace(/^\[|\]$/g, '') === pod.ip
  } catch {
    return false
  }
}

/** Of a pod or a service: undefined when it does not ask, a reason when it asks in vain. */
export function prometheusTarget(
  annotations: Readonly<Record<string, string>>,
  { host, ports }: { host: string; ports: readonly number[] },
): MetricsTarget | string | undefined {
  if (truth(annotations['prometheus.io/scrape']) !== true) return undefined
  if (host === '') return 'it has no address yet'
  const said = annotations['prometheus.io/port']
  const port = Number(said)
  if (said !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    return `prometheus.io/port is no port: ${said.slice(0, 50)}`
  }
  const asked = said === undefined ? ports : [port]
  if (asked.length === 0) return 'it declares no port and prometheus.io/port is missing'
  const path = annotations['prometheus.io/path'] ?? '/metrics'
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    source: 'prometheus.io',
    module: 'prometheus',
    metricsets: [],
    hosts: asked.map((one) => `${shown}:${one}`),
    scheme: annotations['prometheus.io/scheme'] === 'https' ? 'https' : 'http',
    metrics_path: path.startsWith('/') ? path : `/${path}`,
    interval_ms: undefined,
    timeout_ms: 10_000,
    namespace: '',
    username: '',
    password: '',
    include: [],
    exclude: [],
    container: '',
  }
}
