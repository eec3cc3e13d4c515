/**
 * Passwords in policies are write-only: browsers are shown dots, and dots that come back mean the
 * password that is kept. Agents are given the real ones.
 */
import type { Integration, Policy } from '../model/policy.ts'

export const hidden = '••••••••'

const userinfo = /^([a-z][a-z0-9+.-]*:\/\/[^/@:]*:)([^/@]+)(@)/i

/** The document as a browser may see it. */
export function hideSecrets(policy: Policy): Policy {
  return { integrations: policy.integrations.map(hideIntegration) }
}

function hideIntegration(integration: Integration): Integration {
  const settings: Record<string, unknown> = { ...integration.settings }
  if (typeof settings.password === 'string' && settings.password !== '') settings.password = hidden
  if (Array.isArray(settings.hosts)) settings.hosts = settings.hosts.map(hideHost)
  return { ...integration, settings } as Integration
}

function hideHost(host: unknown): unknown {
  return typeof host === 'string' ? host.replace(userinfo, `$1${hidden}$3`) : host
}

/** What a browser sent, with the dots replaced by what `before` keeps under the same id. */
export function keepSecrets(asked: Policy, before: Policy): Policy {
  const byId = new Map(before.integrations.map((one) => [one.id, one.settings]))
  const integrations = asked.integrations.map((integration) => {
    const settings: Record<string, unknown> = { ...integration.settings }
    const earlier = (byId.get(integration.id) ?? {}) as Record<string, unknown>
    if (settings.password === hidden) settings.password = earlier.password ?? ''
    if (Array.isArray(settings.hosts)) {
      const kept = Array.isArray(earlier.hosts) ? earlier.hosts : []
      settings.hosts = settings.hosts.map(
        (host) => kept.find((one) => one !== host && hideHost(one) === host) ?? host,
      )
    }
    return { ...integration, settings } as Integration
  })
  return { integrations }
}
