/** How the parts of the collector do, as health and coverage: each part is blind with a reason. */
import type { Component } from '../../../model/fleet.ts'
import type { CoverageRow } from '../../../model/kubernetes.ts'
import type { ScrapeFailure } from '../../scrape/scrape-target.ts'

export type PartReport = {
  /** Whose figures the part brings; empty for the node or the cluster as a whole. */
  namespace?: string
  workload?: string
  pod?: string
  /** Undefined while the part sees what it should. */
  failure: Pick<ScrapeFailure, 'reason' | 'sentence'> | undefined
  records: number
  /** False for parts that many clusters do not show: they are blind, but nothing is wrong. */
  is_needed: boolean
}

/** What the spool did not take is of no one part: the row beside the first tells of it. */
export function coverageOf(
  reports: readonly PartReport[],
  time_ms: number,
  dropped: number,
): CoverageRow[] {
  const rows = reports.map((report) => rowOf(report, time_ms))
  const [first] = rows
  if (dropped === 0 || first === undefined) return rows
  const lost = { reason: 'spool_full', detail: '', records: 0, dropped }
  return [...rows, { ...first, ...lost, state: 'dropped' }]
}

function rowOf(report: PartReport, time_ms: number): CoverageRow {
  const { namespace = '', workload = '', pod = '', failure, records } = report
  return {
    time_ms,
    source: 'kubernetes_metrics',
    signal: 'metrics',
    namespace,
    workload,
    pod,
    state: failure === undefined ? 'arriving' : 'blind',
    reason: failure?.reason ?? '',
    detail: failure?.sentence ?? '',
    lag_s: 0,
    records,
    dropped: 0,
  }
}

export function healthOf(reports: readonly PartReport[]): Pick<Component, 'state' | 'message'> {
  const failures = reports.flatMap(({ failure, is_needed }) =>
    failure !== undefined && is_needed ? [failure.sentence] : [],
  )
  if (failures.length === 0) return { state: 'healthy', message: '' }
  const isAll = reports.every(({ failure }) => failure !== undefined)
  return { state: isAll ? 'failed' : 'degraded', message: failures.join(' ').slice(0, 2048) }
}
