/**
 * Agents of a cluster come in without a shared secret: the token that the kubelet projects into
 * their pods is reviewed by the cluster's own API server, and nothing else opens this door.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  agentAccount,
  clusterAgentAccount,
  serverAccount,
} from '../../demo/kubernetes/api/agent-roles.ts'
import { type Kubernetes, openKubernetes } from '../../demo/kubernetes/cluster.ts'
import { seeded } from '../../demo/random.ts'
import { tokenReview } from '../../src/fleet/token-review.ts'
import type { Enrolled } from '../../src/model/fleet.ts'
import type { State } from '../../src/state/state.ts'
import { type FleetServer, openMemory, startFleetServer } from './simulated-agents.ts'

const patience = { timeout: 30_000, interval: 100 }
const dir = mkdtempSync(join(tmpdir(), 'crowsnest-review-'))
let kubernetes: Kubernetes
let state: State
let server: FleetServer
beforeAll(async () => {
  const world = { dir: join(dir, 'cluster'), now_ms: Date.now, random: seeded(3) }
  kubernetes = await openKubernetes(world)
  const { url, ca_file = '' } = kubernetes
  const review = tokenReview({
    ...{ url, ca_file },
    token_file: kubernetes.tokenFile(serverAccount, join(dir, 'server.token')),
    service_accounts: ['crowsnest/crowsnest-agent', 'crowsnest/crowsnest-cluster-agent'],
  })
  state = await openMemory()
  const trust = { review, cluster: 'vouched', policy_id: 'kubernetes' }
  server = await startFleetServer(state, { trust })
})
afterAll(async () => {
  await server.close()
  await state.close()
  await kubernetes.close()
  rmSync(dir, { recursive: true, force: true })
})

let number = 0
async function enrol(token: string) {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/fleet/enroll`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      enrolment_id: `agent-with-a-pod-token-${number++}`,
      ...{ kind: 'node', cluster: 'another', node: 'n', host: 'n', version: '1' },
    }),
  })
  const told = (await answer.json()) as Partial<Enrolled> & { fault?: { says: string } }
  const { fault, cluster, policy_id } = told
  return { status: answer.status, says: fault?.says, cluster, policy_id }
}

test('both kinds of agents come in, into the cluster that vouches and no other', async () => {
  for (const account of [agentAccount, clusterAgentAccount]) {
    const token = kubernetes.token(account, { audience: 'crowsnest' })
    const welcome = { status: 200, cluster: 'vouched', policy_id: 'kubernetes' }
    expect(await enrol(token)).toMatchObject(welcome)
  }
})

test('no other token of the cluster does', async () => {
  const f = async (token: string, says: RegExp) =>
    expect(await enrol(token)).toMatchObject({ status: 403, says: expect.stringMatching(says) })
  const audience = 'crowsnest'
  await f(kubernetes.token(agentAccount), /does not know this token/)
  await f(kubernetes.token(agentAccount, { audience: 'vault' }), /does not know this token/)
  await f(kubernetes.token(agentAccount, { audience, life_s: -1 }), /does not know this token/)
  await f(kubernetes.token(serverAccount, { audience }), /crowsnest-server is not among/)
  await f(kubernetes.token('kubernetes-admin', { audience }), /is not among/)
  const [head, body] = kubernetes.token(agentAccount, { audience }).split('.')
  await f(`${head}.${body}.${'A'.repeat(43)}`, /does not know this token/)
  expect(kubernetes.denied()).toEqual([])
})

test('an API server that is away is no refusal: the agent comes again', async () => {
  const token = kubernetes.token(agentAccount, { audience: 'crowsnest' })
  const back = await kubernetes.outage()
  expect((await enrol(token)).status).toBe(503)
  await back()
  await expect.poll(async () => (await enrol(token)).status, patience).toBe(200)
})

test('a real agent with a projected token enrols and is healthy', async () => {
  const { node } = kubernetes.kubelets[0]!
  const ask = { audience: 'crowsnest', node }
  const [url, otlp] = [`http://127.0.0.1:${server.port}`, 'http://127.0.0.1:9']
  const args = [
    ...['--server', url, '--ingest', otlp, '--kind', 'node', '--node', node, '--cluster', 'lies'],
    ...['--token-file', kubernetes.tokenFile(agentAccount, join(dir, 'agent.token'), ask)],
    ...['--kubernetes-url', kubernetes.url, '--kubernetes-ca-file', kubernetes.ca_file ?? ''],
    ...['--kubernetes-token-file', kubernetes.tokenFile(agentAccount, join(dir, 'api.token'))],
    ...['--state-dir', join(dir, 'agent'), '--host-root', join(dir, 'cluster', node)],
    ...['--log-level', 'error'],
  ]
  const entry = join(import.meta.dirname, '../../src/agent/main.ts')
  const agent = fork(entry, args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(agent, 'exit')
  try {
    const found = () => server.fleet.roster.all().find((one) => one.node === node)
    await expect.poll(() => found()?.revision, patience).toBe(1)
    expect(found()).toMatchObject({ cluster: 'vouched', kind: 'node', policy_id: 'kubernetes' })
  } finally {
    agent.kill('SIGTERM')
    await ended
  }
}, 60_000)
