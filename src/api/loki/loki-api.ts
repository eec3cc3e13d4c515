/**
 * Loki's HTTP API over our logs, so that Grafana's Loki data source, Logs Drilldown and logcli work
 * by changing the address. Pushing is a receiver's business; queries run in query/logql.
 */
import { Fault } from '../../model/faults.ts'
import { parseLogQl } from '../../query/logql/parse.ts'
import { printLogQl } from '../../query/logql/print.ts'
import type { Api, ApiCall, ApiReply } from '../api.ts'
import {
  answerDetectedLabels,
  answerFields,
  answerFieldValues,
  answerLabels,
  answerLabelValues,
  answerPatterns,
  answerSeries,
  answerStats,
  answerVolume,
} from './explore.ts'
import { bad, neededQuery } from './parameters.ts'
import { json, refusal, success, text } from './replies.ts'
import { answerQuery, answerRange, lines_max } from './run-query.ts'
import { tail } from './tail.ts'

type Answer = (call: ApiCall) => Promise<ApiReply> | ApiReply

const root = '/loki/api/v1/'
/** The Loki whose API this is. */
const version = '3.5.0'

const answers = new Map<string, Answer>(
  Object.entries({
    query: answerQuery,
    query_range: answerRange,
    labels: answerLabels,
    label: answerLabels,
    series: answerSeries,
    'index/stats': answerStats,
    'index/volume': (call: ApiCall) => answerVolume(call, false),
    'index/volume_range': (call: ApiCall) => answerVolume(call, true),
    patterns: answerPatterns,
    detected_fields: answerFields,
    detected_labels: answerDetectedLabels,
    'drilldown-limits': drilldownLimits,
    format_query: formatQuery,
    'status/buildinfo': buildInfo,
    rules: () => text(200, '{}\n'),
  }).map(([path, answer]) => [root + path, answer]),
)
answers.set('/ready', () => text(200, 'ready\n'))
answers.set('/prometheus/api/v1/rules', () => success({ groups: [] }))
answers.set('/prometheus/api/v1/alerts', () => success({ alerts: [] }))

const tail_path = `${root}tail`
const named = /^\/loki\/api\/v1\/(label|detected_field)\/([^/]+)\/values$/

function answerOf(path: string): Answer | undefined {
  const found = answers.get(path)
  if (found !== undefined) return found
  const [, kind, encoded] = named.exec(path) ?? []
  if (encoded === undefined) return undefined
  const name = decoded(encoded)
  return kind === 'label'
    ? (call) => answerLabelValues(call, name)
    : (call) => answerFieldValues(call, name)
}

/** On the port of the screens `/loki` is the mount's; a data source may have it as its own too. */
function ownPath(path: string): string {
  return path.startsWith('/api/v1/') ? `/loki${path}` : path
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

async function formatQuery(call: ApiCall): Promise<ApiReply> {
  const query = neededQuery(await call.parameters())
  return success(printLogQl(parseLogQl(query)))
}

function buildInfo(): ApiReply {
  const build = { revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' }
  return json({ version, ...build })
}

/** What Logs Drilldown asks before it shows anything. */
function drilldownLimits(call: ApiCall): ApiReply {
  const limits = {
    discover_log_levels: true,
    discover_service_name: ['service_name'],
    log_level_fields: ['level', 'detected_level'],
    max_entries_limit_per_query: lines_max,
    max_line_size_truncate: false,
    max_query_bytes_read: '0B',
    max_query_length: '0s',
    max_query_lookback: '0s',
    max_query_range: '0s',
    max_query_series: call.context.limits.series_max,
    metric_aggregation_enabled: false,
    pattern_persistence_enabled: false,
    query_timeout: `${Math.floor(call.context.limits.timeout_ms / 1000)}s`,
    retention_period: '0s',
    retention_stream: [],
    volume_enabled: true,
    volume_max_series: 1_000,
  }
  return json({ limits, pattern_ingester_enabled: true, version })
}

export const lokiApi: Api = {
  name: 'loki',
  mounts: [
    { listener: 'loki', under: '' },
    { listener: 'ui', under: '/loki' },
  ],
  serves: (_method, path) => ownPath(path) === tail_path || answerOf(ownPath(path)) !== undefined,
  isOpen: ({ path }) => path === '/ready',
  async answer(call) {
    const { method } = call
    const path = ownPath(call.path)
    if (method !== 'GET' && method !== 'POST' && method !== 'HEAD') {
      throw new Fault('method_unsupported', { expected: 'GET', got: method })
    }
    if (path === tail_path) throw bad('the tail is a WebSocket: the request must upgrade')
    return answerOf(path)!(call)
  },
  refused: (error) => refusal(error),
  async socket(head, context, socket) {
    if (ownPath(head.path) !== tail_path) {
      socket.close(1008, 'only the tail is a WebSocket')
      return
    }
    await tail(head, context, socket)
  },
}
