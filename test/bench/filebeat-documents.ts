/** Bulk requests as Filebeat 8 makes them of container logs, with Kubernetes' metadata. */
import type { Random } from './generate.ts'

const routes = ['/cart', '/cart/items', '/checkout', '/catalogue', '/orders', '/health']
const levels = ['info', 'info', 'info', 'debug', 'warn', 'error']

function podOf(i: number) {
  const id = (0x5b8aa5a2 + i * 7919).toString(16).padStart(8, '0')
  const app = ['cart', 'orders', 'front-end', 'payment', 'catalogue'][i % 5]!
  return {
    app,
    pod: `${app}-7d9c5b6f4-${id.slice(0, 5)}`,
    uid: `${id}-9c1d-4f7e-8a2b-${id}abcd`,
    container: id.repeat(8),
  }
}

/** About a kilobyte each, of 40 pods of one node. */
function documentOf(random: Random, time_ms: number, offset: number): object {
  const pick = <Item>(from: readonly Item[]): Item => from[Math.floor(random() * from.length)]!
  const { app, pod, uid, container } = podOf(Math.floor(random() * 40))
  const level = pick(levels)
  const took = Math.floor(random() * 900)
  return {
    '@timestamp': new Date(time_ms).toISOString(),
    host: { name: 'node-7' },
    agent: {
      type: 'filebeat',
      version: '8.19.0',
      ephemeral_id: '3b6e6d0c-6a3a-4f86-9a6f-0f4f2c1f7d55',
      id: 'e0b7f9a1-42a1-4a33-8c3e-b2f1d9a6c111',
      name: 'node-7',
    },
    ecs: { version: '8.0.0' },
    log: { file: { path: `/var/log/containers/${pod}_shop_${app}-${container}.log` }, offset },
    stream: 'stdout',
    message: `${level} GET ${pick(routes)} 200 took ${took}ms user=${Math.floor(random() * 1e6)}`,
    input: { type: 'filestream' },
    container: { id: container, runtime: 'containerd', image: { name: `registry/${app}:1.4.2` } },
    kubernetes: {
      namespace: 'shop',
      pod: { name: pod, uid },
      node: { name: 'node-7' },
      container: { name: app },
      labels: { app, 'pod-template-hash': '7d9c5b6f4' },
      replicaset: { name: `${app}-7d9c5b6f4` },
    },
  }
}

export function filebeatBulk(
  random: Random,
  count: number,
  now_ms: number,
  spread_ms: number,
): Uint8Array {
  const action = '{"create":{"_index":"filebeat-8.19.0"}}\n'
  const lines: string[] = []
  for (let i = 0; i < count; i++) {
    const document = documentOf(random, now_ms - random() * spread_ms, i * 180)
    lines.push(`${action}${JSON.stringify(document)}\n`)
  }
  return Buffer.from(lines.join(''))
}
