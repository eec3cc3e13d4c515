/**
 * Targets as `up` tells of them: who scrapes them, an agent of ours or a Prometheus that writes to
 * us, keeps their addresses and errors to itself.
 */

import { labelOf } from '../../query/promql/labels.ts'
import { newestUp } from '../../query/promql/source/targets.ts'
import type { ApiCall } from '../api.ts'
import { type Answer, json } from './envelope.ts'

export async function answerTargets(call: ApiCall): Promise<Answer> {
  const parameters = await call.parameters()
  const state = (parameters.get('state') ?? '').toLowerCase()
  const pool = parameters.get('scrapePool') ?? ''
  const known = state === 'dropped' ? [] : await newestUp(call.context)
  const activeTargets = known.flatMap(({ labels, value, time_ms }) => {
    const own = Object.fromEntries(labels.filter(([name]) => name !== '__name__'))
    const job = labelOf(labels, 'job')
    if (pool !== '' && pool !== job) return []
    return {
      discoveredLabels: own,
      labels: own,
      scrapePool: job,
      scrapeUrl: '',
      globalUrl: '',
      lastError: '',
      lastScrape: new Date(time_ms).toISOString(),
      lastScrapeDuration: 0,
      health: value === 1 ? 'up' : 'down',
      scrapeInterval: '',
      scrapeTimeout: '',
    }
  })
  return json({ activeTargets, droppedTargets: [], droppedTargetCounts: {} })
}

export async function answerScrapePools({ context }: ApiCall): Promise<Answer> {
  const jobs = (await newestUp(context)).map(({ labels }) => labelOf(labels, 'job'))
  return json({ scrapePools: [...new Set(jobs)].sort() })
}

/** Metadata of what a target sends: kept by metric here, so every target has all of its own. */
export async function answerTargetsMetadata(): Promise<Answer> {
  return json([])
}
