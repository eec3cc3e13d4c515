/**
 * The metrics of one node, as its kubelet tells them: the summary under OpenTelemetry's names, the
 * pages for Prometheus under their own.
 */
import type { CoverageRow } from '../../../model/kubernetes.ts'
import type { IntegrationSettings } from '../../../model/policy.ts'
import type { Resource } from '../../../wire/otlp/encode-metrics.ts'
import type { Label } from '../../../wire/prometheus/series-text.ts'
import type { CollectorContext, Running } from '../../collector.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { Cluster } from '../../kubernetes/cluster.ts'
import { type ResourceAgent, resourceAttributes } from '../../kubernetes/resource.ts'
import { type Access, FetchError, Fetcher } from '../../scrape/fetch-text.ts'
import { MetricsOutput } from '../../scrape/metrics-output.ts'
import { Rounds, SteadyResources } from '../../scrape/rounds.ts'
import { type ScrapeFailure, Scraper } from '../../scrape/scrape-target.ts'
import { Timetable, tick_ms } from '../../scrape/timetable.ts'
import { NodePods } from './node-pods.ts'
import { coverageOf, healthOf, type PartReport } from './report.ts'
import { SeriesResources } from './series-resource.ts'
import { tellSummary } from './summary.ts'
import type { PodStats, Summary } from './summary-shapes.ts'

const flush_ms = 1_000
/** A node's address may change; this often it is asked for while all is well. */
const address_age_ms = 300_000
const samples_max = 500_000
const scope = 'crowsnest/kubernetes_metrics'
export const kubelet_port = 10_250

type Address = { base: string; node_uid: string }
type Failure = Pick<ScrapeFailure, 'reason' | 'sentence'>
type NodeStatus = {
  addresses?: { type: string; address: string }[]
  daemonEndpoints?: { kubeletEndpoint?: { Port?: number } }
}

export class NodeMetrics implements Running {
  readonly #context: CollectorContext<'kubernetes_metrics'>
  readonly #cluster: Cluster
  readonly #fetcher = new Fetcher()
  readonly #output: MetricsOutput
  readonly #rounds: Rounds
  readonly #timetable: Timetable
  readonly #pods: NodePods
  readonly #access: Access
  readonly #stops: (() => void)[]
  readonly #steady = new SteadyResources()
  #scrapers: Scraper[] = []
  #address: Address | undefined
  #asked_ms = Number.NEGATIVE_INFINITY
  #failure: Failure | undefined
  #hasRun = false
  #records = 0

  constructor(context: CollectorContext<'kubernetes_metrics'>, cluster: Cluster) {
    const { sink, agent, now_ms, every, settings } = context
    this.#context = context
    this.#cluster = cluster
    this.#output = new MetricsOutput(sink, { name: scope, version: agent.version })
    this.#rounds = new Rounds(this.#output)
    this.#timetable = new Timetable(now_ms)
    this.#pods = new NodePods(cluster.api, agent.node)
    const { token_file = '', ca_file = '' } = cluster.credentials ?? {}
    this.#access = { token_file, ca_file, is_verified: settings.kubelet_verify }
    this.#timetable.set({
      id: `kubelet/${agent.node}/summary`,
      interval_ms: settings.interval_s * 1000,
      run: () => this.#round(),
    })
    // The first round is now: nobody waits an interval to see that it works.
    void this.#round()
    this.#stops = [
      every(tick_ms, () => this.#timetable.tick()),
      every(flush_ms, () => void this.#output.flush()),
    ]
  }

  health(): ReturnType<Running['health']> {
    return healthOf(this.#reports(() => 0))
  }

  coverage(): CoverageRow[] {
    const time_ms = this.#context.now_ms()
    const reports = this.#reports((scraper) => scraper.takeSamples())
    this.#records = 0
    return coverageOf(reports, time_ms, this.#output.counts().dropped)
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop()
    this.#pods.close()
    for (const scraper of this.#scrapers) scraper.close()
    this.#rounds.begin(this.#context.now_ms())
    this.#rounds.end()
    await this.#output.flush()
    this.#fetcher.close()
  }

  #reports(take: (scraper: Scraper) => number): PartReport[] {
    const reports: PartReport[] = []
    if (this.#hasRun) {
      reports.push({ failure: this.#failure, records: this.#records, is_needed: true })
    }
    for (const scraper of this.#scrapers) {
      if (scraper.scrapes === 0) continue
      const { failure } = scraper
      reports.push({ failure, records: take(scraper), is_needed: true })
    }
    return reports
  }

  async #round(): Promise<void> {
    try {
      const address = await this.#find()
      if (this.#context.settings.kubelet) await this.#summary(address)
      this.#failure = undefined
    } catch (error) {
      this.#failure = failureOf(error)
      this.#context.log.debug({ err: error }, 'the kubelet was not read')
      this.#asked_ms = Number.NEGATIVE_INFINITY
      this.#rounds.begin(this.#context.now_ms())
      this.#rounds.end()
    }
    this.#hasRun = true
  }

  async #summary({ base, node_uid }: Address): Promise<void> {
    const { now_ms, settings } = this.#context
    const time_ms = now_ms()
    const text = await this.#fetcher.get({
      url: `${base}/stats/summary`,
      access: this.#access,
      accept: 'application/json',
      timeout_ms: Math.min(10_000, settings.interval_s * 1000),
    })
    const summary = JSON.parse(text) as Summary
    const agent = this.#resourceAgent()
    const containers = (ref: PodStats['podRef'], container?: string) =>
      this.#podResource(ref, container, agent)
    this.#rounds.begin(time_ms)
    const places = {
      node: this.#nodeResource(node_uid),
      podOf: (ref: PodStats['podRef']) => containers(ref),
      containerOf: containers,
      amountsOf: (ref: PodStats['podRef'], container?: string) =>
        this.#pods.amountsOf(ref.uid, container),
      volumeKind: (ref: PodStats['podRef'], volume: string) =>
        this.#pods.volumeKind(ref.uid, volume),
    }
    tellSummary(summary, places, this.#rounds, time_ms)
    this.#records += this.#rounds.end()
  }

  /** Where the kubelet listens, from the Node object; its pages are scraped from then on. */
  async #find(): Promise<Address> {
    const { agent, now_ms } = this.#context
    if (this.#address !== undefined && now_ms() - this.#asked_ms < address_age_ms) {
      return this.#address
    }
    const node = await this.#cluster.api.get<KubernetesObject>(`/api/v1/nodes/${agent.node}`)
    const address = addressOf(node)
    this.#asked_ms = now_ms()
    if (address.base !== this.#address?.base) {
      this.#address = address
      this.#startScrapers(address)
    }
    return this.#address
  }

  #startScrapers({ base, node_uid }: Address): void {
    const { settings, agent, now_ms } = this.#context
    for (const scraper of this.#scrapers) {
      scraper.close()
      this.#timetable.delete(scraper.target.id)
    }
    const node = this.#nodeResource(node_uid)
    const resources = new SeriesResources(node, this.#resourceAgent(), this.#cluster.pods)
    const interval_ms = settings.interval_s * 1000
    this.#scrapers = pagesOf(settings).map((path) => {
      const target = {
        id: `kubelet/${agent.node}${path}`,
        url: base + path,
        access: this.#access,
        interval_ms,
        timeout_ms: Math.min(10_000, interval_ms),
        samples_max,
        labels: [
          ['job', 'kubelet'],
          ['instance', new URL(base).host],
          ['metrics_path', path],
          ['node', agent.node],
        ] as const,
        honor_labels: true,
        resource: node,
        resourceOf: resources.ofPod.bind(resources),
        ...(path === '/metrics/resource' && settings.cadvisor ? { relabel: withoutCadvisor } : {}),
      }
      const scraper = new Scraper(target, { output: this.#output, fetcher: this.#fetcher, now_ms })
      this.#timetable.set({ id: target.id, interval_ms, run: () => scraper.scrape() })
      return scraper
    })
  }

  #resourceAgent(): ResourceAgent {
    const { agent } = this.#context
    return { cluster: agent.cluster, node: agent.node, cluster_uid: this.#cluster.cluster_uid }
  }

  #nodeResource(uid: string): Resource {
    const { cluster, node, cluster_uid = '' } = this.#resourceAgent()
    const made: Record<string, string> = { 'k8s.node.name': node }
    if (cluster !== '') made['k8s.cluster.name'] = cluster
    if (cluster_uid !== '') made['k8s.cluster.uid'] = cluster_uid
    if (uid !== '') made['k8s.node.uid'] = uid
    return this.#steady.get('node', made)
  }

  #podResource(
    { namespace, name, uid }: PodStats['podRef'],
    container: string | undefined,
    agent: ResourceAgent,
  ): Resource {
    const { pods } = this.#cluster
    // The kubelet names static pods by their own uid, the API by that of the mirror pod.
    const pod = pods.byUid(uid) ?? pods.byName(namespace, name)
    const key = `${uid}/${container ?? ''}`
    if (pod !== undefined) {
      const info = pod.containers.find((one) => one.name === container)
      return this.#steady.get(key, resourceAttributes(pod, info, agent))
    }
    const made: Record<string, string> = {
      ...this.#nodeResource(this.#address?.node_uid ?? ''),
      'k8s.namespace.name': namespace,
      'k8s.pod.name': name,
      'k8s.pod.uid': uid,
    }
    if (container !== undefined) made['k8s.container.name'] = container
    return this.#steady.get(key, made)
  }
}

function addressOf(node: KubernetesObject): Address {
  const { addresses = [], daemonEndpoints } = (node.status ?? {}) as NodeStatus
  const ip = addresses.find(({ type }) => type === 'InternalIP')?.address
  if (ip === undefined) throw new Error(`Node ${node.metadata.name} has no InternalIP.`)
  const port = daemonEndpoints?.kubeletEndpoint?.Port ?? kubelet_port
  const host = ip.includes(':') ? `[${ip}]` : ip
  return { base: `https://${host}:${port}`, node_uid: node.metadata.uid }
}

function pagesOf(settings: IntegrationSettings<'kubernetes_metrics'>): string[] {
  const pages: string[] = []
  if (settings.kubelet) pages.push('/metrics', '/metrics/resource')
  if (settings.cadvisor) pages.push('/metrics/cadvisor')
  if (settings.probes) pages.push('/metrics/probes')
  return pages
}

/** Of containers both pages tell these, cadvisor with more labels: once is enough. */
const toldByCadvisor = new Set([
  'container_cpu_usage_seconds_total',
  'container_memory_working_set_bytes',
  'container_start_time_seconds',
])

function withoutCadvisor(labels: Label[]): Label[] | undefined {
  const isTold = labels.some(([key, value]) => key === '__name__' && toldByCadvisor.has(value))
  return isTold ? undefined : labels
}

function failureOf(error: unknown): Failure {
  const { message } = error as Error
  const { status = 0 } = error as { status?: number }
  if (status === 401 || status === 403) {
    const isKubelet = error instanceof FetchError
    const rule = 'get on nodes/stats and nodes/metrics'
    const hint = isKubelet ? ` The agent's ClusterRole needs ${rule}.` : ''
    return { reason: 'permission', sentence: `${message}.${hint}` }
  }
  return { reason: 'no_endpoint', sentence: `${message}.` }
}
