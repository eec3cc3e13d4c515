/** EndpointSlices: which ready pods stand behind a Service. */

import { hash, podLetters, seeded, text } from '../../random.ts'
import { type KubeObject, ownedBy, type Pod, type Words } from '../api/objects.ts'
import { hasLabels } from '../api/selectors.ts'
import { type Control, isOver, isReady } from './control.ts'

type Port = { name?: string; port: number; targetPort?: number | string; protocol: string }
export type Service = KubeObject & {
  spec: { selector?: Words; ports: Port[]; clusterIP: string; type: string }
}

export function runServices(control: Control): void {
  const { store } = control
  const pods = store
    .list<Pod>('Pod')
    .filter((pod) => pod.status.podIP !== undefined && !isOver(pod))
  for (const service of store.list<Service>('Service')) {
    const { selector, ports } = service.spec
    if (selector === undefined) continue
    const { name, namespace = 'default' } = service.metadata
    const behind = pods.filter(
      (pod) => pod.metadata.namespace === namespace && hasLabels(pod, selector),
    )
    const endpoints = behind.map((pod) => {
      const ready = isReady(pod)
      const terminating = pod.metadata.deletionTimestamp !== undefined
      const { name: podName, uid } = pod.metadata
      return {
        addresses: [pod.status.podIP!],
        conditions: { ready: ready && !terminating, serving: ready, terminating },
        nodeName: pod.spec.nodeName,
        targetRef: { kind: 'Pod', namespace, name: podName, uid },
      }
    })
    const suffix = text(seeded(hash(`${namespace}/${name}`)), podLetters, 5)
    store.apply(
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${name}-${suffix}`,
          namespace,
          labels: {
            'kubernetes.io/service-name': name,
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
          ownerReferences: ownedBy(service),
        },
        addressType: 'IPv4',
        endpoints,
        ports: ports.map((port) => ({
          name: port.name ?? '',
          port: portNumber(port, behind[0]),
          protocol: port.protocol,
        })),
      },
      'kube-controller-manager',
    )
  }
}

function portNumber({ port, targetPort = port }: Port, pod: Pod | undefined): number {
  if (typeof targetPort === 'number') return targetPort
  const all = pod?.spec.containers.flatMap(({ ports = [] }) => ports) ?? []
  return all.find(({ name }) => name === targetPort)?.containerPort ?? port
}
