/** Every protocol with answers of its own; a receiver adds its file here. */
import { remoteWriteWays } from './prometheus-ways.ts'
import type { ServiceWay } from './service-way.ts'
import { apmWays } from './ways-apm.ts'
import { elasticWays } from './ways-elastic.ts'
import { forwardWays } from './ways-fluent-forward.ts'
import { jaegerWays } from './ways-jaeger.ts'
import { journaldWays } from './ways-journald.ts'
import { jsonLinesWays } from './ways-json-lines.ts'
import { lokiWays } from './ways-loki.ts'
import { securityWays } from './ways-security.ts'
import { syslogWays } from './ways-syslog.ts'
import { zipkinWays } from './ways-zipkin.ts'

export const serviceWays: readonly ServiceWay[] = [
  ...remoteWriteWays,
  ...apmWays,
  ...elasticWays,
  ...lokiWays,
  ...jsonLinesWays,
  ...zipkinWays,
  ...jaegerWays,
  ...forwardWays,
  ...syslogWays,
  ...journaldWays,
  ...securityWays,
]
