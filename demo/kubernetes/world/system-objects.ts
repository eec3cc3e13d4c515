/** What every cluster has: namespaces, accounts, roles, DNS, proxy; and this one's data stores. */
import type { NewObject } from '../api/objects.ts'
import type { RealServers } from '../programs/real-servers.ts'
import { kubelet_version } from './nodes.ts'
import { amounts, serviceObject, workload } from './workload-objects.ts'

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'shop'].concat([
  'payments',
  'data',
  'monitoring',
  'crowsnest',
])

export function foundations(): NewObject[] {
  const accounts = [
    ...namespaces.map((namespace) => ({ namespace, name: 'default' })),
    { namespace: 'shop', name: 'shop' },
    { namespace: 'payments', name: 'payments' },
    { namespace: 'kube-system', name: 'coredns' },
    { namespace: 'kube-system', name: 'kube-proxy' },
    { namespace: 'monitoring', name: 'kube-state-metrics' },
  ]
  const team = (name: string) => (name === 'shop' || name === 'payments' ? { team: 'shop' } : {})
  return [
    ...namespaces.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...team(name) } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    })),
    ...accounts.map((metadata) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })),
    ...namespaces.map((namespace) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace },
      data: { 'ca.crt': '-----BEGIN CERTIFICATE-----\n(demo)\n-----END CERTIFICATE-----\n' },
    })),
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'standard',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'rancher.io/local-path',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  ]
}

export type SystemOptions = { ksm: boolean; ports: Record<string, number> }

export function systemWorkloads({ ksm, ports }: SystemOptions): NewObject[] {
  const namespace = 'kube-system'
  const dns = { 'k8s-app': 'kube-dns' }
  const dnsPort = ports.coredns ?? 9153
  const onHost = { hostNetwork: true, priorityClassName: 'system-node-critical' }
  const stateLabels = {
    'app.kubernetes.io/name': 'kube-state-metrics',
    'app.kubernetes.io/component': 'exporter',
    'app.kubernetes.io/version': '2.17.0',
  }
  const statePort = ports['kube-state-metrics'] ?? 8080
  const stateName = 'kube-state-metrics'
  const state = [
    workload({
      namespace: 'monitoring',
      name: stateName,
      image: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0',
      labels: stateLabels,
      container: { ports: [{ name: 'http-metrics', containerPort: statePort, protocol: 'TCP' }] },
      pod: { serviceAccountName: stateName },
    }),
    serviceObject({
      ...{ namespace: 'monitoring', name: stateName, selector: stateLabels, port: statePort },
      ...{ target: 'http-metrics', cluster_ip: '10.96.0.30', port_name: 'http-metrics' },
    }),
  ]
  return [
    workload({
      namespace,
      name: 'coredns',
      image: 'registry.k8s.io/coredns/coredns:v1.12.1',
      replicas: 2,
      labels: dns,
      resources: amounts('100m', '70Mi', '170Mi'),
      container: { ports: [{ name: 'metrics', containerPort: dnsPort, protocol: 'TCP' }] },
      pod: { serviceAccountName: 'coredns', priorityClassName: 'system-cluster-critical' },
    }),
    serviceObject({
      ...{ namespace, name: 'kube-dns', selector: dns, port: dnsPort, target: 'metrics' },
      annotations: { 'prometheus.io/port': String(dnsPort), 'prometheus.io/scrape': 'true' },
      ...{ cluster_ip: '10.96.0.10', port_name: 'metrics' },
    }),
    workload({
      ...{ kind: 'DaemonSet', namespace, name: 'kube-proxy' },
      image: `registry.k8s.io/kube-proxy:${kubelet_version}`,
      labels: { 'k8s-app': 'kube-proxy' },
      pod: { ...onHost, serviceAccountName: 'kube-proxy' },
    }),
    workload({
      ...{ kind: 'DaemonSet', namespace, name: 'kindnet', image: 'registry.example/kindnetd:v1' },
      labels: { app: 'kindnet', 'k8s-app': 'kindnet' },
      container: { name: 'kindnetd' },
      pod: onHost,
    }),
    ...(ksm ? state : []),
  ]
}

/** Metrics are hinted at only where the real program will answer. */
export function dataWorkloads(servers: RealServers): NewObject[] {
  const claim: NewObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'standard',
      resources: { requests: { storage: '8Gi' } },
    },
  }
  const namespace = 'data'
  const redisHints = {
    'co.elastic.metrics/module': 'redis',
    'co.elastic.metrics/hosts': `\${data.host}:6379`,
    'co.elastic.metrics/period': '10s',
  }
  const nginxHints = {
    'co.elastic.metrics/module': 'nginx',
    'co.elastic.metrics/hosts': `http://\${data.host}:80/nginx_status`,
    'co.elastic.metrics/period': '10s',
  }
  return [
    workload({
      ...{ kind: 'StatefulSet', namespace, name: 'postgres-catalog', replicas: 2 },
      image: 'docker.io/library/postgres:16.10',
      labels: { 'app.kubernetes.io/name': 'postgresql', 'app.kubernetes.io/instance': 'catalog' },
      resources: amounts('250m', '256Mi', '512Mi', '1'),
      container: { volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }] },
      extra: { serviceName: 'postgres-catalog', volumeClaimTemplates: [claim] },
    }),
    workload({
      ...{ namespace, name: 'redis', image: 'docker.io/library/redis:7.4.5' },
      labels: { app: 'redis' },
      annotations: {
        'co.elastic.logs/enabled': 'true',
        'co.elastic.logs/module': 'redis',
        ...(servers.redis ? redisHints : {}),
      },
      container: { ports: [{ name: 'redis', containerPort: 6379, protocol: 'TCP' }] },
    }),
    workload({
      ...{ namespace: 'shop', name: 'nginx', image: 'docker.io/library/nginx:1.28.0' },
      labels: { 'app.kubernetes.io/name': 'nginx', 'app.kubernetes.io/part-of': 'shop' },
      annotations: {
        'co.elastic.logs/module': 'nginx',
        'co.elastic.logs/fileset.stdout': 'access',
        'co.elastic.logs/fileset.stderr': 'error',
        ...(servers.nginx ? nginxHints : {}),
      },
      container: { ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }] },
    }),
  ]
}

/** What the scenarios act on. */
export function troubledWorkloads(): NewObject[] {
  return [
    workload({
      ...{ namespace: 'shop', name: 'image-resizer', replicas: 2 },
      image: 'registry.example/shop/image-resizer:3.2.0',
      resources: amounts('200m', '96Mi', '256Mi', '400m'),
    }),
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'image-resizer', namespace: 'shop' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'image-resizer' },
        minReplicas: 2,
        maxReplicas: 8,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
          },
        ],
      },
      status: {},
    },
    workload({
      ...{ namespace: 'payments', name: 'ledger-sync' },
      image: 'registry.example/payments/ledger-sync:1.8.2',
      resources: amounts('50m', '256Mi', '512Mi'),
    }),
    workload({
      ...{ namespace: 'shop', name: 'gift-wrap', replicas: 2, port: 8080 },
      image: 'registry.example/shop/gift-wrap:1.0.0',
      labels: { 'app.kubernetes.io/name': 'gift-wrap', 'app.kubernetes.io/part-of': 'shop' },
    }),
    cleanupCron(),
  ]
}

function cleanupCron(): NewObject {
  const labels = { app: 'order-cleanup' }
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'order-cleanup', namespace: 'shop', labels },
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Forbid',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        metadata: { labels },
        spec: {
          backoffLimit: 2,
          completions: 1,
          parallelism: 1,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: 'Never',
              containers: [
                {
                  name: 'order-cleanup',
                  image: 'registry.example/shop/order-cleanup:2.1.0',
                  resources: amounts('50m', '32Mi', '96Mi'),
                },
              ],
            },
          },
        },
      },
    },
    status: {},
  }
}
