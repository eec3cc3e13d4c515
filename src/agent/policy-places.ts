/** Which integrations of a policy an agent runs: a policy is written for a cluster as a whole. */
import type { AgentKind } from '../model/fleet.ts'
import { type Integration, type IntegrationType, integrationPlaces } from '../model/policy.ts'

/**
 * Beside its own place: what a collector does there it decides by the agent's kind, such as the
 * state of the cluster's objects, which one agent tells for all.
 */
const alsoOn: { readonly [Type in IntegrationType]?: readonly AgentKind[] } = {
  kubernetes_metrics: ['cluster'],
  prometheus: ['cluster', 'host'],
  otlp: ['host'],
  falco: ['host'],
  tetragon: ['host'],
  host: ['node'],
  redis: ['node'],
  nginx: ['node'],
  postgresql: ['node'],
  mysql: ['node'],
}

export function runsOn(type: IntegrationType, kind: AgentKind): boolean {
  return integrationPlaces[type] === kind || (alsoOn[type]?.includes(kind) ?? false)
}

export function integrationsFor(
  integrations: readonly Integration[],
  kind: AgentKind,
): Integration[] {
  return integrations.filter(({ type, enabled }) => enabled && runsOn(type, kind))
}
