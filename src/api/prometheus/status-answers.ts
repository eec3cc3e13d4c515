/**
 * What tools ask about the server itself. There is no configuration of Prometheus here, no rule
 * files and no scraping of its own: those answers are well formed and empty.
 */
import { storedFigures } from '../../query/promql/source/figures.ts'
import type { ApiCall } from '../api.ts'
import { type Answer, json } from './envelope.ts'

/** What the API is compatible with. `features` stays away: Grafana takes who has it for Mimir. */
export function answerBuildInfo(): Answer {
  return json({
    version: '3.5.0',
    revision: 'crowsnest',
    branch: 'HEAD',
    buildUser: 'crowsnest',
    buildDate: '',
    goVersion: '',
  })
}

export async function answerRuntimeInfo({ context }: ApiCall): Promise<Answer> {
  const { series } = await storedFigures(context)
  const started_ms = Date.now() - process.uptime() * 1_000
  return json({
    startTime: new Date(started_ms).toISOString(),
    CWD: '/',
    hostname: '',
    serverTime: new Date(context.now_ms).toISOString(),
    reloadConfigSuccess: true,
    lastConfigTime: new Date(started_ms).toISOString(),
    timeSeriesCount: series,
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: 0,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: '',
  })
}

export function answerConfig(): Answer {
  return json({ yaml: 'global: {}\n' })
}

export function answerFlags({ context }: ApiCall): Answer {
  const { limits } = context
  return json({
    'query.lookback-delta': '5m',
    'query.max-concurrency': '0',
    'query.max-samples': String(limits.samples_max),
    'query.timeout': `${Math.round(limits.timeout_ms / 1_000)}s`,
    'web.enable-admin-api': 'false',
    'web.enable-lifecycle': 'false',
    'web.enable-remote-write-receiver': 'true',
  })
}

export async function answerTsdb({ context }: ApiCall): Promise<Answer> {
  const { series, metrics, labels, pairs, from_ms, to_ms } = await storedFigures(context)
  return json({
    headStats: {
      numSeries: series,
      numLabelPairs: pairs.length,
      chunkCount: 0,
      minTime: from_ms,
      maxTime: to_ms,
    },
    seriesCountByMetricName: metrics,
    labelValueCountByLabelName: labels,
    memoryInBytesByLabelName: [],
    seriesCountByLabelValuePair: pairs,
  })
}

export function answerWalReplay(): Answer {
  return json({ min: 0, max: 0, current: 0 })
}

export function answerRules(): Answer {
  return json({ groups: [] })
}

export function answerAlerts(): Answer {
  return json({ alerts: [] })
}

export function answerAlertmanagers(): Answer {
  return json({ activeAlertmanagers: [], droppedAlertmanagers: [] })
}
