/** The real agents of the demo's clusters: one for each node, one for each cluster as a whole. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Running } from './arguments.ts'
import type { NamedCluster } from './clusters.ts'
import { agentAccount, clusterAgentAccount } from './kubernetes/api/agent-roles.ts'

/** As in the image. */
const nodeFlags = ['--max-semi-space-size=1', '--max-old-space-size=192', '--v8-pool-size=1']
const entry = join(import.meta.dirname, '../src/agent/main.ts')
const restart_ms = 2000
const stop_ms_max = 1200
/** As the kubelet does: before the hour of a projected token is over. */
const renew_ms = 30 * 60_000

type Wish = {
  cluster: NamedCluster
  kind: 'node' | 'cluster'
  node: string
  host_root: string
  account: string
}

export type Agents = { count: number; stop: () => Promise<void> }

/** Where the server has put the enrolment token of a cluster. */
export function enrolmentFile(dir: string, cluster: string): string {
  return join(dir, `enrol-${cluster}.token`)
}

export function startAgents(
  { server, http_url, dir }: Pick<Running, 'server' | 'http_url' | 'dir'>,
  clusters: readonly NamedCluster[],
): Agents {
  if (server === '' || !existsSync(entry)) return { count: 0, stop: async () => {} }
  const agents = clusters.flatMap(wishesOf).map((wish) => {
    const token_file = enrolmentFile(dir, wish.cluster.name)
    return new KeptAgent(wish, [
      '--server',
      server,
      '--ingest',
      http_url,
      '--token-file',
      token_file,
    ])
  })
  return {
    count: agents.length,
    stop: async () => {
      await Promise.all(agents.map((agent) => agent.stop()))
    },
  }
}

function wishesOf(cluster: NamedCluster): Wish[] {
  const nodes = cluster.kubernetes.kubelets.map(({ node }) => ({
    cluster,
    kind: 'node' as const,
    node,
    host_root: join(cluster.dir, node),
    account: agentAccount,
  }))
  const account = clusterAgentAccount
  const [first] = nodes
  const { node, host_root } = first!
  return [...nodes, { cluster, kind: 'cluster', node, host_root, account }]
}

/** An agent that is started again when it ends, as its pod would be. */
class KeptAgent {
  readonly #wish: Wish
  readonly #args: string[]
  readonly #renewing: NodeJS.Timeout
  #child: ChildProcess | undefined
  #restarting: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(wish: Wish, args: string[]) {
    const { cluster, kind, node, host_root, account } = wish
    const name = kind === 'cluster' ? 'cluster-agent' : node
    const folder = join(cluster.dir, 'agents', name)
    mkdirSync(folder, { recursive: true })
    const token_file = join(folder, 'kubernetes.token')
    const renew = () => cluster.kubernetes.tokenFile(account, token_file, { node })
    renew()
    this.#renewing = setInterval(renew, renew_ms)
    const { url, ca_file } = cluster.kubernetes
    const address = new URL(cluster.kubernetes.kubelets.find((each) => each.node === node)!.url)
    this.#wish = wish
    this.#args = [
      ...args,
      ...['--state-dir', join(folder, 'state'), '--kind', kind, '--cluster', cluster.name],
      ...['--node', node, '--node-ip', address.hostname, '--host', node, '--host-root', host_root],
      ...['--kubernetes-url', url, '--kubernetes-token-file', token_file, '--log-level', 'info'],
      ...(ca_file === undefined ? [] : ['--kubernetes-ca-file', ca_file]),
    ]
    this.#start(join(folder, 'agent.log'))
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#renewing)
    clearTimeout(this.#restarting)
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stop_ms_max)
    await once(child, 'exit')
    clearTimeout(timer)
  }

  #start(log_file: string): void {
    const log = openSync(log_file, 'a')
    const child = fork(entry, this.#args, {
      execArgv: nodeFlags,
      env: { ...process.env, MALLOC_ARENA_MAX: '1' },
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    this.#child = child
    child.once('exit', (code, signal) => {
      if (this.#isStopping) return
      const { kind, node, cluster } = this.#wish
      console.error(`demo ${kind} agent of ${cluster.name}/${node} ended (${code ?? signal})`)
      this.#restarting = setTimeout(() => this.#start(log_file), restart_ms)
    })
  }
}
