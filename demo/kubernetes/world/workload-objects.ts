/** Shorthand for the objects that the cluster begins with. */
import type { ContainerSpec, NewObject, PodSpec, Resources, Words } from '../api/objects.ts'

export type Running = {
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  namespace: string
  name: string
  image: string
  replicas?: number
  /** The two styles of naming an app stand side by side. */
  labels?: Words
  annotations?: Words
  resources?: Resources
  port?: number
  container?: Partial<ContainerSpec>
  pod?: Partial<PodSpec>
  extra?: Record<string, unknown>
}

export function amounts(cpu: string, memory: string, limit: string, cpu_limit?: string): Resources {
  const limits = { memory: limit, ...(cpu_limit === undefined ? {} : { cpu: cpu_limit }) }
  return { requests: { cpu, memory }, limits }
}

export function workload(running: Running): NewObject {
  const { kind = 'Deployment', namespace, name, image, replicas = 1, port, extra = {} } = running
  const labels = running.labels ?? { app: name }
  const { resources = amounts('10m', '32Mi', '128Mi'), annotations } = running
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 }
  const ports =
    port === undefined ? {} : { ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }] }
  const container = {
    name,
    image,
    ...ports,
    ...(port === undefined ? {} : { readinessProbe: probe }),
    resources,
    ...running.container,
  }
  const noted = annotations === undefined ? {} : { annotations }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas }),
      selector: { matchLabels: labels },
      ...(kind === 'Deployment' ? { strategy: rolling, revisionHistoryLimit: 3 } : {}),
      ...(kind === 'DaemonSet' ? { updateStrategy: { type: 'RollingUpdate' } } : {}),
      template: {
        metadata: { labels, ...noted },
        spec: { containers: [container], ...running.pod },
      },
      ...extra,
    },
    status: {},
  }
}

const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }

export type ServiceWish = {
  namespace: string
  name: string
  selector: Words
  port: number
  target?: number | string
  annotations?: Words
  cluster_ip: string
  port_name?: string
}

export function serviceObject(wish: ServiceWish): NewObject {
  const { namespace, name, selector, port, target = port, annotations, cluster_ip } = wish
  const { port_name = 'http' } = wish
  const ports = [{ name: port_name, port, targetPort: target, protocol: 'TCP' }]
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: selector, ...(annotations ? { annotations } : {}) },
    spec: { type: 'ClusterIP', clusterIP: cluster_ip, clusterIPs: [cluster_ip], selector, ports },
    status: { loadBalancer: {} },
  }
}
