/** Random trees of aggregations, as Grafana and people send them. */
import type { Dice } from './dice.ts'
import { condition, type Json, keywords, numbers } from './elastic-asks.ts'

type Aggs = Record<string, Json>

export function aggregations(dice: Dice, depth: number): Aggs {
  const aggs: Aggs = { a: aggregation(dice, depth) }
  if (dice.chance(0.4)) aggs.b = aggregation(dice, depth)
  return aggs
}

function aggregation(dice: Dice, depth: number): Json {
  if (depth <= 0 || dice.chance(0.35)) return metric(dice)
  const inner = dice.chance(0.6) ? { aggs: aggregations(dice, depth - 1) } : {}
  return { ...bucket(dice), ...inner }
}

function metric(dice: Dice): Aggs {
  const field = dice.pick(numbers)
  const name = dice.pick(['avg', 'sum', 'min', 'max', 'stats', 'extended_stats', 'value_count'])
  switch (dice.whole(8)) {
    case 0:
      return { cardinality: { field: dice.pick(keywords) } }
    case 1:
      return { percentiles: { field, percents: [50, 95] } }
    case 2:
      return { value_count: { field: dice.pick(keywords) } }
    case 3:
      return {
        top_hits: { size: 2, sort: [{ '@timestamp': 'desc' }], _source: ['message', 'customer'] },
      }
    case 4: {
      const sort = { '@timestamp': dice.pick(['asc', 'desc']) }
      return { top_metrics: { metrics: [{ field }], sort } }
    }
    default:
      return { [name]: { field } }
  }
}

function bucket(dice: Dice): Aggs {
  const field = dice.pick(keywords)
  const number = dice.pick(numbers)
  const time = { field: '@timestamp', fixed_interval: dice.pick(['1m', '5m', '600s']) }
  switch (dice.whole(12)) {
    case 0:
    case 1:
      return { terms: { field, size: 1_000, order: { _key: dice.pick(['asc', 'desc']) } } }
    case 2:
      return { terms: { field, size: dice.pick([1_000, 3]), min_doc_count: dice.pick([1, 2]) } }
    case 3:
    case 4:
      return { date_histogram: { ...time, min_doc_count: dice.pick([0, 1]) } }
    case 5:
      return { histogram: { field: number, interval: dice.pick([1, 50, 250_000_000]) } }
    case 6:
      return { filters: { filters: { one: condition(dice, 1), two: condition(dice, 0) } } }
    case 7:
      return { filter: condition(dice, 1) }
    case 8:
      return { missing: { field } }
    case 9: {
      const sources = [{ k: { terms: { field } } }, { t: { date_histogram: time } }]
      return { composite: { size: dice.pick([5, 1_000]), sources } }
    }
    case 10:
      return { multi_terms: { size: 1_000, terms: [{ field }, { field: dice.pick(keywords) }] } }
    default:
      return { range: { field: number, ranges: [{ to: 2 }, { from: 2, to: 500 }, { from: 500 }] } }
  }
}
