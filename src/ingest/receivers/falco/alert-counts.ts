/**
 * Alerts of Falco as counters, under the names and labels of falco-exporter and Falcosidekick, so
 * that dashboards made for them fill. They are counted once they are durable, from the server's
 * start on; storing the samples is left to the intake.
 */

import { encodeAttributes } from '../../../wire/otlp/encode-attributes.ts'
import {
  type MetricShape,
  MetricsRequest,
  numberAttributesField,
} from '../../../wire/otlp/encode-metrics.ts'
import type { ReadEvent } from '../security/read-event.ts'
import { cut } from '../security/sent.ts'

/** Of one server: rules times pods. Past it alerts are counted by priority alone. */
export const alert_series_max = 5_000
const label_chars_max = 512

/** Their place is their number, as Falco counts: 0 is the worst. */
const priorities = [
  ...['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'],
]

const description = 'Alerts of Falco'
const shapes: Readonly<Record<'exporter' | 'sidekick', MetricShape>> = {
  exporter: { name: 'falco_events', kind: 'counter', description },
  sidekick: {
    name: 'falcosecurity_falcosidekick_falco_events_total',
    kind: 'counter',
    description,
  },
}

type Labels = readonly (readonly [name: string, value: string])[]
type Series = {
  resource: Readonly<Record<string, string>>
  exporter: Uint8Array
  sidekick: Uint8Array
  count: number
  isNew: boolean
}

export class AlertCounts {
  /** Alerts past alert_series_max. */
  overflowed = 0
  readonly #series = new Map<string, Series>()
  readonly #resources = new Map<string, Readonly<Record<string, string>>>()
  readonly #instance: string
  readonly #start_ms: number
  #told_ms: number

  /** `instance` names the server that counts: each has counters of its own. */
  constructor(instance: string, start_ms: number) {
    this.#instance = instance
    this.#start_ms = this.#told_ms = start_ms
  }

  get isEmpty(): boolean {
    return this.#series.size === 0
  }

  add({ row, place }: ReadEvent<'security_events'>, bound_cluster: string | undefined): void {
    const cluster = bound_cluster ?? place.cluster
    const { rule = '', priority = '', kind = '', tags = [] } = row
    const number = String(Math.max(0, priorities.indexOf(priority)))
    const labels: Labels = [
      ['rule', cut(rule, label_chars_max)],
      ['priority', number],
      ['priority_raw', priority],
      ['source', cut(kind, label_chars_max)],
      ['hostname', cut(place.node, label_chars_max)],
      ['k8s_ns_name', cut(place.namespace, label_chars_max)],
      ['k8s_pod_name', cut(place.pod, label_chars_max)],
      ['tags', tags.length === 0 ? '' : cut(`,${tags.join(',')},`, label_chars_max)],
    ]
    const key = JSON.stringify([cluster, ...labels.map(([, value]) => value)])
    const known = this.#series.get(key)
    if (known !== undefined) known.count++
    else if (this.#series.size < alert_series_max) this.#begin(key, cluster, labels)
    else this.#overflow(labels)
  }

  #overflow(labels: Labels): void {
    this.overflowed++
    const kept = labels.filter(([name]) => name.startsWith('priority'))
    const key = `over ${kept[0]![1]}`
    const known = this.#series.get(key)
    if (known !== undefined) known.count++
    else this.#begin(key, '', [['rule', 'other'], ...kept])
  }

  #begin(key: string, cluster: string, labels: Labels): void {
    const said = labels.filter(([, value]) => value !== '')
    const ofSidekick = said.filter(([name]) => name !== 'tags')
    this.#series.set(key, {
      resource: this.#resourceOf(cluster),
      exporter: encodeAttributes(numberAttributesField, said),
      sidekick: encodeAttributes(numberAttributesField, ofSidekick),
      count: 1,
      isNew: true,
    })
  }

  #resourceOf(cluster: string): Readonly<Record<string, string>> {
    let resource = this.#resources.get(cluster)
    if (resource === undefined) {
      const own = { 'service.name': 'falco', 'service.instance.id': this.#instance }
      resource = cluster === '' ? own : { ...own, 'k8s.cluster.name': cluster }
      this.#resources.set(cluster, resource)
    }
    return resource
  }

  /** Every series as it stands, as an OTLP request. A new one was 0 when the last was made. */
  request(now_ms: number): Uint8Array {
    const request = new MetricsRequest({ name: 'crowsnest', version: '' })
    const start_ms = this.#start_ms
    for (const series of this.#series.values()) {
      for (const way of ['exporter', 'sidekick'] as const) {
        const group = request.group(series.resource, shapes[way])
        const attributes = series[way]
        if (series.isNew && this.#told_ms < now_ms) {
          request.number(group, { attributes, start_ms, time_ms: this.#told_ms }, 0)
        }
        request.number(group, { attributes, start_ms, time_ms: now_ms }, series.count)
      }
    }
    return request.finish()
  }

  /** The samples of this time are durable. */
  told(now_ms: number): void {
    this.#told_ms = now_ms
    for (const series of this.#series.values()) series.isNew = false
  }
}
