/** What the pods of a node asked for and which volumes they have: the kubelet does not say it. */

import { quantity } from '../../../model/kubernetes-quantity.ts'
import type { KubernetesApi, KubernetesObject } from '../../kubernetes/api.ts'
import { WatchedObjects } from '../../scrape/watched-objects.ts'
import { podResources } from '../kubernetes-objects/quantities.ts'
import type { Amounts } from './summary.ts'

type Container = {
  name: string
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
}
type Volume = { name: string; [kind: string]: unknown }
type Spec = { containers?: Container[]; initContainers?: Container[]; volumes?: Volume[] }

/** Kinds of volumes as the OpenTelemetry kubelet receiver names them. */
const volumeKinds = [
  'persistentVolumeClaim',
  'configMap',
  'downwardAPI',
  'emptyDir',
  'secret',
  'hostPath',
  'projected',
  'csi',
  'nfs',
  'ephemeral',
]

export class NodePods {
  readonly #pods: WatchedObjects

  constructor(api: KubernetesApi, node: string) {
    const field_selector = `spec.nodeName=${node}`
    this.#pods = new WatchedObjects(api, { path: '/api/v1/pods', field_selector, keep: slim })
  }

  amountsOf(uid: string, container?: string): Amounts {
    const spec = this.#specOf(uid)
    if (spec === undefined) return {}
    if (container === undefined) return podAmounts(spec)
    const found = spec.containers?.find(({ name }) => name === container)
    return containerAmounts(found?.resources)
  }

  volumeKind(uid: string, volume: string): string {
    const found = this.#specOf(uid)?.volumes?.find(({ name }) => name === volume)
    return found === undefined ? '' : (volumeKinds.find((kind) => kind in found) ?? '')
  }

  close(): void {
    this.#pods.close()
  }

  #specOf(uid: string): Spec | undefined {
    return this.#pods.byUid(uid)?.spec as Spec | undefined
  }
}

/** A pod's limit is one only when each of its containers has one. */
function podAmounts(spec: Spec): Amounts {
  const sums = podResources(spec) as Amounts
  const containers = spec.containers ?? []
  const all = (of: 'requests' | 'limits', what: string) =>
    containers.every(({ resources }) => resources?.[of]?.[what] !== undefined)
  const amounts: Amounts = {}
  const keep = (name: keyof Amounts, is: boolean) => {
    if (is && sums[name] !== undefined) amounts[name] = sums[name]
  }
  keep('cpu_limit_cores', all('limits', 'cpu'))
  keep('cpu_request_cores', all('requests', 'cpu'))
  keep('memory_limit_bytes', all('limits', 'memory'))
  keep('memory_request_bytes', all('requests', 'memory'))
  return amounts
}

function containerAmounts(resources: Container['resources']): Amounts {
  const amounts: Amounts = {}
  const keep = (name: keyof Amounts, text: string | undefined) => {
    const value = quantity(text)
    if (value !== undefined) amounts[name] = value
  }
  keep('cpu_limit_cores', resources?.limits?.cpu)
  keep('cpu_request_cores', resources?.requests?.cpu)
  keep('memory_limit_bytes', resources?.limits?.memory)
  keep('memory_request_bytes', resources?.requests?.memory)
  return amounts
}

function slim({ metadata, spec }: KubernetesObject): KubernetesObject {
  const { name, uid, resourceVersion, namespace = '' } = metadata
  const { containers = [], initContainers = [], volumes = [] } = (spec ?? {}) as Spec
  const asked = (all: Container[]) =>
    all.map((one) => ({
      name: one.name,
      resources: one.resources,
      restartPolicy: (one as { restartPolicy?: string }).restartPolicy,
    }))
  const kept = volumes.map((one) => ({ name: one.name, [kindOf(one)]: true }))
  return {
    metadata: { name, namespace, uid, resourceVersion },
    spec: {
      containers: asked(containers),
      initContainers: asked(initContainers),
      volumes: kept,
    },
  }
}

function kindOf(volume: Volume): string {
  return volumeKinds.find((kind) => kind in volume) ?? 'other'
}
