/** What collectors are given: who the agent is, where it stands, and its cluster if it has one. */
import type { Logger } from 'pino'
import type { Integration } from '../model/policy.ts'
import type { CollectorContext, Running, Sink } from './collector.ts'
import type { AnyCollector } from './collectors.ts'
import type { AgentConfig } from './config.ts'
import type { Cluster } from './kubernetes/cluster.ts'
import { inClusterAddress } from './kubernetes/in-cluster.ts'
import { openCluster } from './kubernetes/open.ts'

export type PlaceNeeds = {
  config: AgentConfig
  version: string
  sink: Sink
  log: Logger
  now_ms: () => number
  every: (interval_ms: number, run: () => void) => () => void
}

type OpenCluster = Cluster & { close(): void }

export class Place {
  readonly #needs: PlaceNeeds
  readonly #cluster: OpenCluster | undefined
  /** Known after enrolment. */
  member = { agent_id: '', cluster: '' }
  /** Known once there is a policy. */
  integrations: () => readonly Integration[] = () => []

  private constructor(needs: PlaceNeeds, cluster: OpenCluster | undefined) {
    this.#needs = needs
    this.#cluster = cluster
    this.member.cluster = needs.config.cluster
  }

  static async open(needs: PlaceNeeds): Promise<Place> {
    const { config, log, now_ms } = needs
    const address = clusterAddress(config)
    if (config.kind === 'host' || address === undefined) return new Place(needs, undefined)
    const { kind, node } = config
    const cluster = await openCluster({ ...address, kind, node, log, now_ms })
    return new Place(needs, cluster as OpenCluster)
  }

  start(collector: AnyCollector, integration: Integration): Promise<Running> {
    const { config, version, sink, log, now_ms, every } = this.#needs
    const { kind, node, node_ip, host, host_root } = config
    const { agent_id, cluster } = this.member
    const context = {
      settings: integration.settings,
      agent: { id: agent_id, kind, cluster, node: node || host, node_ip, version },
      sink,
      cluster: this.#cluster,
      host_root,
      integrations: () => this.integrations(),
      log: log.child({ integration: integration.id }),
      now_ms,
      every,
    }
    // The list of collectors and the policy agree on the type: it was compared by the caller.
    const start = collector.start as (context: CollectorContext) => Promise<Running>
    return start.call(collector, context as CollectorContext)
  }

  close(): void {
    this.#cluster?.close()
  }
}

function clusterAddress(config: AgentConfig) {
  if (config.kubernetes_url === '') return inClusterAddress(process.env)
  const { kubernetes_url: url, kubernetes_token_file, kubernetes_ca_file } = config
  return { url, token_file: kubernetes_token_file, ca_file: kubernetes_ca_file }
}
