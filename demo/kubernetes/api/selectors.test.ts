/** Label and field selectors: what they take and what they refuse. */
import { expect, test } from 'vitest'
import { fieldSelector, labelSelector } from './selectors.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'cart-1',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { app: 'cart', tier: 'backend', 'app.kubernetes.io/name': 'cart' },
  },
  spec: { nodeName: 'worker-a' },
  status: { phase: 'Running' },
}

test('label selectors', () => {
  const f = (text: string, expected: boolean) =>
    expect(labelSelector(text)(pod), text).toBe(expected)
  f('', true)
  f('app=cart', true)
  f('app==cart', true)
  f('app=cart,tier=frontend', false)
  f('app!=cart', false)
  f('canary!=yes', true)
  f('app', true)
  f('!app', false)
  f('!canary', true)
  f('app in (cart, catalog),tier', true)
  f('app notin (cart)', false)
  f('canary notin (yes)', true)
  f('app.kubernetes.io/name=cart', true)
  expect(() => labelSelector('app ~ cart')).toThrow('unable to parse')
})

test('field selectors', () => {
  const f = (text: string, expected: boolean) =>
    expect(fieldSelector(text, 'Pod')(pod), text).toBe(expected)
  f('spec.nodeName=worker-a', true)
  f('spec.nodeName=worker-b', false)
  f('metadata.name=cart-1,metadata.namespace=shop', true)
  f('status.phase!=Succeeded,status.phase!=Failed', true)
  f('status.podIP=', true)
  expect(() => fieldSelector('spec.color=red', 'Pod')).toThrow('field label not supported')
})
