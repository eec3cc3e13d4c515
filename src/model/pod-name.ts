/** What the name of a pod tells of the workload that made it. */

/** The letters of the hashes that Kubernetes makes: no vowels, no look-alikes. */
const hash = '[bcdfghjklmnpqrstvwxz2456789]'
const replicaPod = new RegExp(`^(.+)-${hash}{6,10}-${hash}{5}$`)
/** A CronJob's Jobs are named by the minute they are of. */
const cronPod = new RegExp(`^(.+)-(\\d{8,10})-${hash}{5}$`)
const setPod = /^(.+)-\d+$/
const jobPod = new RegExp(`^(.+)-${hash}{5}$`)

/** The workload a pod's name was made from, as well as a name can tell. */
export function workloadOfName(pod: string): { attribute: string; name: string } {
  const cron = cronPod.exec(pod)
  if (cron !== null) return { attribute: 'k8s.cronjob.name', name: cron[1]! }
  const replica = replicaPod.exec(pod)
  if (replica !== null) return { attribute: 'k8s.deployment.name', name: replica[1]! }
  const set = setPod.exec(pod)
  if (set !== null) return { attribute: 'k8s.statefulset.name', name: set[1]! }
  // A DaemonSet's and a Job's pods look the same.
  const other = jobPod.exec(pod)
  return { attribute: '', name: other?.[1] ?? pod }
}
