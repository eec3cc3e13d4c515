/** Questions to Loki's API: LogQL over the lines of the fuzz, and all that is around it. */
import { lokiApi } from '../../src/api/loki/loki-api.ts'
import { parseLogQl } from '../../src/query/logql/parse.ts'
import { printLogQl } from '../../src/query/logql/print.ts'
import { randomLog, randomMetric } from '../query/loki-rows.ts'
import { type Ask, maybeMutated, type Request } from './ask.ts'
import { requested, type Told } from './call.ts'
import type { Dice } from './dice.ts'
import { allMarks, placeNames } from './places.ts'
import { now_ms } from './rows.ts'

const labels = [
  ...['service_name', 'namespace', 'cluster', 'pod', 'app', 'level', 'detected_level', 'status'],
  ...['customer', 'http_route', 'scope_name', 'job', 'node', 'container', 'host_name', 'trace_id'],
  ...['service_version', 'client', 'code_line', 'x', 'user', 'own', 'event_name'],
]

function value(dice: Dice): string {
  const mark = dice.pick(allMarks)
  return dice.pick([
    ...['cart', 'pay', 'shop', 'ERROR', 'error', '', '/a', '200', `cart-${mark}`, `${mark}-1`],
    ...[dice.pick(placeNames), `host-${mark}`, mark, 'main'],
  ])
}
const patterns = [
  '.+',
  'zq.*',
  '.*',
  'cart.*',
  'ERR.*|info',
  '(?i)ZQ.+',
  '[0-9]+',
  'ca|pay',
  '.*-1',
]

function matcher(dice: Dice): string {
  const name = dice.pick(labels)
  if (dice.chance(0.6)) return `${name}${dice.pick(['=', '=', '!='])}${JSON.stringify(value(dice))}`
  return `${name}${dice.pick(['=~', '=~', '!~'])}"${dice.pick(patterns)}"`
}

const broad = ['service_name=~".+"', 'cluster=~".+"', 'pod=~".+"']

function selector(dice: Dice): string {
  const first = dice.pick([...broad, ...broad, matcher(dice)])
  const others = dice.chance(0.35) ? [matcher(dice)] : []
  return `{${[first, ...others].join(', ')}}`
}

function lineFilter(dice: Dice): string {
  const mark = dice.pick(allMarks)
  const text = dice.pick([
    'error',
    'lost',
    'zq',
    mark,
    '"status"',
    'GET /a',
    '10.0.0.',
    'took=',
    '',
  ])
  const sign = dice.pick(['|=', '|=', '!=', '|~', '!~'])
  const rest = dice.chance(0.15) ? ` or ${JSON.stringify(dice.pick(['served', mark]))}` : ''
  if (dice.chance(0.08)) return `|= ip("10.0.0.0/${dice.pick(['8', '30'])}")`
  return `${sign} ${sign.endsWith('~') ? '`[a-z]+.*qz`' : JSON.stringify(text)}${rest}`
}

const parsers = [
  ...['| json', '| json', '| logfmt', '| logfmt', '| logfmt --strict', '| unpack'],
  ...['| json s="status", m="msg"', '| logfmt who="user"', '| decolorize'],
  ...['| pattern "<ip> - <user> \\"<method> <_>\\" <status> <_>"', '| pattern "<a> to <b>: <_>"'],
  ...['| regexp "(?P<status>[0-9]{3})"', '| regexp "(?P<who>zq\\\\w+)"'],
]

const compared = ['>', '<=', '==', '!=']
const aggregations = ['sum', 'avg', 'max', 'min', 'count', 'stddev']

function stage(dice: Dice): string {
  const name = dice.pick(labels)
  const other = dice.pick(labels)
  switch (dice.whole(9)) {
    case 0:
      return `| ${matcher(dice)}`
    case 1:
      return `| ${name} ${dice.pick(compared)} ${dice.pick(['1', '200', '5ms', '1KB'])}`
    case 2:
      return `| ${matcher(dice)} ${dice.pick(['and', 'or', ','])} ${matcher(dice)}`
    case 3:
      return `| line_format "{{.${name}}} {{ .${other} | ToUpper }} {{__line__ | trunc 20}}"`
    case 4:
      return `| label_format ${dice.pick(['x', 'new'])}=${dice.pick([name, `"{{.${name}}}!"`])}`
    case 5:
      return `| ${dice.pick(['drop', 'keep'])} ${dice.pick([name, `${name}, ${matcher(dice)}`])}`
    case 6:
      return lineFilter(dice)
    case 7:
      return `| client = ip("10.0.0.0/8")`
    default:
      return dice.pick(parsers)
  }
}

function logText(dice: Dice): string {
  if (dice.chance(0.25)) return randomLog(dice.random)
  const parts = [selector(dice)]
  if (dice.chance(0.5)) parts.push(lineFilter(dice))
  if (dice.chance(0.5)) parts.push(dice.pick(parsers))
  for (let left = dice.whole(3); left > 0; left--) parts.push(stage(dice))
  return parts.join(' ')
}

const by = (dice: Dice) =>
  `${dice.pick(['by', 'by', 'without'])} (${dice.some(labels, 2).join(', ')})`
const range = (dice: Dice) =>
  `[${dice.pick(['1m', '90s', '5m', '10m'])}]${dice.pick(['', '', '', ' offset 1m'])}`

function metricText(dice: Dice, depth: number): string {
  if (dice.chance(0.3)) return randomMetric(dice.random)
  const inner = () => metricText(dice, depth - 1)
  switch (dice.whole(depth <= 0 ? 4 : 9)) {
    case 0:
    case 1:
    case 2: {
      const name = dice.pick(['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate'])
      return `${name}(${logText(dice)} ${range(dice)})`
    }
    case 3: {
      const name = dice.pick(['sum', 'avg', 'max', 'min', 'first', 'last', 'stddev'])
      const label = dice.pick(['code_line', 'status', 'took', 'duration(took)', 'bytes(size)'])
      const log = `${logText(dice)} | unwrap ${label} | __error__=""`
      return `${name}_over_time(${log} [5m])${dice.chance(0.5) ? ` ${by(dice)}` : ''}`
    }
    case 4:
      return `${dice.pick(aggregations)} ${by(dice)} (${inner()})`
    case 5:
      return `${dice.pick(['topk', 'bottomk'])}(${dice.pick(['1', '3'])}, ${inner()})`
    case 6: {
      const operator = dice.pick(['+', '/', '*', '>', '== bool', 'and', 'or', 'unless'])
      const right = dice.chance(0.4) ? '2' : `(${metricText(dice, depth - 1)})`
      if (/and|or|unless/.test(operator) && right === '2') return `(${metricText(dice, 0)}) + 2`
      return `(${metricText(dice, depth - 1)}) ${operator} ${right}`
    }
    case 7:
      return `label_replace(${inner()}, "x", "$1", "${dice.pick(labels)}", "(.*)")`
    default:
      return `absent_over_time(${selector(dice)} [5m])`
  }
}

export function logqlText(dice: Dice): string {
  return dice.chance(0.45) ? logText(dice) : metricText(dice, 2)
}

function span(dice: Dice) {
  if (dice.chance(0.15)) return {}
  const end = now_ms - dice.whole(600_000)
  const start = end - 60_000 - dice.whole(1_500_000)
  return { start: `${start}000000`, end: `${end}000000` }
}

const syntax = { parse: parseLogQl, print: printLogQl }
const root = '/loki/api/v1'

export function logqlAsk(dice: Dice): Ask {
  const ask = (request: Request, told: Told) => requested('logql', lokiApi, request, told)
  if (dice.chance(0.65)) return queried(dice, ask)
  const query = maybeMutated(dice, dice.chance(0.7) ? selector(dice) : logText(dice))
  const isAsked = dice.chance(0.6)
  const parameters = { ...span(dice), query: isAsked ? query : undefined }
  const asked = isAsked ? query : ''
  const about = (path: string, more: Request['parameters'] = {}) =>
    ask(
      { path: `${root}/${path}`, parameters: { ...parameters, ...more } },
      { kind: path, query: asked },
    )
  const named = (kind: string, name: string) =>
    ask(
      { path: `${root}/${kind}/${encodeURIComponent(name)}/values`, parameters },
      { kind: `${kind} values`, query: `${name} ${asked}` },
    )
  switch (dice.whole(11)) {
    case 0:
      return about('labels')
    case 1:
    case 2:
      return named('label', dice.pick(labels))
    case 3:
      return about('series', { 'match[]': query, query: undefined })
    case 4:
      return about('index/stats', { query })
    case 5:
    case 6:
      return about(dice.pick(['index/volume', 'index/volume_range']), {
        query,
        targetLabels: dice.chance(0.5) ? dice.some(labels, 2).join(',') : undefined,
        aggregateBy: dice.pick([undefined, 'labels', 'series']),
        step: '60',
      })
    case 7:
      return about('patterns', { query, step: '60' })
    case 8:
      return about('detected_fields', { query })
    case 9:
      return { ...named('detected_field', dice.pick(labels)), isComparable: isAsked }
    default:
      return about('detected_labels')
  }
}

function queried(dice: Dice, ask: (request: Request, told: Told) => Ask): Ask {
  const isRange = dice.chance(0.75)
  const query = maybeMutated(dice, isRange ? logqlText(dice) : metricText(dice, 2))
  const rows_asked = dice.pick([1, 7, 100, 500])
  const time = `${now_ms - dice.whole(900_000)}000000`
  const headers: Record<string, string> = dice.chance(0.3)
    ? { 'x-loki-response-encoding-flags': 'categorize-labels' }
    : {}
  const parameters = isRange
    ? {
        ...{ query, ...span(dice), limit: String(rows_asked) },
        ...{ step: dice.pick(['30', '60', '5m']), direction: dice.pick(['forward', 'backward']) },
      }
    : { query, time }
  const path = `${root}/${isRange ? 'query_range' : 'query'}`
  const told = { kind: isRange ? 'range' : 'instant', query, language_of: syntax, rows_asked }
  return ask({ path, parameters, headers }, told)
}
