/**
 * Numbers on their way to OTLP: each is added under a name of a definition table, so that unit,
 * kind and description are said once. Bytes are encode-measures.ts's work.
 */

/** counter: only grows. updown: a sum that may fall. gauge: a reading that is never summed. */
export type MetricDefinition = {
  kind: 'counter' | 'updown' | 'gauge'
  unit: string
  description: string
}
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>

export type MeasureAttributes = Readonly<Record<string, string | number>>
export type Point = { value: number; attributes: MeasureAttributes; start_ms: number }

/** For definition tables: one line a metric. */
const define =
  (kind: MetricDefinition['kind']) =>
  (unit: string, description: string): MetricDefinition => ({ kind, unit, description })
export const counter = define('counter')
export const updown = define('updown')
export const gauge = define('gauge')

export class Measures<Name extends string = string> {
  readonly definitions: Readonly<Record<Name, MetricDefinition>>
  /** Since when counters count: the start of what is measured. */
  readonly start_ms: number
  readonly points = new Map<Name, Point[]>()

  constructor(definitions: Readonly<Record<Name, MetricDefinition>>, start_ms: number) {
    this.definitions = definitions
    this.start_ms = start_ms
  }

  /** What is not known (undefined, not a number) is not said: a missing value is never 0. */
  add(name: Name, value: number | undefined, attributes: MeasureAttributes = {}): void {
    if (value === undefined || !Number.isFinite(value)) return
    const points = this.points.get(name)
    const point = { value, attributes, start_ms: this.start_ms }
    if (points === undefined) this.points.set(name, [point])
    else points.push(point)
  }

  get count(): number {
    let count = 0
    for (const points of this.points.values()) count += points.length
    return count
  }
}
