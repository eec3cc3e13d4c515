/** Questions to Tempo's and Jaeger's APIs over the spans of the fuzz. */
import fc from 'fast-check'
import { jaegerApi } from '../../src/api/jaeger/jaeger-api.ts'
import { tempoApi } from '../../src/api/tempo/tempo-api.ts'
import { parseTraceql } from '../../src/query/traceql/parse.ts'
import { printTraceql } from '../../src/query/traceql/print.ts'
import { randomMetricQuery, randomQuery } from '../query/traceql-arbitrary.ts'
import { type Ask, maybeMutated, type Request } from './ask.ts'
import { requested, type Told } from './call.ts'
import type { Dice } from './dice.ts'
import { traceId } from './log-rows.ts'
import { allMarks, placeNames } from './places.ts'
import { now_ms, services } from './rows.ts'

const tags = [
  ...['name', 'status', 'kind', 'resource.service.name', 'span.x', '.y', 'span.n', 'span.customer'],
  ...[
    'resource.host.name',
    'resource.cluster',
    'resource.namespace',
    'span.http.route',
    'duration',
  ],
  ...['resource.k8s.pod.name', 'resource.k8s.namespace.name', 'event.x', 'link.why', 'rootName'],
  ...[
    'resource.k8s.cluster.name',
    'event:name',
    'link:traceID',
    'statusMessage',
    'rootServiceName',
  ],
  ...['instrumentation:name', 'trace:id', 'span:id', 'resource.service.version', 'traceDuration'],
]

function value(dice: Dice): string {
  const mark = dice.pick(allMarks)
  return dice.pick([
    ...['cart', 'pay', 'a', 'ab', '7', '/a', 'GET /a', 'error', `op ${mark}`, `c-${mark}`, mark],
    ...[`cart-${mark}`, `host-${mark}`, dice.pick(placeNames), `failed ${mark}`],
  ])
}

/** One of several: the first of an arbitrary are small. */
function draw(dice: Dice, arbitrary: fc.Arbitrary<string>): string {
  return dice.pick(fc.sample(arbitrary, { seed: dice.whole(2 ** 30), numRuns: 8 }))
}

function own(dice: Dice): string {
  const comparison = () => {
    const tag = dice.pick(tags)
    if (dice.chance(0.3)) return `${tag} ${dice.pick(['=~', '!~'])} "${dice.pick(patterns)}"`
    if (tag === 'status') return `status = ${dice.pick(['ok', 'error', 'unset'])}`
    if (tag === 'kind') return `kind != ${dice.pick(['server', 'client'])}`
    if (/[dD]uration/.test(tag)) return `${tag} > ${dice.pick(['1ms', '3ms', '1s'])}`
    return `${tag} ${dice.pick(['=', '=', '!='])} ${JSON.stringify(value(dice))}`
  }
  const inner = [comparison(), ...dice.some([1, 2], 2).map(comparison)]
  const filter = `{ ${inner.join(dice.pick([' && ', ' || ']))} }`
  const other = `{ ${comparison()} }`
  return dice.pick([
    ...[
      filter,
      filter,
      `${filter} ${dice.pick(['>>', '>', '<<', '~', '&&', '||', '!>>'])} ${other}`,
    ],
    `${filter} | by(${dice.pick(tags)}) | count() > ${dice.whole(3)}`,
    `${filter} | select(${dice.pick(tags)}, ${dice.pick(tags)})`,
    `${filter} | avg(duration) > ${dice.pick(['1ms', '5ms'])}`,
  ])
}

const patterns = ['.*', 'zq.*', 'a|b', 'GET.*', '.*qz', 'cart.*', '(?i)OP ZQ.*', '[0-9]+', '']

function metric(dice: Dice): string {
  if (dice.chance(0.5)) return draw(dice, randomMetricQuery)
  const by = dice.chance(0.7) ? ` by(${dice.pick(tags)})` : ''
  const top = dice.chance(0.2) ? ` | topk(${1 + dice.whole(3)})` : ''
  const first = dice.chance(0.5) ? '{}' : own(dice).replace(/\}[^}]*$/, '}')
  const field = dice.pick(['duration', 'span.n'])
  const name = dice.pick([
    ...['rate()', 'count_over_time()', `avg_over_time(${field})`, `max_over_time(${field})`],
    ...[`quantile_over_time(${field}, 0.5, 0.9)`, `histogram_over_time(duration)`],
  ])
  if (dice.chance(0.1)) return `{} | compare({ ${dice.pick(['status = error', 'span.x = "a"'])} })`
  return `${first} | ${name}${by}${top}`
}

const syntax = { parse: parseTraceql, print: printTraceql }

function span(dice: Dice): Record<string, string> {
  if (dice.chance(0.1)) return {}
  const end = Math.ceil(now_ms / 1_000) - dice.whole(300)
  return { start: String(end - 60 - dice.whole(1_700)), end: String(end) }
}

/** Of many that match, a search takes some: which, is told only where none is left out. */
export function traceqlAsk(dice: Dice): Ask {
  if (dice.chance(0.22)) return jaegerAsk(dice)
  const ask = (request: Request, told: Told) => requested('traceql', tempoApi, request, told)
  const kind = dice.pick([
    'search',
    'search',
    'search',
    'metrics',
    'metrics',
    'tags',
    'values',
    'id',
  ])
  if (kind === 'search') {
    const query = maybeMutated(dice, dice.chance(0.5) ? own(dice) : draw(dice, randomQuery))
    const rows_asked = dice.pick([1, 3, 20, 100])
    const parameters = { q: query, limit: String(rows_asked), spss: dice.pick(['1', '3', '100']) }
    const request = { path: '/api/search', parameters: { ...parameters, ...span(dice) } }
    const isComparable = rows_asked > 6
    return ask(request, { kind, query, language_of: syntax, rows_asked, isComparable })
  }
  if (kind === 'metrics') {
    const query = maybeMutated(dice, metric(dice))
    const isRange = dice.chance(0.7)
    const path = `/api/metrics/${isRange ? 'query_range' : 'query'}`
    const step = isRange ? { step: dice.pick(['60s', '30s', '5m']), exemplars: '0' } : {}
    const parameters = { q: query, ...span(dice), ...step }
    return ask({ path, parameters }, { kind, query, language_of: syntax })
  }
  const q = dice.chance(0.5) ? maybeMutated(dice, own(dice)) : undefined
  const version = dice.pick(['/api/v2', '/api'])
  if (kind === 'tags') {
    const scope = dice.pick([undefined, 'span', 'resource', 'event', 'intrinsic', 'none'])
    const parameters = { scope, q, ...span(dice) }
    return ask({ path: `${version}/search/tags`, parameters }, { kind, query: q ?? '' })
  }
  if (kind === 'values') {
    const tag = dice.pick(tags)
    const path = `${version}/search/tag/${encodeURIComponent(tag)}/values`
    return ask({ path, parameters: { q, ...span(dice) } }, { kind, query: `${tag} ${q ?? ''}` })
  }
  const path = `${version}/traces/${dice.chance(0.9) ? traceId(dice.whole(7)) : dice.whole(99)}`
  const headers: Record<string, string> = dice.chance(0.3) ? { accept: 'application/protobuf' } : {}
  return ask({ path, parameters: span(dice), headers }, { kind: 'trace', query: '' })
}

function jaegerAsk(dice: Dice): Ask {
  const ask = (request: Request, told: Told) => requested('traceql', jaegerApi, request, told)
  const service = maybeMutated(dice, dice.pick([...services, value(dice)]))
  const told = (kind: string) => ({ kind: `jaeger ${kind}`, query: '' })
  const end = now_ms - dice.whole(300_000)
  const start = end - dice.whole(1_700_000)
  const found = {
    service: dice.chance(0.8) ? service : undefined,
    operation: dice.chance(0.3) ? value(dice) : undefined,
    tags: dice.chance(0.3)
      ? JSON.stringify({ [dice.pick(['x', 'error', 'customer'])]: 'a' })
      : undefined,
    minDuration: dice.chance(0.2) ? dice.pick(['1ms', '100us', 'x']) : undefined,
    limit: '100',
  }
  const iso = (ms: number) => new Date(ms).toISOString()
  switch (dice.whole(9)) {
    case 0:
      return ask({ path: dice.pick(['/api/services', '/api/v3/services']) }, told('services'))
    case 1:
      return ask(
        { path: `/api/services/${encodeURIComponent(service)}/operations` },
        told('operations'),
      )
    case 2:
      return ask(
        { path: dice.pick(['/api/operations', '/api/v3/operations']), parameters: { service } },
        told('operations'),
      )
    case 3:
    case 4: {
      const parameters = { ...found, start: `${start}000`, end: `${end}000` }
      return ask({ path: '/api/traces', parameters }, told('search'))
    }
    case 5:
      return ask({ path: `/api/traces/${traceId(dice.whole(7))}` }, told('trace'))
    case 6: {
      const parameters = {
        'query.service_name': service,
        'query.start_time_min': iso(start),
        'query.start_time_max': iso(end),
      }
      return ask({ path: '/api/v3/traces', parameters }, told('search'))
    }
    case 7:
      return ask(
        { path: '/api/dependencies', parameters: { endTs: String(end), lookback: '3600000' } },
        told('dependencies'),
      )
    default: {
      const metric = dice.pick(['calls', 'errors', 'latencies'])
      const parameters = {
        ...{ service, endTs: String(end), lookback: '1200000', step: '60000', quantile: '0.9' },
        groupByOperation: dice.pick(['true', 'false']),
      }
      return ask({ path: `/api/metrics/${metric}`, parameters }, told(metric))
    }
  }
}
