/** Attributes of one event on their way to a span or a log record. Knows no event. */
import type { AttributeValue } from '../../../wire/otlp/encode-logs.ts'
import { isObject, type JsonObject, jsonText } from './fields.ts'

/** What people attach freely is kept as JSON text up to this length. */
export const json_length_max = 16 * 1024

const separators = /[.*"]/g

/** Label names as Elastic stores them: dots would make objects of them. */
export function labelName(name: string): string {
  return name.replace(separators, '_')
}

export class AttributeBag {
  readonly values = new Map<string, AttributeValue>()

  /** Absent and empty values are left out. */
  set(name: string, value: unknown): void {
    if (typeof value === 'string') {
      if (value !== '') this.values.set(name, value)
    } else if (typeof value === 'boolean') this.values.set(name, value)
    else if (typeof value === 'number' && Number.isFinite(value)) this.values.set(name, value)
  }

  /** Only when nothing better is there. */
  fill(name: string, value: unknown): void {
    if (!this.values.has(name)) this.set(name, value)
  }

  json(name: string, value: unknown): void {
    if (value === undefined || value === null) return
    if (typeof value === 'object' && Object.keys(value).length === 0) return
    this.set(name, typeof value === 'string' ? value : jsonText(value, json_length_max))
  }

  /** Tags that people set: texts as labels.*, numbers as numeric_labels.*. */
  labels(tags: unknown): void {
    if (!isObject(tags)) return
    for (const [name, value] of Object.entries(tags)) {
      const label = labelName(name)
      if (typeof value === 'number') this.set(`numeric_labels.${label}`, value)
      else if (typeof value === 'boolean') this.set(`labels.${label}`, String(value))
      else this.json(`labels.${label}`, value)
    }
  }

  /** Attributes that already have OpenTelemetry's names. */
  own(attributes: JsonObject): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (name === '') continue
      if (typeof value === 'object') this.json(name, value)
      else this.set(name, value)
    }
  }
}
