/**
 * The series of kube-state-metrics, computed from the objects themselves. It watches while it is
 * open; what a round tells is what the objects were at that moment.
 */
import type { MetricShape } from '../../../wire/otlp/encode-metrics.ts'
import type { KubernetesApi, KubernetesObject } from '../../kubernetes/api.ts'
import type { Rounds } from '../../scrape/rounds.ts'
import { WatchedObjects, withoutManagers } from '../../scrape/watched-objects.ts'
import { state_job } from './control-plane.ts'
import type { PartReport } from './report.ts'
import type { SeriesResources } from './series-resource.ts'
import type { Labels } from './state/describe.ts'
import { type DescribedKind, describedKinds } from './state/kinds.ts'

export class ClusterState {
  readonly #watched: readonly { of: DescribedKind; objects: WatchedObjects }[]
  readonly #resources: SeriesResources
  readonly #shapes = new Map<string, MetricShape>()
  readonly #instance: string

  constructor(api: KubernetesApi, resources: SeriesResources, instance: string) {
    this.#resources = resources
    this.#instance = instance
    this.#watched = describedKinds.map((of) => ({
      of,
      objects: new WatchedObjects(api, { path: of.path, keep: slim }),
    }))
  }

  /** Answers how many series it told. */
  tell(rounds: Rounds, time_ms: number): number {
    rounds.begin(time_ms)
    const tell = (name: string, labels: Labels, value: number) => {
      const own: Labels = { job: state_job, instance: this.#instance }
      for (const label in labels) if (labels[label] !== '') own[label] = labels[label]!
      rounds.number(this.#resources.ofObject(labels), this.#shapeOf(name), own, value)
    }
    for (const { of, objects } of this.#watched) {
      for (const object of objects.all()) of.describe(object, tell)
    }
    return rounds.end()
  }

  reports(): PartReport[] {
    return this.#watched.flatMap(({ objects }) => {
      const { failure, path } = objects
      // Kinds that this version of Kubernetes does not have are not missing.
      if (failure === undefined || failure.status === 404) return []
      const isRefused = failure.status === 401 || failure.status === 403
      const reason = isRefused ? 'permission' : 'no_endpoint'
      const sentence = `${path}: ${failure.message}.`
      return [{ failure: { reason, sentence }, records: 0, is_needed: true }]
    })
  }

  close(): void {
    for (const { objects } of this.#watched) objects.close()
  }

  #shapeOf(name: string): MetricShape {
    const known = this.#shapes.get(name)
    if (known !== undefined) return known
    const shape: MetricShape = { name, kind: name.endsWith('_total') ? 'counter' : 'gauge' }
    this.#shapes.set(name, shape)
    return shape
  }
}

/**
 * Without what is never described and is most of an object: annotations, templates, environment.
 */
export function slim(object: KubernetesObject): KubernetesObject {
  const { metadata, ...rest } = withoutManagers(object)
  const { annotations: _, ...own } = metadata
  const spec = { ...(rest.spec as Record<string, unknown> | undefined) }
  delete spec.template
  delete spec.jobTemplate
  for (const field of ['containers', 'initContainers']) {
    const containers = spec[field]
    if (!Array.isArray(containers)) continue
    spec[field] = containers.map(({ name, image, resources }) => ({ name, image, resources }))
  }
  return { ...rest, metadata: own, spec }
}
