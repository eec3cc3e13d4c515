/** CronJobs make Jobs when they are due, Jobs make pods until they have succeeded or given up. */
import {
  type Condition,
  type CronJob,
  type Job,
  type NewObject,
  ownedBy,
  type Pod,
  timestamp,
} from '../api/objects.ts'
import { type Control, isOver, isReady, removeObject } from './control.ts'
import { createPod } from './pod-maker.ts'

const manager = 'kube-controller-manager'

export function runCronJobs(control: Control): void {
  for (const cron of control.store.list<CronJob>('CronJob')) {
    const jobs = control.store
      .list<Job>('Job')
      .filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === cron.metadata.uid)
    const due_ms = dueAt(control, cron)
    if (cron.spec.suspend !== true && due_ms !== undefined) schedule(control, cron, due_ms)
    keepFew(control, cron, jobs)
    const active = jobs.filter((job) => finished(job) === undefined)
    const done = jobs.flatMap(({ status }) => status.completionTime ?? []).sort()
    const newest = control.store.get<CronJob>(
      'CronJob',
      cron.metadata.name,
      cron.metadata.namespace,
    )
    if (newest === undefined) continue
    const status: CronJob['status'] = {
      ...newest.status,
      ...(done.length > 0 ? { lastSuccessfulTime: done.at(-1)! } : {}),
      active: active.map(({ apiVersion, kind, metadata: { name, namespace, uid } }) => ({
        ...{ apiVersion, kind, name, namespace: namespace!, uid },
      })),
    }
    control.store.apply({ ...newest, status }, manager)
  }
}

/** The step of a schedule such as `every 5th minute` in minutes; others are of every hour. */
function minutesOf(schedule: string): number {
  const [minute = '*'] = schedule.split(' ')
  if (minute === '*') return 1
  const [, step] = /^\*\/(\d+)$/.exec(minute) ?? []
  return step === undefined ? 60 : Number(step)
}

function dueAt({ now_ms, pace }: Control, { spec, status, metadata }: CronJob): number | undefined {
  const step_ms = minutesOf(spec.schedule) * pace.minute_ms
  const due_ms = Math.floor(now_ms() / step_ms) * step_ms
  const last_ms = Date.parse(status.lastScheduleTime ?? metadata.creationTimestamp)
  // Timestamps have whole seconds: what is due within the same one is the same run.
  return Math.floor(due_ms / 1000) * 1000 > last_ms ? due_ms : undefined
}

function schedule(control: Control, cron: CronJob, due_ms: number): void {
  const { metadata, spec } = cron
  const unit_ms = Math.min(60_000, control.pace.minute_ms)
  const name = `${metadata.name}-${Math.floor(due_ms / unit_ms)}`
  const { jobTemplate } = spec
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: metadata.namespace!,
      labels: jobTemplate.metadata?.labels ?? {},
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due_ms) },
      ownerReferences: ownedBy(cron),
    },
    spec: jobTemplate.spec,
    status: {},
  }
  control.store.apply(job, manager)
  const status = { ...cron.status, lastScheduleTime: timestamp(due_ms) }
  control.store.apply({ ...cron, status }, manager)
  const source = 'cronjob-controller'
  const message = `Created job ${name}`
  control.recorder.say({ about: cron, reason: 'SuccessfulCreate', message, source })
}

function keepFew(control: Control, cron: CronJob, jobs: readonly Job[]): void {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec
  for (const [type, most] of [
    ['Complete', successfulJobsHistoryLimit],
    ['Failed', failedJobsHistoryLimit],
  ] as const) {
    const over = jobs.filter((job) => finished(job)?.type === type)
    over.sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1))
    for (const job of over.slice(0, Math.max(0, over.length - most))) removeJob(control, job)
  }
}

export function removeJob(control: Control, job: Job): void {
  const { name, namespace, uid } = job.metadata
  control.store.remove('Job', name, namespace)
  for (const pod of control.store.list<Pod>('Pod')) {
    if (pod.metadata.ownerReferences?.[0]?.uid !== uid) continue
    removeObject(control, 'Pod', namespace, pod.metadata.name)
  }
}

function finished({ status }: Job): Condition | undefined {
  return status.conditions?.find(
    (condition) => condition.status === 'True' && ['Complete', 'Failed'].includes(condition.type),
  )
}

export function runJobs(control: Control, podsByOwner: Map<string, Pod[]>): void {
  for (const job of control.store.list<Job>('Job')) {
    if (finished(job) === undefined) runJob(control, job, podsByOwner.get(job.metadata.uid) ?? [])
    else endJob(control, job)
  }
}

function endJob(control: Control, job: Job): void {
  const { ttlSecondsAfterFinished } = job.spec
  if (ttlSecondsAfterFinished === undefined) return
  const end_ms = Date.parse(finished(job)?.lastTransitionTime ?? '')
  if (control.now_ms() - end_ms > ttlSecondsAfterFinished * 1000) removeJob(control, job)
}

function runJob(control: Control, job: Job, pods: readonly Pod[]): void {
  const { spec, metadata, status } = job
  const { completions = 1, parallelism = 1, backoffLimit = 6 } = spec
  const count = (phase: string) => pods.filter((pod) => pod.status.phase === phase).length
  const active = pods.filter((pod) => !isOver(pod))
  const succeeded = count('Succeeded')
  const failed = count('Failed')
  const hasFailed = failed > backoffLimit
  const now = timestamp(control.now_ms())
  const isComplete = succeeded >= completions
  if (!isComplete && !hasFailed) {
    const wanted = Math.min(parallelism, completions - succeeded)
    const labels = {
      'batch.kubernetes.io/job-name': metadata.name,
      'batch.kubernetes.io/controller-uid': metadata.uid,
      'job-name': metadata.name,
      'controller-uid': metadata.uid,
    }
    for (let made = active.length; made < wanted && isRetryDue(control, pods); made++) {
      createPod(control, { owner: job, template: spec.template, labels })
    }
  }
  const ready = active.filter(isReady).length
  const next: Job['status'] = {
    ...status,
    startTime: status.startTime ?? now,
    ...(active.length > 0 ? { active: active.length, ready } : { ready: 0 }),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
  }
  if (active.length === 0) delete next.active
  if (isComplete) finish(control, job, { ...next, completionTime: now }, 'Complete')
  else if (hasFailed) finish(control, job, next, 'Failed')
  else control.store.apply({ ...job, status: next }, manager)
}

/** Failed pods are made again after a while that doubles. */
function isRetryDue({ now_ms, pace }: Control, pods: readonly Pod[]): boolean {
  const failures = pods.filter((pod) => pod.status.phase === 'Failed')
  const ends = failures.map(
    (pod) => pod.status.containerStatuses?.[0]?.state.terminated?.finishedAt ?? '',
  )
  const last = ends.sort().at(-1)
  if (last === undefined || last === '') return true
  const wait_ms = Math.min(pace.backoff_ms * 2 ** (failures.length - 1), pace.backoff_ms_max)
  return now_ms() - Date.parse(last) >= wait_ms
}

function finish(control: Control, job: Job, status: Job['status'], type: string): void {
  const now = timestamp(control.now_ms())
  const isFailed = type === 'Failed'
  const reason = isFailed ? 'BackoffLimitExceeded' : 'CompletionsReached'
  const message = isFailed
    ? 'Job has reached the specified backoff limit'
    : 'Reached expected number of succeeded pods'
  const told = { status: 'True', reason, message, lastTransitionTime: now } as const
  const conditions: Condition[] = [
    { type: isFailed ? 'FailureTarget' : 'SuccessCriteriaMet', ...told },
    { type, ...told },
  ]
  control.store.apply({ ...job, status: { ...status, conditions } }, manager)
  const about: NewObject = job
  control.recorder.say({
    about: about as Job,
    type: isFailed ? 'Warning' : 'Normal',
    reason: isFailed ? reason : 'Completed',
    message: isFailed ? message : 'Job completed',
    source: 'job-controller',
  })
}
