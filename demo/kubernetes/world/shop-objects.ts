/** The shop in the cluster: deployments and services of its parts, and what is around them. */
import { services } from '../../services/services.ts'
import { mebibyte } from '../../world/service-definition.ts'
import type { NewObject, Words } from '../api/objects.ts'
import { amounts, serviceObject, workload } from './workload-objects.ts'

function labelsOf(name: string, isOld: boolean): Words {
  if (isOld) return { app: name, tier: 'backend' }
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' }
}

export function shopObjects(): NewObject[] {
  return services.flatMap((service, at) => {
    const { name, namespace, version, replicas, port, image, memory_limit_bytes } = service
    const labels = labelsOf(name, service.conventions === 'old')
    const limit = `${Math.round(memory_limit_bytes / mebibyte)}Mi`
    const request = `${Math.round(memory_limit_bytes / mebibyte / 2)}Mi`
    const annotations = {
      'resource.opentelemetry.io/service.version': version,
      'resource.opentelemetry.io/team': namespace === 'payments' ? 'money' : 'storefront',
    }
    const env = [
      { name: 'OTEL_SERVICE_NAME', value: name },
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ]
    const deployment = workload({
      namespace,
      name,
      image: `${image}:${version}`,
      replicas,
      labels,
      annotations,
      port,
      resources: amounts('100m', request, limit, '500m'),
      container: { env },
      pod: { serviceAccountName: namespace === 'payments' ? 'payments' : 'shop' },
    })
    const cluster_ip = `10.96.10.${at + 1}`
    return [deployment, serviceObject({ namespace, name, selector: labels, port, cluster_ip })]
  })
}

const v1 = 'v1'

export function shopSurroundings(): NewObject[] {
  const pathType = 'Prefix'
  const backend = { service: { name: 'storefront', port: { name: 'http' } } }
  const http = { paths: [{ path: '/', pathType, backend }] }
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'storefront', namespace: 'shop', labels: { app: 'storefront' } },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['shop.example'], secretName: 'shop-tls' }],
        rules: [{ host: 'shop.example', http }],
      },
      status: { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'payments-only-from-checkout', namespace: 'payments' },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }] }],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'checkout', namespace: 'shop' },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'checkout' } } },
      status: {
        currentHealthy: 3,
        desiredHealthy: 2,
        disruptionsAllowed: 1,
        expectedPods: 3,
        observedGeneration: 1,
      },
    },
    ...configuration(),
  ]
}

function configuration(): NewObject[] {
  return [
    {
      apiVersion: v1,
      kind: 'ConfigMap',
      metadata: { name: 'storefront-settings', namespace: 'shop' },
      data: { 'settings.yaml': 'banner: autumn\ncoupons: true\n', CURRENCIES: 'USD,EUR,KRW,MXN' },
    },
    {
      apiVersion: v1,
      kind: 'ResourceQuota',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { hard: { pods: '400', 'requests.memory': '24Gi' } },
      status: {
        hard: { pods: '400', 'requests.memory': '24Gi' },
        used: { pods: '27', 'requests.memory': '6Gi' },
      },
    },
    {
      apiVersion: v1,
      kind: 'LimitRange',
      metadata: { name: 'defaults', namespace: 'payments' },
      spec: { limits: [{ type: 'Container', default: { memory: '256Mi' } }] },
    },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: 'coredns', namespace: 'monitoring', labels: { release: 'prometheus' } },
      spec: {
        namespaceSelector: { matchNames: ['kube-system'] },
        selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        endpoints: [{ port: 'metrics', interval: '30s' }],
      },
    },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'kube-state-metrics', namespace: 'monitoring' },
      spec: {
        namespaceSelector: { matchNames: ['monitoring'] },
        selector: { matchLabels: { 'app.kubernetes.io/name': 'kube-state-metrics' } },
        podMetricsEndpoints: [{ port: 'http-metrics', interval: '30s' }],
      },
    },
  ]
}
