/** The API server's own /metrics: requests by verb and resource, what it stores, how it does. */

import { kinds } from './kinds.ts'
import type { ObjectStore } from './object-store.ts'

const bounds_s = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 1, 5, 60]

type Series = { count: number; sum_s: number; buckets: number[] }

export class RequestFigures {
  readonly #totals = new Map<string, number>()
  readonly #durations = new Map<string, Series>()
  readonly #started_ms: number
  #inflight = 0

  constructor(now_ms: number) {
    this.#started_ms = now_ms
  }

  begin(): void {
    this.#inflight++
  }

  end(labels: Record<string, string>, code: number, duration_s: number): void {
    this.#inflight--
    const base = written({ component: 'apiserver', ...labels })
    const key = `${base},code="${code}"`
    this.#totals.set(key, (this.#totals.get(key) ?? 0) + 1)
    if (labels.verb === 'WATCH') return
    const series = this.#durations.get(base) ?? {
      count: 0,
      sum_s: 0,
      buckets: bounds_s.map(() => 0),
    }
    series.count++
    series.sum_s += duration_s
    bounds_s.forEach((bound, at) => {
      if (duration_s <= bound) series.buckets[at]!++
    })
    this.#durations.set(base, series)
  }

  text(store: ObjectStore, watches: number): string {
    const lines: string[] = []
    const metric = (name: string, type: string, help: string) =>
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    metric('apiserver_request_total', 'counter', '[STABLE] Counter of apiserver requests.')
    for (const [key, value] of this.#totals) lines.push(`apiserver_request_total{${key}} ${value}`)
    const duration = 'apiserver_request_duration_seconds'
    metric(duration, 'histogram', '[STABLE] Response latency distribution in seconds.')
    for (const [key, { count, sum_s, buckets }] of this.#durations) {
      bounds_s.forEach((bound, at) => {
        lines.push(`${duration}_bucket{${key},le="${bound}"} ${buckets[at]}`)
      })
      lines.push(`${duration}_bucket{${key},le="+Inf"} ${count}`)
      lines.push(`${duration}_sum{${key}} ${sum_s}`, `${duration}_count{${key}} ${count}`)
    }
    metric('apiserver_current_inflight_requests', 'gauge', '[STABLE] Requests in flight.')
    const kind = (name: string) => `apiserver_current_inflight_requests{request_kind="${name}"}`
    lines.push(`${kind('readOnly')} ${this.#inflight}`, `${kind('mutating')} 0`)
    metric('apiserver_storage_objects', 'gauge', '[STABLE] Number of stored objects.')
    for (const { group, plural, kind: name } of kinds) {
      const resource = group === '' ? plural : `${plural}.${group}`
      lines.push(`apiserver_storage_objects{resource="${resource}"} ${store.list(name).length}`)
    }
    metric('apiserver_longrunning_requests', 'gauge', '[STABLE] Long running requests.')
    lines.push(`apiserver_longrunning_requests{component="apiserver",verb="WATCH"} ${watches}`)
    const { rss, heapUsed } = process.memoryUsage()
    const plain: [string, string, number][] = [
      ['process_resident_memory_bytes', 'gauge', rss],
      ['go_memstats_heap_inuse_bytes', 'gauge', heapUsed],
      ['process_cpu_seconds_total', 'counter', process.cpuUsage().user / 1e6],
      ['process_start_time_seconds', 'gauge', this.#started_ms / 1000],
    ]
    for (const [name, type, value] of plain) {
      metric(name, type, 'Of the process.')
      lines.push(`${name} ${value}`)
    }
    return `${lines.join('\n')}\n`
  }
}

function written(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')
}
