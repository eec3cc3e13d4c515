/** What labels say in our words. */
import { expect, test } from 'vitest'
import { wordsOf } from './label-words.ts'

type Labels = Record<string, string>
const id = 'a'.repeat(64)

test.each<[string, Labels, Labels, string]>([
  [
    'what Promtail writes in a cluster',
    { namespace: 'shop', pod: 'cart-0', container: 'cart', node_name: 'w1', job: 'shop/cart' },
    {
      'k8s.namespace.name': 'shop',
      'k8s.pod.name': 'cart-0',
      'k8s.container.name': 'cart',
      'k8s.node.name': 'w1',
      job: 'shop/cart',
    },
    '',
  ],
  [
    "the kubelet's file name",
    { filename: '/var/log/pods/shop_cart-0_0b9e-1/cart/3.log', app: 'basket' },
    {
      filename: '/var/log/pods/shop_cart-0_0b9e-1/cart/3.log',
      app: 'basket',
      'k8s.namespace.name': 'shop',
      'k8s.pod.name': 'cart-0',
      'k8s.container.name': 'cart',
      'k8s.pod.uid': '0b9e-1',
      'k8s.container.restart_count': '3',
    },
    'basket',
  ],
  [
    "the runtime's file name",
    { filename: `/var/log/containers/cart-0_shop_cart-${id}.log` },
    {
      filename: `/var/log/containers/cart-0_shop_cart-${id}.log`,
      'k8s.namespace.name': 'shop',
      'k8s.pod.name': 'cart-0',
      'k8s.container.name': 'cart',
      'container.id': id,
    },
    '',
  ],
  [
    'the name of a label that says it best',
    { k8s_namespace_name: 'b', namespace: 'a', service_name: 'cart', cluster: 'c1' },
    { 'k8s.namespace.name': 'a', 'service.name': 'cart', 'k8s.cluster.name': 'c1' },
    'cart',
  ],
  [
    'a host, and its stream',
    { hostname: 'web-1', instance: 'x', stream: 'stdout', job: 'varlogs' },
    {
      hostname: 'web-1',
      instance: 'x',
      stream: 'stdout',
      job: 'varlogs',
      'host.name': 'web-1',
    },
    'varlogs',
  ],
  [
    'an instance on a host',
    { instance: 'web-1:9100' },
    { instance: 'web-1:9100', 'host.name': 'web-1' },
    'unknown_service',
  ],
  [
    'an instance in a cluster',
    { instance: 'release', pod: 'cart-0' },
    { instance: 'release', 'k8s.pod.name': 'cart-0' },
    '',
  ],
  [
    'a container of Docker',
    { container_name: 'web' },
    { container_name: 'web', 'container.name': 'web' },
    'web',
  ],
  ['a job without its namespace', { job: 'shop/cart', namespace: 'shop' }, {}, 'cart'],
  ['the order of names', { component: 'c', name: 'n', container: 'x' }, {}, 'n'],
  ['a guess from the container', { container: 'x', workload: 'w' }, {}, 'x'],
  ['an empty value', { pod: '', namespace: '' }, { pod: '', namespace: '' }, 'unknown_service'],
])('%s', (_name, labels, fields, service) => {
  const words = wordsOf(Object.entries(labels))
  if (Object.keys(fields).length > 0) expect(Object.fromEntries(words.fields)).toEqual(fields)
  expect(words.service).toBe(service)
})
