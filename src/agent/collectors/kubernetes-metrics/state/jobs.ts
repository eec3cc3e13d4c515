/** kube_job_* and kube_cronjob_*. */
import type { KubernetesObject } from '../../../kubernetes/api.ts'
import {
  type Condition,
  namespaceOf,
  specOf,
  statusOf,
  type Tell,
  tellIf,
  tellMetadata,
  tellOwners,
  tellTime,
  tellTruth,
} from './describe.ts'

type JobSpec = { completions: number; parallelism: number; activeDeadlineSeconds: number }
type JobStatus = {
  active: number
  ready: number
  succeeded: number
  failed: number
  startTime: string
  completionTime: string
  conditions: Condition[]
}
type CronJobSpec = {
  schedule: string
  timeZone: string
  concurrencyPolicy: string
  suspend: boolean
  startingDeadlineSeconds: number
  successfulJobsHistoryLimit: number
  failedJobsHistoryLimit: number
}
type CronJobStatus = { active: unknown[]; lastScheduleTime: string; lastSuccessfulTime: string }

const failureReasons = ['BackoffLimitExceeded', 'DeadlineExceeded', 'Evicted']

export function describeJob(job: KubernetesObject, tell: Tell): void {
  const of = { namespace: namespaceOf(job), job_name: job.metadata.name }
  const spec = specOf<JobSpec>(job)
  const { conditions = [], ...status } = statusOf<JobStatus>(job)
  tell('kube_job_info', of, 1)
  tellMetadata(tell, 'kube_job', of, job)
  tellOwners(tell, 'kube_job_owner', of, job)
  tellIf(tell, 'kube_job_spec_completions', of, spec.completions)
  tellIf(tell, 'kube_job_spec_parallelism', of, spec.parallelism)
  tellIf(tell, 'kube_job_spec_active_deadline_seconds', of, spec.activeDeadlineSeconds)
  tell('kube_job_status_active', of, status.active ?? 0)
  tell('kube_job_status_ready', of, status.ready ?? 0)
  tell('kube_job_status_succeeded', of, status.succeeded ?? 0)
  tellTime(tell, 'kube_job_status_start_time', of, status.startTime)
  tellTime(tell, 'kube_job_status_completion_time', of, status.completionTime)
  for (const { type, status: is } of conditions) {
    const words = { label: 'condition', status: is }
    if (type === 'Complete') tellTruth(tell, 'kube_job_complete', of, words)
    else if (type === 'Failed') tellTruth(tell, 'kube_job_failed', of, words)
    else if (type === 'Suspended') tell('kube_job_status_suspended', of, is === 'True' ? 1 : 0)
  }
  describeFailure(of, status.failed ?? 0, conditions, tell)
}

/** A known reason is told with all others as zeros; without one the number of failed pods is. */
function describeFailure(
  of: Record<string, string>,
  failed: number,
  conditions: readonly Condition[],
  tell: Tell,
): void {
  const name = 'kube_job_status_failed'
  const failure = failed === 0 ? undefined : conditions.find(({ type }) => type === 'Failed')
  if (failure !== undefined) {
    for (const reason of failureReasons) {
      tell(name, { ...of, reason }, failure.reason === reason ? 1 : 0)
    }
  }
  if (!failureReasons.includes(failure?.reason ?? '')) tell(name, of, failed)
}

export function describeCronJob(cron: KubernetesObject, tell: Tell): void {
  const of = { namespace: namespaceOf(cron), cronjob: cron.metadata.name }
  const spec = specOf<CronJobSpec>(cron)
  const status = statusOf<CronJobStatus>(cron)
  const about = {
    schedule: spec.schedule ?? '',
    concurrency_policy: spec.concurrencyPolicy ?? '',
    timezone: spec.timeZone ?? 'local',
  }
  tell('kube_cronjob_info', { ...of, ...about }, 1)
  tellMetadata(tell, 'kube_cronjob', of, cron)
  tell('kube_cronjob_spec_suspend', of, spec.suspend === true ? 1 : 0)
  const limits = 'kube_cronjob_spec'
  tellIf(tell, `${limits}_starting_deadline_seconds`, of, spec.startingDeadlineSeconds)
  tellIf(tell, `${limits}_successful_job_history_limit`, of, spec.successfulJobsHistoryLimit)
  tellIf(tell, `${limits}_failed_job_history_limit`, of, spec.failedJobsHistoryLimit)
  tell('kube_cronjob_status_active', of, status.active?.length ?? 0)
  tellTime(tell, 'kube_cronjob_status_last_schedule_time', of, status.lastScheduleTime)
  tellTime(tell, 'kube_cronjob_status_last_successful_time', of, status.lastSuccessfulTime)
}
