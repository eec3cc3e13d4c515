/** Every receiver of the product. Adding one is a folder in receivers/ and a line here. */
import type { Receiver } from './receiver.ts'
import { apm } from './receivers/apm/receiver.ts'
import { calico } from './receivers/calico/receiver.ts'
import { elastic } from './receivers/elastic/receiver.ts'
import { envoy } from './receivers/envoy/receiver.ts'
import { falco } from './receivers/falco/receiver.ts'
import { fluentForward } from './receivers/fluent-forward/receiver.ts'
import { hubble } from './receivers/hubble/receiver.ts'
import { jaeger } from './receivers/jaeger/receiver.ts'
import { journald } from './receivers/journald/receiver.ts'
import { jsonLinesReceiver } from './receivers/json-lines/receiver.ts'
import { kubernetes } from './receivers/kubernetes/receiver.ts'
import { kubernetesAudit } from './receivers/kubernetes-audit/receiver.ts'
import { loki } from './receivers/loki/receiver.ts'
import { otlp } from './receivers/otlp/receiver.ts'
import { prometheus } from './receivers/prometheus/receiver.ts'
import { syslog } from './receivers/syslog/receiver.ts'
import { tetragon } from './receivers/tetragon/receiver.ts'
import { zipkin } from './receivers/zipkin/receiver.ts'

export const receivers: readonly Receiver[] = [
  otlp,
  kubernetes,
  loki,
  jsonLinesReceiver,
  zipkin,
  jaeger,
  prometheus,
  fluentForward,
  apm,
  elastic,
  calico,
  envoy,
  falco,
  hubble,
  kubernetesAudit,
  tetragon,
  syslog,
  journald,
]
