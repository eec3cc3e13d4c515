/** Ports of system pods that really answer: kube-state-metrics, CoreDNS and the scheduler. */
import { createServer, type Server } from 'node:http'
import type { Change, ObjectStore } from './api/object-store.ts'
import type { Pod } from './api/objects.ts'
import { isReady } from './control/control.ts'
import { listenAt } from './network.ts'
import { Exposition } from './state-metrics/exposition.ts'
import { stateMetrics } from './state-metrics/state-metrics.ts'

type Page = (store: ObjectStore, up_s: number) => string

function coredns(_: ObjectStore, up_s: number): string {
  const page = new Exposition()
  const zone = { server: 'dns://:53', zone: '.', view: '' }
  for (const [type, rate] of [
    ['A', 3.1],
    ['AAAA', 2.2],
  ] as const) {
    page.count(
      'coredns_dns_requests_total',
      { ...zone, proto: 'udp', family: '1', type },
      Math.floor(up_s * rate),
    )
  }
  for (const [rcode, rate] of [
    ['NOERROR', 4.9],
    ['NXDOMAIN', 0.4],
    ['SERVFAIL', 0.002],
  ] as const) {
    page.count(
      'coredns_dns_responses_total',
      { ...zone, plugin: '', rcode },
      Math.floor(up_s * rate),
    )
  }
  page.count(
    'coredns_cache_hits_total',
    { ...zone, zones: '.', type: 'success' },
    Math.floor(up_s * 3),
  )
  page.count('coredns_cache_misses_total', { ...zone, zones: '.' }, Math.floor(up_s * 2))
  page.count('coredns_panics_total', {}, 0)
  page.add('coredns_build_info', { version: '1.12.1', goversion: 'go1.24.1' }, 1)
  return page.text() + durations(Math.floor(up_s * 5.3))
}

const bounds_s = [0.00025, 0.0005, 0.001, 0.004, 0.016, 0.064]

/** A histogram, which the page of gauges and counters does not write. */
function durations(total: number): string {
  const name = 'coredns_dns_request_duration_seconds'
  const zone = 'server="dns://:53",zone=".",view=""'
  const buckets = bounds_s.map((le, at) => {
    const count = Math.floor(total * (1 - 0.5 ** (at * 2 + 1)))
    return `${name}_bucket{${zone},le="${le}"} ${count}`
  })
  return [
    `# HELP ${name} Histogram of the time each request took.`,
    `# TYPE ${name} histogram`,
    ...buckets,
    `${name}_bucket{${zone},le="+Inf"} ${total}`,
    `${name}_sum{${zone}} ${total * 0.0006}`,
    `${name}_count{${zone}} ${total}`,
    '',
  ].join('\n')
}

function scheduler(store: ObjectStore): string {
  const page = new Exposition()
  const pods = store.list<Pod>('Pod')
  const waiting = pods.filter(({ spec }) => spec.nodeName === undefined).length
  page.add('scheduler_pending_pods', { queue: 'active' }, 0)
  page.add('scheduler_pending_pods', { queue: 'unschedulable' }, waiting)
  const profile = { profile: 'default-scheduler' }
  const result = (name: string) => ({ ...profile, result: name })
  page.count('scheduler_schedule_attempts_total', result('scheduled'), pods.length)
  page.count('scheduler_schedule_attempts_total', result('unschedulable'), waiting)
  return page.text()
}

const pages: Record<string, Page> = {
  'kube-state-metrics': stateMetrics,
  coredns,
  'kube-scheduler': scheduler,
}

export class PodEndpoints {
  readonly #store: ObjectStore
  readonly #now_ms: () => number
  readonly #servers = new Map<string, Server>()

  constructor(store: ObjectStore, now_ms: () => number) {
    this.#store = store
    this.#now_ms = now_ms
    store.onChange((change) => this.#hear(change))
  }

  async close(): Promise<void> {
    const closing = [...this.#servers.values()].map(
      (server) =>
        new Promise<void>((done) => {
          server.closeAllConnections()
          server.close(() => done())
        }),
    )
    await Promise.all(closing)
  }

  #hear({ kind, type, object }: Change): void {
    if (kind.kind !== 'Pod') return
    const pod = object as Pod
    const { uid } = pod.metadata
    const [container] = pod.spec.containers
    const page = pages[container?.name ?? '']
    const port = container?.ports?.[0]?.containerPort
    if (page === undefined || port === undefined) return
    const open = this.#servers.get(uid)
    const isUp = type !== 'DELETED' && isReady(pod) && pod.status.podIP !== undefined
    if (isUp && open === undefined) this.#open(pod, { page, port })
    if (!isUp && open !== undefined) {
      this.#servers.delete(uid)
      open.closeAllConnections()
      open.close()
    }
  }

  #open(pod: Pod, { page, port }: { page: Page; port: number }): void {
    const began_ms = Date.parse(pod.status.startTime ?? '')
    const server = createServer((request, response) => {
      if (request.url !== '/metrics') return response.writeHead(404).end()
      const type = 'text/plain; version=0.0.4; charset=utf-8'
      response.writeHead(200, { 'content-type': type })
      response.end(page(this.#store, (this.#now_ms() - began_ms) / 1000))
    })
    // Where its port is taken by another program, the pod is there and does not answer.
    server.on('error', () => {})
    this.#servers.set(pod.metadata.uid, server)
    listenAt(server, pod.status.podIP!, port).catch(() => {})
  }
}
