/**
 * Scrapes what exposes Prometheus text: pods that ask by annotation, pods that monitors choose, and
 * addresses of the policy. An agent on a node scrapes the pods of its node; addresses are scraped
 * by the agent of the cluster or of the machine, once.
 */
import type { CoverageRow } from '../../../model/kubernetes.ts'
import type { IntegrationSettings } from '../../../model/policy.ts'
import type { Collector, CollectorContext, Running } from '../../collector.ts'
import { Fetcher, openAccess } from '../../scrape/fetch-text.ts'
import { MetricsOutput } from '../../scrape/metrics-output.ts'
import { tick_ms } from '../../scrape/timetable.ts'
import { WatchedObjects } from '../../scrape/watched-objects.ts'
import { isOfCluster } from '../kubernetes-metrics/control-plane.ts'
import { annotatedTargets } from './annotated.ts'
import { type MonitorProblem, monitorTargets } from './monitors.ts'
import { RunningTargets } from './running-targets.ts'
import { hostAndPort, type Wanted, type WantedContext } from './wanted-target.ts'

/** Pods change by themselves; this only bounds how often their changes are looked at. */
const look_ms = 2_000
const flush_ms = 1_000
const scope = 'crowsnest/prometheus'
const paths = {
  services: '/api/v1/services',
  service_monitors: '/apis/monitoring.coreos.com/v1/servicemonitors',
  pod_monitors: '/apis/monitoring.coreos.com/v1/podmonitors',
}

export const prometheus: Collector<'prometheus'> = {
  type: 'prometheus',
  async start(context) {
    return new PrometheusRunning(context)
  },
}

class PrometheusRunning implements Running {
  readonly #context: CollectorContext<'prometheus'>
  readonly #fetcher = new Fetcher()
  readonly #output: MetricsOutput
  readonly #targets: RunningTargets
  readonly #stops: (() => void)[] = []
  readonly #watched: Partial<Record<keyof typeof paths, WatchedObjects>> = {}
  #problems: MonitorProblem[] = []
  #hasChanged = true
  #othersBefore = ''

  constructor(context: CollectorContext<'prometheus'>) {
    this.#context = context
    const { sink, agent, now_ms, every } = context
    this.#output = new MetricsOutput(sink, { name: scope, version: agent.version })
    this.#targets = new RunningTargets(
      { output: this.#output, fetcher: this.#fetcher, now_ms },
      context,
    )
    this.#watch()
    this.#look()
    this.#stops.push(
      every(look_ms, () => this.#look()),
      every(tick_ms, () => this.#targets.tick()),
      every(flush_ms, () => void this.#output.flush()),
    )
  }

  health(): ReturnType<Running['health']> {
    const health = this.#targets.health()
    const [problem] = this.#problems
    if (health.state !== 'healthy' || problem === undefined) return health
    return { state: 'degraded', message: problem.sentence }
  }

  coverage(): CoverageRow[] {
    const time_ms = this.#context.now_ms()
    const rows = this.#targets.coverage(time_ms)
    const own = (row: Partial<CoverageRow>): CoverageRow => ({
      time_ms,
      source: 'prometheus',
      signal: 'metrics',
      namespace: '',
      workload: '',
      pod: '',
      state: 'blind',
      reason: '',
      detail: '',
      lag_s: 0,
      records: 0,
      dropped: 0,
      ...row,
    })
    const { dropped } = this.#output.counts()
    if (dropped > 0) rows.push(own({ state: 'dropped', reason: 'spool_full', dropped }))
    for (const { namespace, sentence } of this.#problems) {
      rows.push(own({ namespace, reason: 'no_endpoint', detail: sentence }))
    }
    for (const watched of Object.values(this.#watched)) {
      const { failure, path } = watched
      // A cluster without the operator has no such kinds: nothing is missing.
      if (failure === undefined || failure.status === 404) continue
      const reason = failure.status === 403 ? 'permission' : 'no_endpoint'
      rows.push(own({ reason, detail: `${path}: ${failure.message}` }))
    }
    return rows
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop()
    for (const watched of Object.values(this.#watched)) watched.close()
    await this.#targets.stop()
    await this.#output.flush()
    this.#fetcher.close()
  }

  #watch(): void {
    const { cluster, agent, settings } = this.#context
    if (cluster === undefined || agent.kind !== 'node') return
    const onChange = () => {
      this.#hasChanged = true
    }
    this.#stops.push(cluster.pods.onChange(onChange))
    const { annotations, monitors } = settings
    const watch = (name: keyof typeof paths) => {
      this.#watched[name] = new WatchedObjects(cluster.api, { path: paths[name] }, onChange)
    }
    if (annotations || monitors) watch('services')
    if (!monitors) return
    watch('service_monitors')
    watch('pod_monitors')
  }

  #look(): void {
    const others = this.#others()
    const othersText = JSON.stringify(others)
    if (!this.#hasChanged && othersText === this.#othersBefore) return
    this.#hasChanged = false
    this.#othersBefore = othersText
    this.#targets.want([...this.#podTargets(others), ...this.#namedTargets()])
  }

  /** What the agent of the cluster scrapes by the same policy. */
  #others(): IntegrationSettings<'kubernetes_metrics'>[] {
    const all = this.#context.integrations?.() ?? []
    return all.flatMap((one) => (one.type === 'kubernetes_metrics' ? one.settings : []))
  }

  #podTargets(others: readonly IntegrationSettings<'kubernetes_metrics'>[]): Wanted[] {
    const { cluster, agent, settings } = this.#context
    if (cluster === undefined || agent.kind !== 'node') return []
    const wanted = { settings, agent: { ...agent, cluster_uid: cluster.cluster_uid } }
    const objects = {
      services: this.#watched.services?.all() ?? [],
      service_monitors: this.#watched.service_monitors?.all() ?? [],
      pod_monitors: this.#watched.pod_monitors?.all() ?? [],
    }
    const pods = [...cluster.pods.all()].filter(
      (pod) => pod.node === agent.node && !others.some((settings) => isOfCluster(pod, settings)),
    )
    const { wanted: monitored, problems } = monitorTargets(pods, objects, wanted)
    this.#problems = problems
    const annotated = settings.annotations ? annotatedTargets(pods, objects.services, wanted) : []
    return [...monitored, ...annotated]
  }

  #namedTargets(): Wanted[] {
    const { agent, settings } = this.#context
    if (agent.kind === 'node') return []
    return settings.targets.map((target) => namedTarget(target, { settings, agent }))
  }
}

function namedTarget(target: string, { settings, agent }: WantedContext): Wanted {
  const url = new URL(target)
  if (url.pathname === '/') url.pathname = '/metrics'
  const { username, password } = url
  url.username = url.password = ''
  const interval_ms = settings.interval_s * 1000
  const instance = hostAndPort(url)
  const resource: Record<string, string> = {
    'service.name': url.hostname,
    'service.instance.id': instance,
  }
  if (agent.cluster !== '') resource['k8s.cluster.name'] = agent.cluster
  return {
    kind: 'scrape',
    pod: undefined,
    target: {
      id: `static/${url.href}`,
      url: url.href,
      access: {
        ...openAccess,
        username: decodeURIComponent(username),
        password: decodeURIComponent(password),
      },
      interval_ms,
      timeout_ms: Math.min(10_000, interval_ms),
      samples_max: settings.samples_max,
      labels: [
        ['job', 'static'],
        ['instance', instance],
      ],
      honor_labels: false,
      resource,
    },
    metric_relabelings: [],
  }
}
