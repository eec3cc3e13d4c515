/**
 * Metrics of Kubernetes itself: on a node those of its kubelet, in the agent of the cluster the
 * state of all objects and the control plane.
 */
import type { Collector } from '../../collector.ts'
import { ClusterMetrics } from './cluster-metrics.ts'
import { NodeMetrics } from './node-metrics.ts'

/** Pods give their figures names: the first round waits for them this long. */
const pods_within_ms = 5_000

export const kubernetesMetrics: Collector<'kubernetes_metrics'> = {
  type: 'kubernetes_metrics',
  async start(context) {
    const { cluster, agent } = context
    if (cluster === undefined) throw new Error('kubernetes_metrics needs a cluster')
    await cluster.pods.ready(pods_within_ms)
    if (agent.kind === 'cluster') return new ClusterMetrics(context, cluster)
    return new NodeMetrics(context, cluster)
  },
}
