/** A pod's environment becomes the resource of its telemetry, through the SDK's own detector. */
import { expect, test } from 'vitest'
import { checkout } from '../services/checkout.ts'
import { services } from '../services/services.ts'
import { resourceAttributes, resourceFrom } from '../telemetry/environment.ts'
import { podEnvironment, podIdentity } from './pod-identity.ts'

const place = { ordinal: 0, version: '2.3.0', restart_count: 0 }

test('the resource carries the Kubernetes names of the pod', () => {
  const pod = podIdentity(checkout, place)
  const { attributes } = resourceFrom(podEnvironment(pod))
  expect(attributes).toMatchObject({
    'service.name': 'checkout',
    'service.namespace': 'shop',
    'service.version': '2.3.0',
    'service.instance.id': `shop.${pod.name}.checkout`,
    'k8s.cluster.name': 'demo',
    'k8s.namespace.name': 'shop',
    'k8s.deployment.name': 'checkout',
    'k8s.replicaset.name': pod.replicaset,
    'k8s.pod.name': pod.name,
    'k8s.container.name': 'checkout',
    'k8s.container.restart_count': '0',
    'host.name': pod.name,
    'telemetry.sdk.language': 'nodejs',
  })
  expect(attributes['k8s.pod.name']).toMatch(/^checkout-[b-z0-9]{10}-[b-z0-9]{5}$/)
  expect(attributes['k8s.pod.uid']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-/)
  expect(attributes['k8s.pod.ip']).toMatch(/^127\.244\.[1-3]\.\d+$/)
  expect(attributes['k8s.node.name']).toMatch(/^worker-[abc]$/)
  expect(attributes['container.id']).toMatch(/^[0-9a-f]{64}$/)
  expect(attributes).not.toHaveProperty('k8s.container.status.last_terminated_reason')
})

test('values that hold commas, signs and letters of any script survive', () => {
  const wanted = { team: 'a,b=c d', owner: '서영', half: '50%' }
  const environment = {
    OTEL_SERVICE_NAME: 'x',
    OTEL_RESOURCE_ATTRIBUTES: resourceAttributes(wanted),
  }
  expect(resourceFrom(environment).attributes).toMatchObject(wanted)
})

test('the environment of this process is left as it was', () => {
  const before = { ...process.env }
  resourceFrom(podEnvironment(podIdentity(checkout, place)))
  expect({ ...process.env }).toEqual(before)
})

test('a pod keeps its name when its container restarts, not when its version changes', () => {
  const first = podIdentity(checkout, place)
  const again = podIdentity(checkout, place)
  const restarted = podIdentity(checkout, { ...place, restart_count: 1 })
  const rolled = podIdentity(checkout, { ...place, version: '2.3.1' })
  expect(again).toEqual(first)
  expect(restarted).toMatchObject({ name: first.name, uid: first.uid, restart_count: 1 })
  expect(restarted.container_id).not.toBe(first.container_id)
  expect(resourceFrom(podEnvironment(restarted)).attributes).toMatchObject({
    'k8s.container.restart_count': '1',
    'k8s.container.status.last_terminated_reason': 'OOMKilled',
  })
  expect(rolled.replicaset).not.toBe(first.replicaset)
  expect(rolled.name).not.toBe(first.name)
})

test('no two pods share a name, and every node has some', () => {
  const pods = services.flatMap((service) =>
    Array.from({ length: service.replicas }, (_, ordinal) =>
      podIdentity(service, { ordinal, version: service.version, restart_count: 0 }),
    ),
  )
  expect(services.length).toBeGreaterThanOrEqual(12)
  expect(new Set(pods.map(({ name }) => name)).size).toBe(pods.length)
  expect(new Set(pods.map(({ uid }) => uid)).size).toBe(pods.length)
  expect(new Set(pods.map(({ node }) => node)).size).toBe(3)
})
