/** A policy's integration of a module: its hosts, asked from the machine the agent runs on. */
import type { Collector, CollectorContext } from '../collector.ts'
import { HostFiles } from '../collectors/host/host-files.ts'
import { hostResource } from '../collectors/host/identity.ts'
import { startModuleTarget } from './start.ts'

export type ModuleType = 'redis' | 'nginx' | 'postgresql' | 'mysql'

export function moduleCollector<Type extends ModuleType>(type: Type): Collector<Type> {
  return {
    type,
    async start(context: CollectorContext<Type>) {
      const { hosts, interval_s, timeout_s, username, password } = context.settings
      const resource = hostResource(new HostFiles(context.host_root), context.agent)
      const asked = { hosts, period_s: interval_s, timeout_s, username, password }
      return startModuleTarget({ module: type, metricsets: [], resource, ...asked }, context)
    },
  }
}
