/**
 * A target as the sources name it: annotations, monitors, settings. The collector compares them.
 */
import type { IntegrationSettings } from '../../../model/policy.ts'
import type { PodInfo, ResourceAttributes } from '../../kubernetes/cluster.ts'
import { resourceAttributes } from '../../kubernetes/resource.ts'
import type { ModuleTarget } from '../../modules/start.ts'
import type { RelabelConfig } from '../../scrape/relabel.ts'
import type { ScrapeTarget } from '../../scrape/scrape-target.ts'

/** metric_relabelings: data, so that two wanted targets can be compared as text. */
export type WantedScrape = {
  kind: 'scrape'
  target: Omit<ScrapeTarget, 'relabel' | 'resourceOf'>
  metric_relabelings: readonly RelabelConfig[]
  pod: PodInfo | undefined
}
export type WantedModule = { kind: 'module'; id: string; target: ModuleTarget; pod: PodInfo }
export type Wanted = WantedScrape | WantedModule

export type WantedContext = {
  settings: IntegrationSettings<'prometheus'>
  agent: { cluster: string; node: string; cluster_uid?: string | undefined }
}

/** Pods that do not run cannot be asked. */
export function canBeAsked(pod: PodInfo): boolean {
  return !pod.is_deleted && pod.ip !== '' && (pod.phase === 'Running' || pod.phase === '')
}

/** Of the container that listens on the port, when one says so; of the pod otherwise. */
export function resourceAt(
  pod: PodInfo,
  port: number,
  agent: WantedContext['agent'],
): ResourceAttributes {
  const listening = pod.containers.find(({ ports }) => ports.some((one) => one.port === port))
  const names = new Set(pod.containers.map(({ name }) => name))
  const only = names.size === 1 ? pod.containers[0] : undefined
  return resourceAttributes(pod, listening ?? only, agent)
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

export function hostAndPort(url: URL): string {
  return `${url.hostname}:${portOf(url)}`
}
