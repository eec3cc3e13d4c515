/** Series by their labels, collected while samples come in. */
import { type Labels, QueryError } from '../../series.ts'

/** As many series as one range of a query may make: Loki's own limit is 500. */
export const series_max = 10_000

export class SeriesSet<Value> {
  readonly #byKey = new Map<string, { labels: Labels; value: Value }>()
  readonly #make: () => Value

  constructor(make: () => Value) {
    this.#make = make
  }

  get(labels: Labels): Value {
    const key = keyOf(labels)
    const found = this.#byKey.get(key)
    if (found !== undefined) return found.value
    if (this.#byKey.size >= series_max) {
      throw new QueryError(
        'bad_data',
        `maximum number of series (${series_max}) reached for a single query; consider reducing ` +
          'query cardinality by adding more specific stream selectors, reducing the time range, ' +
          'or aggregating results with functions like sum(), count() or topk()',
      )
    }
    const value = this.#make()
    this.#byKey.set(key, { labels, value })
    return value
  }

  all(): { labels: Labels; value: Value }[] {
    return [...this.#byKey.values()]
  }
}

export function keyOf(labels: Labels): string {
  let key = ''
  for (const [name, value] of labels) key += `${name}\u0000${value}\u0001`
  return key
}

/** Sorted, without those that are empty. */
export function labelsOf(pairs: Iterable<readonly [string, string]>): Labels {
  return [...pairs]
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

export function printLabels(labels: Labels): string {
  return `{${labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`
}
