/**
 * A pod's environment variables and the resource the SDK makes of them. The SDK's own detector
 * reads process.env, so each pod's variables are set for the moment of detection and put back.
 */
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
} from '@opentelemetry/resources'

export type PodEnvironment = { OTEL_SERVICE_NAME: string; OTEL_RESOURCE_ATTRIBUTES: string }

/** `k=v,k=v` as the Kubernetes downward API and operators write it; values are percent-encoded. */
export function resourceAttributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(',')
}

export function resourceFrom(environment: PodEnvironment): Resource {
  const names = ['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES'] as const
  const before = names.map((name) => process.env[name])
  try {
    for (const name of names) process.env[name] = environment[name]
    return defaultResource().merge(detectResources({ detectors: [envDetector] }))
  } finally {
    names.forEach((name, at) => {
      const value = before[at]
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    })
  }
}
