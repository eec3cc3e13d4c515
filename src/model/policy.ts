/**
 * What an agent is told to collect: a policy is a list of integrations, each with its settings. The
 * server checks a policy with these shapes before it is saved, the agent before it is applied.
 */
import { z } from 'zod'

/** No regular expression of a person runs in V8: these are read by a linear-time engine. */
const pattern = z.string().min(1).max(1024)
const names = z.array(z.string().min(1).max(253)).max(256)
const interval_s = z.number().int().min(1).max(3600)
const paths = z.array(z.string().startsWith('/').max(4096)).max(256)

export const multilineSchema = z.strictObject({
  kind: z.enum(['none', 'auto', 'java', 'python', 'go', 'ruby', 'pattern']).default('auto'),
  /** Of kind pattern: as Filebeat's multiline.pattern, negate and match. */
  pattern: pattern.optional(),
  negate: z.boolean().default(false),
  match: z.enum(['after', 'before']).default('after'),
  lines_max: z.number().int().min(1).max(10_000).default(500),
})

export const integrationSchemas = {
  container_logs: z.strictObject({
    namespaces_only: names.default([]),
    namespaces_except: names.default([]),
    /** Whether pods' own annotations may steer how their logs are read. */
    hints: z.boolean().default(true),
    multiline: multilineSchema.prefault({}),
    /** JSON bodies become fields. */
    parse_json: z.boolean().default(true),
    exclude_lines: z.array(pattern).max(64).default([]),
  }),
  kubernetes_objects: z.strictObject({
    /** Written again this often, so that retention does not forget a living object. */
    refresh_hours: z.number().int().min(1).max(168).default(6),
    namespaces_except: names.default([]),
  }),
  kubernetes_events: z.strictObject({ namespaces_except: names.default([]) }),
  /** Files that the API server writes on machines of the control plane. */
  kubernetes_audit: z.strictObject({
    log_files: paths.default([
      '/var/log/kubernetes/audit/audit.log',
      '/var/log/kubernetes/audit.log',
      '/var/log/kube-apiserver/audit.log',
    ]),
  }),
  /** Files of sensors, each line an event: alerts, processes and flows. */
  falco: eventFilesSchema(['/var/log/falco/events.json', '/var/log/falco/events.txt']),
  tetragon: eventFilesSchema(['/var/run/cilium/tetragon/tetragon.log']),
  hubble: eventFilesSchema(['/var/run/cilium/hubble/events.log']),
  calico: eventFilesSchema(['/var/log/calico/flowlogs/flows.log']),
  kubernetes_metrics: z.strictObject({
    interval_s: interval_s.default(15),
    kubelet: z.boolean().default(true),
    cadvisor: z.boolean().default(true),
    probes: z.boolean().default(true),
    /** auto: kube-state-metrics where it runs, the same series from the API where it does not. */
    state: z.enum(['auto', 'kube_state_metrics', 'api', 'off']).default('auto'),
    control_plane: z.boolean().default(true),
    /**
     * Whether certificates of kubelets and control plane must be signed by the cluster's authority.
     * Most kubelets sign their own, and an agent asks the kubelet of its own machine.
     */
    kubelet_verify: z.boolean().default(false),
  }),
  prometheus: z.strictObject({
    interval_s: interval_s.default(30),
    /** prometheus.io/* and co.elastic.metrics/* annotations of pods and services. */
    annotations: z.boolean().default(true),
    monitors: z.boolean().default(true),
    targets: z
      .array(z.url({ protocol: /^https?$/ }).max(2048))
      .max(256)
      .default([]),
    samples_max: z.number().int().min(1).max(10_000_000).default(50_000),
  }),
  otlp: z.strictObject({
    grpc: z.string().max(255).default('0.0.0.0:4317'),
    http: z.string().max(255).default('0.0.0.0:4318'),
  }),
  host: z.strictObject({
    interval_s: interval_s.default(15),
    metrics: z.boolean().default(true),
    processes: z.boolean().default(true),
    log_files: paths.default(['/var/log/*.log', '/var/log/syslog', '/var/log/messages']),
    journal: z.boolean().default(true),
  }),
  redis: moduleSchema('127.0.0.1:6379'),
  nginx: moduleSchema('http://127.0.0.1/nginx_status'),
  postgresql: moduleSchema('postgres://127.0.0.1:5432/postgres'),
  mysql: moduleSchema('127.0.0.1:3306'),
} as const

function eventFilesSchema(files: string[]) {
  return z.strictObject({ log_files: paths.default(files) })
}

/** A program that is asked for its metrics; its logs are read where the pods' logs are. */
function moduleSchema(host: string) {
  return z.strictObject({
    hosts: z.array(z.string().min(1).max(2048)).min(1).max(64).default([host]),
    interval_s: interval_s.default(60),
    timeout_s: z.number().int().min(1).max(60).default(3),
    username: z.string().max(256).default(''),
    password: z.string().max(1024).default(''),
  })
}

export type IntegrationType = keyof typeof integrationSchemas
export type IntegrationSettings<Type extends IntegrationType> = z.output<
  (typeof integrationSchemas)[Type]
>
export const integrationTypes = Object.keys(integrationSchemas) as IntegrationType[]

/** Where an integration runs. cluster: by the one agent that watches the cluster as a whole. */
export const integrationPlaces: Readonly<Record<IntegrationType, 'node' | 'cluster' | 'host'>> = {
  container_logs: 'node',
  kubernetes_objects: 'cluster',
  kubernetes_events: 'cluster',
  kubernetes_audit: 'node',
  falco: 'node',
  tetragon: 'node',
  hubble: 'node',
  calico: 'node',
  kubernetes_metrics: 'node',
  prometheus: 'node',
  otlp: 'node',
  host: 'host',
  redis: 'host',
  nginx: 'host',
  postgresql: 'host',
  mysql: 'host',
}

const integrationShape = (type: IntegrationType) =>
  z.strictObject({
    /** Names it within its policy: two of one type may stand side by side. */
    id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/),
    type: z.literal(type),
    enabled: z.boolean().default(true),
    settings: (integrationSchemas[type] as z.ZodObject).prefault({}),
  })
const [firstShape, ...otherShapes] = integrationTypes.map(integrationShape)
const integrationSchema = z.discriminatedUnion('type', [firstShape!, ...otherShapes])

export type Integration = {
  [Type in IntegrationType]: {
    id: string
    type: Type
    enabled: boolean
    settings: IntegrationSettings<Type>
  }
}[IntegrationType]

export type Policy = { integrations: Integration[] }

export const policySchema = z.strictObject({
  integrations: z
    .array(integrationSchema)
    .max(64)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, {
      error: 'two integrations have the same id',
    }),
}) as unknown as z.ZodType<Policy, unknown>

const defaultTypes: Readonly<Record<'kubernetes' | 'host', readonly IntegrationType[]>> = {
  kubernetes: [
    'container_logs',
    'kubernetes_objects',
    'kubernetes_events',
    'kubernetes_metrics',
    'prometheus',
    'otlp',
  ],
  host: ['host'],
}

/** What agents of a cluster, and a machine without one, collect when nobody chose. */
export function defaultPolicy(kind: keyof typeof defaultTypes): Policy {
  const integrations = defaultTypes[kind].map((type) => ({ id: type, type }))
  return policySchema.parse({ integrations })
}
