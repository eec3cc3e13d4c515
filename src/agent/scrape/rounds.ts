/**
 * Numbers that a collector computes itself, round after round: a series that the last round had and
 * this one has not is told to be stale, as a scrape does for what vanished from a text.
 */
import { encodeAttributes } from '../../wire/otlp/encode-attributes.ts'
import {
  type MetricShape,
  numberAttributesField,
  type Resource,
} from '../../wire/otlp/encode-metrics.ts'
import type { MetricsOutput } from './metrics-output.ts'

type Steady = { resource: Resource; shape: MetricShape; attributes: Uint8Array; round: number }
type BySeries = Map<string, Steady>

export class Rounds {
  readonly #output: MetricsOutput
  readonly #known = new Map<Resource, Map<MetricShape, BySeries>>()
  #round = 0
  #time_ms = 0
  #told = 0

  constructor(output: MetricsOutput) {
    this.#output = output
  }

  begin(time_ms: number): void {
    this.#round++
    this.#time_ms = time_ms
    this.#told = 0
  }

  /** Resources and shapes are told apart by identity: give the same objects in every round. */
  number(
    resource: Resource,
    shape: MetricShape,
    labels: Readonly<Record<string, string>>,
    value: number,
    start_ms = 0,
  ): void {
    const steady = this.#steady(resource, shape, labels)
    // Two objects of one name, or a source that says a thing twice: the first counts.
    if (steady.round === this.#round) return
    steady.round = this.#round
    this.#told++
    this.#tell(steady, value, start_ms)
  }

  /** Answers how many numbers the round had. */
  end(): number {
    for (const [resource, shapes] of this.#known) {
      for (const [shape, series] of shapes) {
        for (const [key, steady] of series) {
          if (steady.round === this.#round) continue
          this.#tell(steady, undefined, 0)
          series.delete(key)
        }
        if (series.size === 0) shapes.delete(shape)
      }
      if (shapes.size === 0) this.#known.delete(resource)
    }
    return this.#told
  }

  #tell(
    { resource, shape, attributes }: Steady,
    value: number | undefined,
    start_ms: number,
  ): void {
    this.#output.cut()
    const { request } = this.#output
    const point = { attributes, time_ms: this.#time_ms, start_ms }
    request.number(request.group(resource, shape), point, value)
  }

  #steady(
    resource: Resource,
    shape: MetricShape,
    labels: Readonly<Record<string, string>>,
  ): Steady {
    let shapes = this.#known.get(resource)
    if (shapes === undefined) {
      shapes = new Map()
      this.#known.set(resource, shapes)
    }
    let series = shapes.get(shape)
    if (series === undefined) {
      series = new Map()
      shapes.set(shape, series)
    }
    let key = ''
    for (const name in labels) key += `${name}\n${labels[name]}\n`
    let steady = series.get(key)
    if (steady === undefined) {
      const attributes = encodeAttributes(numberAttributesField, Object.entries(labels))
      steady = { resource, shape, attributes, round: 0 }
      series.set(key, steady)
    }
    return steady
  }
}

/** Keeps resources that are made anew each time as the same object while they say the same. */
export class SteadyResources {
  readonly #known = new Map<string, { text: string; resource: Resource }>()

  get(key: string, made: Resource): Resource {
    const text = JSON.stringify(made)
    const known = this.#known.get(key)
    if (known?.text === text) return known.resource
    // What is no longer asked for leaves when there is much of it; it is made again in no time.
    if (this.#known.size >= resources_max) this.#known.clear()
    this.#known.set(key, { text, resource: made })
    return made
  }
}

const resources_max = 20_000
