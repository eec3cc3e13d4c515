/** Every collector of the agent. Adding one is a folder in collectors/ and a line here. */
import type { IntegrationType } from '../model/policy.ts'
import type { Collector } from './collector.ts'
import { calico } from './collectors/calico/collector.ts'
import { containerLogs } from './collectors/container-logs/collector.ts'
import { falco } from './collectors/falco/collector.ts'
import { host } from './collectors/host/collector.ts'
import { hubble } from './collectors/hubble/collector.ts'
import { kubernetesAudit } from './collectors/kubernetes-audit/collector.ts'
import { kubernetesEvents } from './collectors/kubernetes-events/collector.ts'
import { kubernetesMetrics } from './collectors/kubernetes-metrics/collector.ts'
import { kubernetesObjects } from './collectors/kubernetes-objects/collector.ts'
import { mysql } from './collectors/mysql/collector.ts'
import { nginx } from './collectors/nginx/collector.ts'
import { otlp } from './collectors/otlp/collector.ts'
import { postgresql } from './collectors/postgresql/collector.ts'
import { prometheus } from './collectors/prometheus/collector.ts'
import { redis } from './collectors/redis/collector.ts'
import { tetragon } from './collectors/tetragon/collector.ts'

export type AnyCollector = { [Type in IntegrationType]: Collector<Type> }[IntegrationType]

export const collectors: readonly AnyCollector[] = [
  containerLogs,
  kubernetesObjects,
  kubernetesEvents,
  kubernetesAudit,
  falco,
  tetragon,
  hubble,
  calico,
  kubernetesMetrics,
  prometheus,
  otlp,
  host,
  mysql,
  nginx,
  postgresql,
  redis,
]
