/**
 * Who made a pod, from names alone. A ReplicaSet of a Deployment is called after it and its
 * template's hash, a Job of a CronJob after it and its minute: no right to read either is needed.
 */

export type Owner = { kind: string; name: string; uid: string }

/** As in Fluent Bit: the alphabet of hashes has no vowels and no characters that look alike. */
const hashed = /^(.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/
const scheduled = /^(.+)-(\d{8,})$/
const week_ms = 7 * 24 * 3600 * 1000

type PodWords = { labels: Readonly<Record<string, string>>; created_ms: number }

/** The owner of a pod's owner as its name tells; undefined when it has none. Its uid is unknown. */
export function ownerByName(owner: Owner, pod: PodWords): Owner | undefined {
  if (owner.kind === 'ReplicaSet') {
    const name = deploymentOf(owner.name, pod.labels['pod-template-hash'])
    return name === undefined ? undefined : { kind: 'Deployment', name, uid: '' }
  }
  if (owner.kind === 'Job') {
    const name = cronJobOf(owner.name, pod.created_ms)
    return name === undefined ? undefined : { kind: 'CronJob', name, uid: '' }
  }
  return undefined
}

/** A bare ReplicaSet's pods carry no hash of a template. */
function deploymentOf(replicaSet: string, hash: string | undefined): string | undefined {
  if (hash !== undefined && replicaSet.endsWith(`-${hash}`) && hash !== '') {
    return replicaSet.slice(0, -hash.length - 1)
  }
  return hashed.exec(replicaSet)?.[1]
}

/** The number is the scheduled time in minutes; another number is part of the Job's own name. */
function cronJobOf(job: string, created_ms: number): string | undefined {
  const found = scheduled.exec(job)
  if (found === null) return undefined
  const scheduled_ms = Number(found[2]) * 60_000
  return Math.abs(scheduled_ms - created_ms) < week_ms ? found[1] : undefined
}
