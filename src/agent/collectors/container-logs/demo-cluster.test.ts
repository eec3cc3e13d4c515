/** Short-lived jobs in a cluster that acts by itself: their last lines carry all their names. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Pod } from '../../../../demo/kubernetes/api/objects.ts'
import { demoAgent } from '../../../../test/agent/demo-agent.ts'
import { DurableSink, until } from '../../../../test/agent/log-rig.ts'
import { containerLogs } from './collector.ts'

const image = 'job/moment:1'
const both = { app: 'moment', 'app.kubernetes.io/name': 'moment', 'app.kubernetes.io/part-of': 'x' }

test('pods whose objects and files go at once when they end: each last line, named', async () => {
  const agent = await demoAgent(
    'container_logs',
    'node',
    {},
    {
      ...{ nodes: ['node-1'], tick_ms: 50, pace: { start_ms: 50 } },
      program: (around) => {
        if (around.image !== image) return undefined
        around.log('begin')
        around.log(`last words of ${around.pod.metadata.name}`)
        around.exit(0)
        return { memory_bytes: () => 1, cpu_cores: () => 0 }
      },
    },
  )
  const { kubernetes, cluster } = agent
  const pods_dir = kubernetes.logs_dir('node-1')
  const host_root = pods_dir.slice(0, -'/var/log/pods'.length)
  const sink = new DurableSink()
  const running = await containerLogs.start({ ...agent.context, sink, host_root })
  try {
    await cluster.pods.ready(20_000)
    const container = { name: 'main', image, resources: {} }
    for (let number = 0; number < 20; number++) {
      kubernetes.apply({
        ...{ apiVersion: 'batch/v1', kind: 'Job' },
        metadata: { name: `moment-${number}`, namespace: 'shop', labels: both },
        spec: {
          template: {
            metadata: { labels: both },
            spec: { restartPolicy: 'Never', containers: [container] },
          },
        },
        status: {},
      })
    }
    const seen = new Map<string, Pod>()
    const gone = new Set<string>()
    const last = () => sink.records().filter(({ body }) => body.startsWith('last words of moment-'))
    await until('all last words', () => {
      for (const pod of kubernetes.store.list<Pod>('Pod')) {
        const { name, uid } = pod.metadata
        if (!name.startsWith('moment-')) continue
        seen.set(uid, pod)
        if (pod.status.phase !== 'Succeeded' || gone.has(uid)) continue
        // A clean-up that is quicker than any agent's look at the file's growth.
        gone.add(uid)
        kubernetes.remove('Pod', 'shop', name)
        const dir = readdirSync(pods_dir).find((one) => one.endsWith(uid))
        if (dir !== undefined) rmSync(join(pods_dir, dir), { recursive: true })
      }
      return last().filter(({ resource }) => gone.has(String(resource['k8s.pod.uid']))).length >= 20
    })
    // A Job whose pod is gone before it was counted makes another one.
    const told = last().filter(({ resource }) => seen.has(String(resource['k8s.pod.uid'])))
    expect(told.length).toBeGreaterThanOrEqual(20)
    expect(new Set(told.map(({ body }) => body)).size).toBe(told.length)
    for (const { body, resource } of told) {
      const pod = seen.get(String(resource['k8s.pod.uid']))!
      const job = pod.metadata.ownerReferences![0]!.name
      expect(body).toBe(`last words of ${pod.metadata.name}`)
      expect(resource).toMatchObject({
        ...{ 'k8s.pod.name': pod.metadata.name, 'k8s.namespace.name': 'shop' },
        ...{ 'k8s.container.name': 'main', 'k8s.job.name': job, 'k8s.node.name': 'node-1' },
        // Both styles of naming an app stand side by side.
        ...{ 'k8s.pod.label.app': 'moment', 'k8s.pod.label.app.kubernetes.io/name': 'moment' },
        'k8s.pod.label.app.kubernetes.io/part-of': 'x',
      })
    }
  } finally {
    await running.stop()
    await agent.close()
  }
}, 60_000)
