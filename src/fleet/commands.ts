/** What a person copies to install agents: a Helm command, one YAML, or the command for a host. */
import { agentManifest, type ManifestOptions } from './manifest.ts'

/** In a checkout, with whatever Node the machine has. */
const host_command = 'node tools/run.mjs src/agent/main.ts'

export type Commands = { helm: string; yaml: string; host: string }

export function agentCommands(options: ManifestOptions): Commands {
  const { address, ingest, token, cluster } = options
  const set = (key: string, value: string) => `--set ${key}=${quoted(value.replaceAll(',', '\\,'))}`
  const secret = [
    'kubectl create namespace crowsnest',
    'kubectl -n crowsnest create secret generic crowsnest-enrolment' +
      ` --from-literal=token=${quoted(token)}`,
  ]
  const helm = [
    'helm install crowsnest deploy/helm/crowsnest --namespace crowsnest --create-namespace',
    set('server.enabled', 'false'),
    set('agent.server', address),
    set('agent.ingest', ingest),
    ...(cluster === '' ? [] : [set('cluster', cluster)]),
    ...(token === '' ? [] : [set('agent.existingSecret', 'crowsnest-enrolment')]),
  ]
  const variables = [
    `CROWSNEST_AGENT_SERVER=${quoted(address)}`,
    `CROWSNEST_AGENT_INGEST=${quoted(ingest)}`,
    ...(token === '' ? [] : [`CROWSNEST_AGENT_TOKEN=${quoted(token)}`]),
    ...(cluster === '' ? [] : [`CROWSNEST_AGENT_CLUSTER=${quoted(cluster)}`]),
  ]
  return {
    helm: [...(token === '' ? [] : secret), helm.join(' \\\n  ')].join('\n'),
    yaml: agentManifest(options),
    host: [...variables, host_command].join(' \\\n  '),
  }
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
