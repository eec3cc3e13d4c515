/** A demo cluster and a collector's surroundings in it, as the agent on a node or the cluster's. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { agentAccount, clusterAgentAccount } from '../../demo/kubernetes/api/agent-roles.ts'
import { type Kubernetes, openKubernetes } from '../../demo/kubernetes/cluster.ts'
import type { KubernetesOptions } from '../../demo/kubernetes/core.ts'
import { seeded } from '../../demo/random.ts'
import type { CollectorContext } from '../../src/agent/collector.ts'
import type { Cluster } from '../../src/agent/kubernetes/cluster.ts'
import { openCluster } from '../../src/agent/kubernetes/open.ts'
import type { IntegrationType } from '../../src/model/policy.ts'
import { type IntegrationSettings, integrationSchemas } from '../../src/model/policy.ts'
import { CollectedMetrics } from './collected-metrics.ts'

export const log = pino({ level: 'silent' })

export type DemoAgent<Type extends IntegrationType> = {
  kubernetes: Kubernetes
  cluster: Cluster
  sink: CollectedMetrics
  context: CollectorContext<Type>
  close(): Promise<void>
}

export async function demoAgent<Type extends IntegrationType>(
  type: Type,
  kind: 'node' | 'cluster',
  settings: Partial<IntegrationSettings<Type>> = {},
  options: Partial<KubernetesOptions> = {},
): Promise<DemoAgent<Type>> {
  const dir = mkdtempSync(join(tmpdir(), 'demo-agent-'))
  const kubernetes = await openKubernetes({
    dir,
    now_ms: Date.now,
    random: seeded(7),
    ...options,
  })
  const node = kubernetes.kubelets[0]!.node
  const account = kind === 'node' ? agentAccount : clusterAgentAccount
  const cluster = await openCluster({
    url: kubernetes.url,
    token_file: kubernetes.tokenFile(account, join(dir, 'token')),
    ca_file: kubernetes.ca_file ?? '',
    node,
    kind,
    log,
    now_ms: Date.now,
  })
  const sink = new CollectedMetrics()
  const context: CollectorContext<Type> = {
    settings: {
      ...(integrationSchemas[type].parse({}) as IntegrationSettings<Type>),
      ...settings,
    },
    agent: { id: 'a', kind, cluster: 'demo', node, version: '1' },
    sink,
    cluster,
    host_root: '/',
    log,
    now_ms: Date.now,
    every(interval_ms, run) {
      const timer = setInterval(run, Math.min(interval_ms, 100))
      return () => clearInterval(timer)
    },
  }
  return {
    kubernetes,
    cluster,
    sink,
    context,
    async close() {
      cluster.close()
      await kubernetes.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Waits for a condition, with a deadline that a busy machine keeps. */
export async function until(is: () => boolean, what: string, within_ms = 25_000): Promise<void> {
  const deadline_ms = Date.now() + within_ms
  while (!is()) {
    if (Date.now() > deadline_ms) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
