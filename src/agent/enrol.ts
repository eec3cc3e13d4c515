/**
 * How the agent becomes known to the server: with its enrolment token it gets a key of its own,
 * which it keeps. Checking in with that key is checkin.ts.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { arch, release } from 'node:os'
import type { Enrol, Enrolled } from '../model/fleet.ts'
import type { AgentConfig } from './config.ts'
import type { Post } from './send/post.ts'
import type { StateDir } from './state-dir.ts'

export type Identity = { enrolment_id: string; isUnenrolled?: boolean } & Partial<Enrolled>
export type Member = { enrolment_id: string } & Enrolled

const fileName = 'agent.json'
const timeout_ms = 15_000

export class EnrolmentRefused extends Error {}

export async function readIdentity(state: StateDir): Promise<Identity> {
  const known = await state.read<Identity>(fileName)
  if (known?.enrolment_id !== undefined) return known
  // Kept before it is used: when the answer is lost, asking again answers the same agent.
  const fresh = { enrolment_id: randomUUID() }
  await state.write(fileName, fresh)
  return fresh
}

export function isMember(identity: Identity): identity is Member {
  return identity.agent_id !== undefined && identity.agent_key !== undefined
}

/** Told to leave: it stays away until its state is removed. */
export async function forgetMembership(state: StateDir, identity: Identity): Promise<void> {
  const { enrolment_id } = identity
  await state.write(fileName, { enrolment_id, isUnenrolled: true })
}

/** Throws EnrolmentRefused when the server does not want us, any error when it is out of reach. */
export async function enrolOnce(
  identity: Identity,
  needs: { config: AgentConfig; version: string; post: Post; state: StateDir },
): Promise<Member> {
  const { config, version, post, state } = needs
  const { enrolment_id } = identity
  const token = await readToken(config)
  const asked: Enrol = {
    enrolment_id,
    kind: config.kind,
    cluster: config.cluster,
    node: config.node,
    host: config.host,
    version,
    tags: config.tags.split(',').flatMap((tag) => tag.trim() || []),
    about: about(config),
  }
  const headers = {
    'content-type': 'application/json',
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  }
  const body = Buffer.from(JSON.stringify(asked))
  const answer = await post('/api/fleet/enroll', headers, body, { timeout_ms })
  if (answer.status !== 200) {
    const said = `${answer.status} ${faultText(answer.body)}`
    if (answer.status < 500 && answer.status !== 429) throw new EnrolmentRefused(said)
    throw new Error(said)
  }
  const { agent_id, agent_key, cluster, policy_id } = JSON.parse(answer.body.toString()) as Enrolled
  if (typeof agent_id !== 'string' || typeof agent_key !== 'string') {
    throw new Error('what answered is not a Crowsnest server')
  }
  const member = { enrolment_id, agent_id, agent_key, cluster, policy_id }
  await state.write(fileName, member)
  return member
}

/** Read again each time: projected tokens are replaced every hour. */
export async function readToken({ token, token_file }: AgentConfig): Promise<string> {
  if (token_file === '') return token
  return (await readFile(token_file, 'utf8')).trim()
}

/** The sentences of a fault's answer, or the beginning of whatever was said. */
export function faultText(body: Buffer): string {
  const text = body.subarray(0, 2000).toString()
  try {
    const { fault = undefined, ...bare } = JSON.parse(text)
    const { says, do: advice } = fault ?? bare
    if (typeof says === 'string') return `${says} ${advice ?? ''}`.trim()
  } catch {
    // A proxy's page.
  }
  return text.slice(0, 200)
}

function about({ node_ip, pod, namespace }: AgentConfig): Record<string, string> {
  const told = {
    os: process.platform,
    kernel: release(),
    architecture: arch(),
    node_ip,
    pod,
    namespace,
    runtime: `Node ${process.versions.node}`,
  }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''))
}
