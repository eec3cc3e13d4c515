/** The fleet as configured: its clock, its secrets, and the Kubernetes that vouches for agents. */
import { existsSync } from 'node:fs'
import { type Fleet, openFleet } from '../fleet/fleet.ts'
import { pollLimits } from '../fleet/polls.ts'
import { type KubernetesTrust, tokenReview } from '../fleet/token-review.ts'
import type { State } from '../state/state.ts'
import { hashSecret, newId, newSecret } from './auth/secrets.ts'
import type { ServerContext } from './serve.ts'
import type { Config } from './settings.ts'

const account_dir = '/var/run/secrets/kubernetes.io/serviceaccount'

export function startFleet(
  config: Pick<Config, 'fleet'>,
  state: Pick<State, 'db' | 'shared'>,
  { log, now_ms, every }: ServerContext,
): Promise<Fleet> {
  const { polls_max, kubernetes_cluster, kubernetes_policy } = config.fleet
  const kubernetes = kubernetesOf(config.fleet, process.env)
  const trust = kubernetes && {
    review: tokenReview(kubernetes),
    cluster: kubernetes_cluster,
    policy_id: kubernetes_policy,
  }
  return openFleet({
    db: state.db,
    shared: state.shared,
    now_ms,
    every,
    log,
    random: Math.random,
    secrets: { newId, newSecret, hashSecret },
    limits: { ...pollLimits, held_max: polls_max },
    trust,
  })
}

/** As configured, or as every pod finds its own API; undefined where there is none. */
export function kubernetesOf(
  fleet: Config['fleet'],
  env: Readonly<Record<string, string | undefined>>,
): KubernetesTrust | undefined {
  const { kubernetes_url, kubernetes_ca_file, kubernetes_token_file } = fleet
  const service_accounts = fleet.service_accounts.split(/[\s,]+/).filter(Boolean)
  const host = env.KUBERNETES_SERVICE_HOST
  if (kubernetes_url === '' && host === undefined) return undefined
  const isOwn = kubernetes_url === ''
  const name = host?.includes(':') ? `[${host}]` : host
  const own = (file: string) => {
    const path = `${account_dir}/${file}`
    return isOwn && existsSync(path) ? path : ''
  }
  return {
    url: isOwn ? `https://${name}:${env.KUBERNETES_SERVICE_PORT ?? 443}` : kubernetes_url,
    ca_file: kubernetes_ca_file || own('ca.crt'),
    token_file: kubernetes_token_file || own('token'),
    service_accounts,
  }
}
