/** Where a pod finds its API server: the variables and files that Kubernetes gives every pod. */

export type ClusterAddress = { url: string; token_file: string; ca_file: string }

const account = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Undefined outside a cluster. */
export function inClusterAddress(
  env: Readonly<Record<string, string | undefined>>,
): ClusterAddress | undefined {
  const host = env.KUBERNETES_SERVICE_HOST
  if (host === undefined || host === '') return undefined
  const port = env.KUBERNETES_SERVICE_PORT ?? '443'
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    url: `https://${shown}:${port}`,
    token_file: `${account}/token`,
    ca_file: `${account}/ca.crt`,
  }
}
