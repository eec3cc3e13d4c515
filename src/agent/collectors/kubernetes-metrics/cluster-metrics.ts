/**
 * The metrics of the cluster as a whole, by the one agent that watches it: the state of its objects
 * and the control plane. What cannot be seen is told with the reason.
 */
import type { CoverageRow } from '../../../model/kubernetes.ts'
import type { CollectorContext, Running } from '../../collector.ts'
import type { Cluster, PodInfo } from '../../kubernetes/cluster.ts'
import { resourceAttributes } from '../../kubernetes/resource.ts'
import { type Access, Fetcher, openAccess, type TextSource } from '../../scrape/fetch-text.ts'
import { MetricsOutput } from '../../scrape/metrics-output.ts'
import { Rounds } from '../../scrape/rounds.ts'
import { Scraper, type ScrapeTarget } from '../../scrape/scrape-target.ts'
import { Timetable, tick_ms } from '../../scrape/timetable.ts'
import { ClusterState } from './cluster-state.ts'
import {
  ApiTextSource,
  type ControlComponent,
  controlComponents,
  isStatePod,
  metricsPort,
  podsOf,
  state_job,
  urlOf,
} from './control-plane.ts'
import { coverageOf, healthOf, type PartReport } from './report.ts'
import { SeriesResources } from './series-resource.ts'

const flush_ms = 1_000
const look_ms = 5_000
/** Objects change slowly, and there are many series of them. */
const state_interval_ms_min = 30_000
const samples_max = 1_000_000
const scope = 'crowsnest/kubernetes_metrics'

type Entry = { scraper: Scraper; pod: PodInfo | undefined; hint: string; is_needed: boolean }

export class ClusterMetrics implements Running {
  readonly #context: CollectorContext<'kubernetes_metrics'>
  readonly #cluster: Cluster
  readonly #fetcher = new Fetcher()
  readonly #output: MetricsOutput
  readonly #rounds: Rounds
  readonly #timetable: Timetable
  readonly #access: Access
  readonly #stops: (() => void)[]
  readonly #entries = new Map<string, Entry>()
  #state: ClusterState | undefined
  #missing: readonly ControlComponent[] = []
  #records = 0

  constructor(context: CollectorContext<'kubernetes_metrics'>, cluster: Cluster) {
    const { sink, agent, now_ms, every, settings } = context
    this.#context = context
    this.#cluster = cluster
    this.#output = new MetricsOutput(sink, { name: scope, version: agent.version })
    this.#rounds = new Rounds(this.#output)
    this.#timetable = new Timetable(now_ms)
    const { token_file = '', ca_file = '' } = cluster.credentials ?? {}
    this.#access = { token_file, ca_file, is_verified: settings.kubelet_verify }
    const interval_ms = Math.max(state_interval_ms_min, settings.interval_s * 1000)
    this.#timetable.set({ id: 'state', interval_ms, run: async () => this.#tellState() })
    if (settings.control_plane) this.#startApiServer()
    this.#look()
    this.#stops = [
      every(look_ms, () => this.#look()),
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
    if (this.#records > 0) {
      reports.push({ failure: undefined, records: this.#records, is_needed: true })
      this.#records = 0
    }
    return coverageOf(reports, time_ms, this.#output.counts().dropped)
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop()
    this.#closeState()
    for (const { scraper } of this.#entries.values()) scraper.close()
    await this.#output.flush()
    this.#fetcher.close()
  }

  #reports(take: (scraper: Scraper) => number): PartReport[] {
    const reports: PartReport[] = this.#state?.reports() ?? []
    for (const { scraper, pod, hint, is_needed } of this.#entries.values()) {
      if (scraper.scrapes === 0) continue
      const { failure } = scraper
      const told = failure && { ...failure, sentence: `${failure.sentence} ${hint}`.trim() }
      const { namespace = '', workload = '', name = '' } = pod ?? {}
      const records = take(scraper)
      reports.push({ namespace, workload, pod: name, failure: told, records, is_needed })
    }
    for (const { job } of this.#missing) {
      const sentence =
        `No running pod of ${job} was found in kube-system: a managed control plane does not ` +
        'show it.'
      const failure = { reason: 'no_endpoint', sentence }
      const namespace = 'kube-system'
      reports.push({ namespace, workload: job, failure, records: 0, is_needed: false })
    }
    return reports
  }

  /** Finds who is there now, and begins or ends what follows from it. */
  #look(): void {
    const { settings } = this.#context
    const wanted = new Map<string, () => Entry>()
    if (settings.state === 'auto' || settings.state === 'kube_state_metrics') {
      for (const pod of this.#statePods()) wanted.set(`ksm/${pod.uid}`, () => this.#stateEntry(pod))
    }
    const missing: ControlComponent[] = []
    for (const component of settings.control_plane ? controlComponents : []) {
      const pods = podsOf(component.names, this.#cluster.pods.all())
      if (pods.length === 0) missing.push(component)
      for (const pod of pods) {
        wanted.set(`${component.job}/${pod.uid}`, () => this.#componentEntry(component, pod))
      }
    }
    this.#missing = missing
    for (const [id, { scraper }] of this.#entries) {
      if (wanted.has(id) || id === 'apiserver') continue
      scraper.close()
      this.#timetable.delete(scraper.target.id)
      this.#entries.delete(id)
    }
    for (const [id, start] of wanted) if (!this.#entries.has(id)) this.#entries.set(id, start())
    this.#chooseState()
  }

  #statePods(): PodInfo[] {
    return [...this.#cluster.pods.all()].filter((pod) => {
      const { phase, is_deleted, ip } = pod
      return phase === 'Running' && !is_deleted && ip !== '' && isStatePod(pod)
    })
  }

  /** From the API when told so, and where kube-state-metrics is not there or does not answer. */
  #chooseState(): void {
    const { state } = this.#context.settings
    const scrapers = [...this.#entries].filter(([id]) => id.startsWith('ksm/'))
    const isAway = scrapers.every(([, { scraper }]) => scraper.failure !== undefined)
    const isComputed = state === 'api' || (state === 'auto' && isAway)
    if (!isComputed) this.#closeState()
    else if (this.#state === undefined) {
      const instance = `crowsnest-agent/${this.#context.agent.node}`
      this.#state = new ClusterState(this.#cluster.api, this.#objectResources(), instance)
    }
  }

  #closeState(): void {
    if (this.#state === undefined) return
    this.#state.close()
    this.#state = undefined
    this.#rounds.begin(this.#context.now_ms())
    this.#rounds.end()
  }

  #tellState(): void {
    this.#records += this.#state?.tell(this.#rounds, this.#context.now_ms()) ?? 0
  }

  #base(): Record<string, string> {
    const { cluster } = this.#context.agent
    const { cluster_uid } = this.#cluster
    const base: Record<string, string> = {}
    if (cluster !== '') base['k8s.cluster.name'] = cluster
    if (cluster_uid !== '') base['k8s.cluster.uid'] = cluster_uid
    return base
  }

  #objectResources(): SeriesResources {
    const { cluster } = this.#context.agent
    return new SeriesResources(this.#base(), { cluster, node: '' })
  }

  #startApiServer(): void {
    const resource = { ...this.#base(), 'service.name': 'kube-apiserver' }
    const target = {
      id: 'apiserver',
      url: 'https://kubernetes.default.svc/metrics',
      access: openAccess,
      labels: [
        ['job', 'apiserver'],
        ['instance', 'kubernetes.default.svc:443'],
      ] as const,
      resource,
    }
    const entry = this.#entry(target, new ApiTextSource(this.#cluster.api))
    this.#entries.set('apiserver', { ...entry, pod: undefined, hint: '', is_needed: true })
  }

  #stateEntry(pod: PodInfo): Entry {
    const port = metricsPort(pod, 8080, ['http-metrics', 'http', 'metrics'])
    const resources = this.#objectResources()
    const target = {
      ...this.#podTarget('ksm', pod, urlOf('http', pod.ip, port)),
      labels: [
        ['job', state_job],
        ['instance', `${pod.ip}:${port}`],
      ] as const,
      access: openAccess,
      resourceOf: (labels: readonly (readonly [string, string])[]) =>
        resources.ofObject(Object.fromEntries(labels)),
    }
    return { ...this.#entry(target, this.#fetcher), pod, hint: '', is_needed: true }
  }

  #componentEntry(component: ControlComponent, pod: PodInfo): Entry {
    const { job, scheme, hint } = component
    const port = metricsPort(pod, component.port, ['metrics', 'metrics-port', 'http-metrics'])
    const target = {
      ...this.#podTarget(job, pod, urlOf(scheme, pod.ip, port)),
      labels: [
        ['job', job],
        ['instance', `${pod.ip}:${port}`],
        ['namespace', pod.namespace],
        ['pod', pod.name],
      ] as const,
      access: scheme === 'https' ? this.#access : openAccess,
    }
    return { ...this.#entry(target, this.#fetcher), pod, hint, is_needed: false }
  }

  #podTarget(job: string, pod: PodInfo, url: string) {
    const { cluster, node } = this.#context.agent
    const agent = { cluster, node, cluster_uid: this.#cluster.cluster_uid }
    const resource = resourceAttributes(pod, pod.containers[0], agent)
    return { id: `${job}/${pod.uid}`, url, resource }
  }

  #entry(
    about: Pick<ScrapeTarget, 'id' | 'url' | 'labels' | 'resource' | 'access'> &
      Partial<ScrapeTarget>,
    fetcher: TextSource,
  ): { scraper: Scraper } {
    const { settings, now_ms } = this.#context
    const interval_ms = settings.interval_s * 1000
    const timeout_ms = Math.min(10_000, interval_ms)
    const target = { interval_ms, timeout_ms, samples_max, honor_labels: true, ...about }
    const scraper = new Scraper(target, { output: this.#output, fetcher, now_ms })
    this.#timetable.set({ id: target.id, interval_ms, run: () => scraper.scrape() })
    return { scraper }
  }
}
