/**
 * What the chart's values may be: values.schema.json is generated from here, and Helm refuses what
 * does not fit it.
 */
import { z } from 'zod'

const text = z.string()
const map = z.record(text, text)
const anything = z.record(text, z.unknown())
const list = z.array(z.unknown())
/** 0 is closed. */
const port = z.number().int().min(0).max(65_535)
const quantity = z.union([text, z.number()])
const resources = z.strictObject({
  requests: z.record(text, quantity).optional(),
  limits: z.record(text, quantity).optional(),
})
const scheduling = {
  nodeSelector: map,
  tolerations: list,
  affinity: anything,
  podAnnotations: map,
  priorityClassName: text,
  extraEnv: list,
}
const ingressHost = z.strictObject({
  host: text,
  paths: z.array(
    z.strictObject({ path: text, pathType: z.enum(['Exact', 'Prefix', 'ImplementationSpecific']) }),
  ),
})

export const valuesSchema = z
  .strictObject({
    nameOverride: text.max(63),
    fullnameOverride: text.max(48),
    imagePullSecrets: z.array(z.strictObject({ name: text })),
    image: z
      .strictObject({
        repository: text.min(1),
        tag: text,
        digest: z.union([z.literal(''), text.regex(/^sha256:[0-9a-f]{64}$/)]),
        pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
      })
      .partial(),
    cluster: text.min(1).max(253),
    server: z
      .strictObject({
        enabled: z.boolean(),
        config: z.record(
          text.regex(/^[a-z_]+(\.[a-z_]+)?$/),
          z.union([text, z.number(), z.boolean()]),
        ),
        ports: z
          .strictObject({
            elastic: port,
            apm: port,
            loki: port,
            fluent_forward: port,
            syslog: port,
          })
          .partial(),
        service: z
          .strictObject({
            type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
            annotations: map,
          })
          .partial(),
        persistence: z
          .strictObject({
            enabled: z.boolean(),
            size: quantity,
            storageClass: text,
            existingClaim: text,
          })
          .partial(),
        tls: z.strictObject({ existingSecret: text }).partial(),
        existingSecret: text,
        ingress: z
          .strictObject({
            enabled: z.boolean(),
            className: text,
            annotations: map,
            hosts: z.array(ingressHost),
            tls: list,
          })
          .partial(),
        resources,
        ...scheduling,
      })
      .partial(),
    agent: z
      .strictObject({
        enabled: z.boolean(),
        server: text,
        ingest: text,
        existingSecret: text,
        caConfigMap: text,
        tags: z.array(text.max(64)).max(32),
        hostPorts: z.boolean(),
        resources,
        dockerContainersPath: text.startsWith('/'),
        statePath: text.startsWith('/'),
        extraVolumes: list,
        extraVolumeMounts: list,
        ...scheduling,
      })
      .partial(),
    clusterAgent: z.strictObject({ enabled: z.boolean(), resources, ...scheduling }).partial(),
    serviceAccount: z.strictObject({ create: z.boolean(), annotations: map }).partial(),
    rbac: z.strictObject({ create: z.boolean() }).partial(),
    networkPolicy: z.strictObject({ enabled: z.boolean() }).partial(),
    serviceMonitor: z.strictObject({ enabled: z.boolean(), labels: map }).partial(),
    /** Helm gives these to charts inside of charts. */
    global: anything,
  })
  .partial()

/** Helm 3 reads draft 7. */
export function valuesJsonSchema(): string {
  const schema = z.toJSONSchema(valuesSchema, { target: 'draft-7' })
  return `${JSON.stringify(schema, undefined, 2)}\n`
}
