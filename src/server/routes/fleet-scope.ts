/**
 * Whose agents and tokens a person may see and touch: those of the clusters in their scope. What is
 * outside does not exist for them; what goes beyond one cluster needs a scope without limits.
 */
import type { Agent } from '../../fleet/agent.ts'
import { Fault } from '../../model/faults.ts'
import { isLimited, type Scope } from '../../model/question.ts'
import type { EnrolmentToken } from '../../state/enrolment-tokens.ts'
import type { User } from '../../state/users.ts'

type InCluster = Pick<Agent | EnrolmentToken, 'cluster'>

/** An agent that sees a whole cluster is not for who sees some of its namespaces only. */
export function isWithin(scope: Scope, { cluster }: InCluster): boolean {
  if (scope.namespaces !== 'all') return false
  return scope.clusters === 'all' || scope.clusters.includes(cluster)
}

/** Throws not_found, as for one that never was. */
export function within<Thing extends InCluster>(scope: Scope, thing: Thing, path: string): Thing {
  if (isWithin(scope, thing)) return thing
  throw new Fault('not_found', { path })
}

/** Policies reach agents of every cluster: throws forbidden for who sees only some. */
export function everywhere(scope: Scope, { role }: User): void {
  if (isLimited(scope)) throw new Fault('forbidden', { role: `${role} of some clusters` })
}
