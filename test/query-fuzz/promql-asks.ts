/** Questions to Prometheus's API: PromQL over the names of the fuzz, and all that is around it. */
import { prometheusApi } from '../../src/api/prometheus/prometheus-api.ts'
import { parse } from '../../src/query/promql/parse.ts'
import { print } from '../../src/query/promql/print.ts'
import { RandomPromql } from '../query/random-promql.ts'
import { type Ask, maybeMutated, type Request } from './ask.ts'
import { requested, type Told } from './call.ts'
import type { Dice } from './dice.ts'
import { allMarks, placeNames } from './places.ts'
import { now_ms } from './rows.ts'

const gauges = ['m', 'n', 'up', '{__name__=~"m|n|up"}']
const counters = ['c_total', 'requests_total', 'bytes_sent_bytes_total', 'wait_seconds_bucket']
const odd = [
  ...[
    '{__name__=~".+"}',
    '{"bytes.sent"}',
    'traces_spanmetrics_calls_total',
    'latency_milliseconds',
  ],
  ...['traces_spanmetrics_latency_bucket', 'traces_service_graph_request_total', 'nothing'],
  ...['latency_milliseconds_bucket', 'latency_milliseconds_sum', 'traces_spanmetrics_size_total'],
]
const histograms = ['h', 'h', 'latency_milliseconds_bucket']
const labels = [
  ...['a', 'b', 'job', 'instance', 'le', 'cluster', 'namespace', 'pod', 'service', 'own', 'node'],
  ...['http_route', 'workload', 'container', 'client', 'server', 'span_name'],
]

function value(dice: Dice): string {
  if (dice.chance(0.6)) return dice.pick(['x', 'y', 'z'])
  const mark = dice.pick(allMarks)
  return dice.pick([
    ...['x', 'y', 'z', '', '/a', 'cart', 'pay', 'shop/cart', 'node-1', '1', '+Inf', mark],
    ...[`v-${mark}`, `host-${mark}:9090`, `cart-${mark}`, dice.pick(placeNames)],
  ])
}
const pattern = (dice: Dice) =>
  dice.pick([
    '.+',
    'x|y',
    '',
    'x.*',
    '.*m.*',
    'v-.*',
    'zq.*',
    '(?i)ZQ.*',
    'cart.*',
    '[^z]+',
    '.*1qz',
  ])

/** A query of the grammar, over names that are there. */
export function promqlText(dice: Dice): string {
  const plain = new RandomPromql(dice.random).query()
  const text = plain
    .replace(/"[^"]*"/g, (found) =>
      JSON.stringify(/[|.*+]/.test(found) ? pattern(dice) : value(dice)),
    )
    .replace(/"[^"]*"|\b(m|n|c_total|h|a|b)\b(?!\()/g, (found, name: string | undefined) => {
      if (name === undefined) return found
      if (name === 'a' || name === 'b') return dice.chance(0.75) ? name : dice.pick(labels)
      return dice.chance(0.75) ? name : metric(dice)
    })
  // A selector that is all braces takes its matchers into them.
  return wrapped(dice, text.replace(/\}\{/g, ','))
}

function metric(dice: Dice): string {
  const own = `only_${dice.pick(allMarks)}_total`
  return dice.pick([
    ...[dice.pick(gauges), dice.pick(counters), dice.pick(histograms), dice.pick(odd), own],
  ])
}

const names = ['.+', 'm|n', '.*total', 'only.*']

function wrapped(dice: Dice, inner: string): string {
  const label = () => dice.pick(labels)
  switch (dice.whole(14)) {
    case 0:
      return `histogram_quantile(${dice.pick(['0.5', '1.1'])}, rate(${dice.pick(histograms)}[5m]))`
    case 1:
      return `label_replace(${inner}, "${label()}", "$1", "${label()}", "(.*)")`
    case 2:
      return `label_join(${inner}, "joined", ",", "${label()}", "${label()}")`
    case 3:
      return `count_values("${label()}", ${inner})`
    case 4:
      return `sum by (${label()}, ${label()}) (rate(${metric(dice)}[5m]))`
    case 5:
      return `info(${inner})`
    case 6:
      return `predict_linear(${dice.pick(['m', 'n', 'c_total'])}[10m], 60)`
    case 7:
      return `count by (${label()}) ({__name__=~"${dice.pick(names)}"})`
    default:
      return inner
  }
}

const seconds = (ms: number) => String(ms / 1_000)

function span(dice: Dice) {
  const end = now_ms - dice.whole(20) * 30_000
  const start = end - dice.whole(25) * 60_000
  if (dice.chance(0.3)) return {}
  return { start: seconds(start), end: seconds(end) }
}

function steps(dice: Dice) {
  const end = now_ms - dice.whole(600_000)
  return {
    start: seconds(end - dice.whole(1_500_000)),
    end: seconds(end),
    step: dice.pick(['15', '30', '60', '1m', '7.5', '300']),
  }
}

function selector(dice: Dice): string {
  const matcher = () =>
    dice.chance(0.5)
      ? `${dice.pick(labels)}${dice.pick(['=', '!='])}${JSON.stringify(value(dice))}`
      : `${dice.pick(labels)}${dice.pick(['=~', '!~'])}"${pattern(dice)}"`
  const name = dice.pick(['m', 'n', 'c_total', 'h', 'up', 'requests_total', ''])
  const matchers = [
    ...(name === '' ? ['__name__=~".+"'] : []),
    ...dice.some([1, 2], 2).map(matcher),
  ]
  return `${name}{${matchers.join(', ')}}`
}

const syntax = { parse, print }
const root = '/api/v1'

export function promqlAsk(dice: Dice): Ask {
  const ask = (request: Request, told: Told) => requested('promql', prometheusApi, request, told)
  if (dice.chance(0.7)) return queried(dice, ask)
  const match = dice.chance(0.4) ? [] : [maybeMutated(dice, selector(dice))]
  const limit = dice.chance(0.2) ? dice.pick(['0', '1', '3']) : undefined
  const parameters = { 'match[]': match, ...span(dice), limit }
  const query = match.join(' ')
  switch (dice.whole(9)) {
    case 0:
      return ask({ path: `${root}/labels`, parameters }, { kind: 'labels', query })
    case 1:
    case 2: {
      const name = dice.pick([...labels, '__name__', 'U__own_2e_x', 'x y'])
      const path = `${root}/label/${encodeURIComponent(name)}/values`
      return ask({ path, parameters }, { kind: 'values', query: `${name} ${query}` })
    }
    case 3:
    case 4: {
      const some = match.length === 0 ? [selector(dice), 'm'] : match
      const request = { path: `${root}/series`, parameters: { ...parameters, 'match[]': some } }
      return ask(request, { kind: 'series', query: some.join(' ') })
    }
    case 5: {
      const own = {
        limit,
        metric: dice.chance(0.5) ? dice.pick(['m', 'requests_total']) : undefined,
      }
      return ask({ path: `${root}/metadata`, parameters: own }, { kind: 'metadata', query: '' })
    }
    case 6: {
      const text = dice.pick([selector(dice), `sum(rate(${selector(dice)}[5m]))`])
      const path = `${root}/query_exemplars`
      const told = { kind: 'exemplars', query: text }
      return ask({ path, parameters: { ...span(dice), query: text } }, told)
    }
    case 7: {
      const path = dice.pick(['/status/tsdb', '/targets', '/scrape_pools', '/rules'])
      return ask({ path: root + path }, { kind: path.slice(1), query: '' })
    }
    default:
      return ask(
        { path: '/federate', parameters: { 'match[]': selector(dice) } },
        { kind: 'federate', query },
      )
  }
}

function queried(dice: Dice, ask: (request: Request, told: Told) => Ask): Ask {
  const query = maybeMutated(dice, promqlText(dice))
  const isRange = dice.chance(0.55)
  const time = seconds(now_ms - dice.whole(900_000))
  const parameters = { query, ...(isRange ? steps(dice) : { time }) }
  const path = `${root}/${isRange ? 'query_range' : 'query'}`
  const told = { kind: isRange ? 'range' : 'instant', query, language_of: syntax }
  if (dice.chance(0.8)) return ask({ path, parameters }, told)
  const body = new URLSearchParams(parameters).toString()
  const posted = ask({ method: 'POST', path, body }, told)
  return { ...posted, sent: query }
}
