/** The three nodes, and the pods that run on the first one from files. */

import { hash, hexDigits, seeded, text } from '../../random.ts'
import type { Condition, NewObject } from '../api/objects.ts'

export const kubelet_version = 'v1.33.5'

export type NodePlace = { name: string; ip: string; port: number; cidr: string; is_first: boolean }

function conditions(now: string): Condition[] {
  const of = (type: string, status: 'True' | 'False', reason: string, message: string) => ({
    ...{ type, status, reason, message },
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  })
  const sufficient = (type: string, what: string, words: string) =>
    of(type, 'False', `KubeletHas${what}`, `kubelet has ${words}`)
  return [
    sufficient('MemoryPressure', 'SufficientMemory', 'sufficient memory available'),
    sufficient('DiskPressure', 'NoDiskPressure', 'no disk pressure'),
    sufficient('PIDPressure', 'SufficientPID', 'sufficient PID available'),
    of('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ]
}

export function nodeObject(place: NodePlace, now: string): NewObject {
  const { name, ip, port, cidr, is_first } = place
  const role = is_first ? { 'node-role.kubernetes.io/control-plane': '' } : {}
  const zone = `zone-${name.at(-1)}`
  const memory = is_first ? '8Gi' : '6Gi'
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/region': 'harbour',
        'topology.kubernetes.io/zone': zone,
        'node.kubernetes.io/instance-type': is_first ? 'm.large' : 'c.large',
        ...role,
      },
      annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
    },
    spec: { podCIDR: cidr, podCIDRs: [cidr], providerID: `demo://harbour/${name}` },
    status: {
      capacity: { cpu: '4', memory, pods: '110', 'ephemeral-storage': '96Gi' },
      allocatable: {
        cpu: '3800m',
        memory: is_first ? '7Gi' : '5Gi',
        pods: '110',
        'ephemeral-storage': '88Gi',
      },
      conditions: conditions(now),
      addresses: [
        { type: 'InternalIP', address: ip },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      nodeInfo: {
        architecture: 'amd64',
        operatingSystem: 'linux',
        kernelVersion: '6.8.0-79-generic',
        osImage: 'Ubuntu 24.04.3 LTS',
        containerRuntimeVersion: 'containerd://2.1.4',
        kubeletVersion: kubelet_version,
        kubeProxyVersion: '',
        machineID: text(seeded(hash(name)), hexDigits, 32),
        systemUUID: text(seeded(hash(`${name}/system`)), hexDigits, 32),
        bootID: text(seeded(hash(`${name}/boot`)), hexDigits, 32),
      },
    },
  }
}

type StaticPod = { component: string; image: string; args: string[]; port: number; memory: string }

/** Mirror pods: the API only shows them, the kubelet runs them from files. */
export function staticPods(
  node: { name: string; uid: string },
  ports: Record<string, number>,
): NewObject[] {
  const k8s = (component: string) => `registry.k8s.io/${component}:${kubelet_version}`
  const all: StaticPod[] = [
    {
      component: 'etcd',
      image: 'registry.k8s.io/etcd:3.6.4-0',
      args: ['--data-dir=/var/lib/etcd', '--listen-metrics-urls=http://127.0.0.1:2381'],
      port: 2381,
      memory: '100Mi',
    },
    {
      component: 'kube-apiserver',
      image: k8s('kube-apiserver'),
      args: ['--authorization-mode=Node,RBAC', '--anonymous-auth=false', '--profiling=false'],
      port: ports['kube-apiserver'] ?? 6443,
      memory: '256Mi',
    },
    {
      component: 'kube-controller-manager',
      image: k8s('kube-controller-manager'),
      args: ['--leader-elect=true', '--use-service-account-credentials=true'],
      port: 10_257,
      memory: '64Mi',
    },
    {
      component: 'kube-scheduler',
      image: k8s('kube-scheduler'),
      args: ['--leader-elect=true', `--secure-port=${ports['kube-scheduler'] ?? 10_259}`],
      port: ports['kube-scheduler'] ?? 10_259,
      memory: '64Mi',
    },
  ]
  return all.map(({ component, image, args, port, memory }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${component}-${node.name}`,
      namespace: 'kube-system',
      labels: { component, tier: 'control-plane' },
      annotations: {
        'kubernetes.io/config.hash': text(seeded(hash(`${node.name}/${component}`)), hexDigits, 32),
        'kubernetes.io/config.mirror': text(
          seeded(hash(`${node.name}/${component}`)),
          hexDigits,
          32,
        ),
        'kubernetes.io/config.seen': '2026-01-01T00:00:00.000000000Z',
        'kubernetes.io/config.source': 'file',
      },
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true },
      ],
    },
    spec: {
      hostNetwork: true,
      nodeName: node.name,
      priorityClassName: 'system-node-critical',
      restartPolicy: 'Always',
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
      containers: [
        {
          name: component,
          image,
          command: [component, ...args],
          ports: [{ name: 'metrics', containerPort: port, protocol: 'TCP' }],
          resources: { requests: { cpu: '100m', memory } },
        },
      ],
    },
    status: { phase: 'Pending', qosClass: 'Burstable' },
  }))
}
