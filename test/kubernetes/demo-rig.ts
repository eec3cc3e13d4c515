/**
 * The whole way for tests: demo clusters in this process, the real agents on their nodes and a real
 * server as processes of their own, and questions asked as the screens ask them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Agents, enrolmentFile, startAgents } from '../../demo/agents.ts'
import type { NamedCluster } from '../../demo/clusters.ts'
import { type Kubernetes, openKubernetes } from '../../demo/kubernetes/cluster.ts'
import type { KubernetesOptions } from '../../demo/kubernetes/core.ts'
import { seeded } from '../../demo/random.ts'
import { type Policy, policySchema } from '../../src/model/policy.ts'
import type { Question } from '../../src/model/question.ts'
import { type ServerProcess, startServer } from '../e2e/server-process.ts'
import { Asker } from './asker.ts'

/** All that agents of a cluster collect by default; each gateway at the address of its own node. */
export function demoPolicy(settings: Record<string, object> = {}): Policy {
  const types = ['container_logs', 'kubernetes_objects', 'kubernetes_events', 'kubernetes_metrics']
  const given: Record<string, object> = {
    otlp: { grpc: `\${node.ip}:4317`, http: `\${node.ip}:4318` },
    ...settings,
  }
  const integrations = [...types, 'prometheus', 'otlp'].map((type) => ({
    ...{ id: type, type },
    settings: given[type] ?? {},
  }))
  return policySchema.parse({ integrations })
}

export class DemoRig {
  readonly dir = mkdtempSync(join(tmpdir(), 'crowsnest-demo-rig-'))
  readonly clusters: NamedCluster[] = []
  server!: ServerProcess
  #agents: Agents | undefined
  #asker!: Asker
  #policy_id = ''

  static async open(
    clusters: Readonly<Record<string, Partial<KubernetesOptions>>>,
    policy = demoPolicy(),
  ): Promise<DemoRig> {
    const rig = new DemoRig()
    try {
      rig.server = await startServer({ demo: false })
      rig.#asker = await Asker.signIn(rig.server)
      const about = { name: 'Of the test', description: '', document: policy }
      rig.#policy_id = (await rig.#asker.post<{ id: string }>('/api/fleet/policies', about)).id
      for (const [name, options] of Object.entries(clusters)) await rig.#addCluster(name, options)
      return rig
    } catch (error) {
      await rig.close()
      throw error
    }
  }

  kubernetes(name: string): Kubernetes {
    return this.clusters.find((one) => one.name === name)!.kubernetes
  }

  startAgents(): void {
    const { url: server, otlp: http_url } = this.server
    this.#agents = startAgents({ server, http_url, dir: this.dir }, this.clusters)
  }

  /** Their state stays: started again, they go on where they were. */
  async stopAgents(): Promise<void> {
    await this.#agents?.stop()
    this.#agents = undefined
  }

  async close(): Promise<void> {
    await this.stopAgents()
    await Promise.all(this.clusters.map(({ kubernetes }) => kubernetes.close()))
    await this.server?.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }

  ask<Ask, Answer>(question: Question<Ask, Answer>, asked: object): Promise<Answer> {
    return this.#asker.ask(question, asked)
  }

  async #addCluster(name: string, options: Partial<KubernetesOptions>): Promise<void> {
    const dir = join(this.dir, name)
    mkdirSync(dir, { recursive: true })
    const random = seeded(this.clusters.length + 3)
    const kubernetes = await openKubernetes({ dir, name, now_ms: Date.now, random, ...options })
    const kubeconfig = kubernetes.kubeconfig(join(dir, 'kubeconfig'))
    this.clusters.push({ name, dir, kubernetes, kubeconfig })
    const asked = { name, policy_id: this.#policy_id, cluster: name }
    const { token } = await this.#asker.post<{ token: string }>('/api/fleet/tokens', asked)
    writeFileSync(enrolmentFile(this.dir, name), token, { mode: 0o600 })
  }
}

/** Asks again until there is nothing to say against it; tells what there was, past the deadline. */
export async function untilNothing(
  complaints: () => Promise<readonly string[]>,
  within_ms = 90_000,
): Promise<void> {
  const deadline_ms = Date.now() + within_ms
  for (;;) {
    const found = await complaints()
    if (found.length === 0) return
    if (Date.now() > deadline_ms) {
      const shown = found.slice(0, 40).join('\n')
      throw new Error(`after ${within_ms} ms there are still ${found.length}:\n${shown}`)
    }
    await new Promise((wake) => setTimeout(wake, 250))
  }
}
