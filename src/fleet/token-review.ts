/**
 * Asks a Kubernetes API whether a pod's ServiceAccount token is genuine and meant for us, so that
 * agents in a cluster need no shared secret.
 */
import { readFileSync } from 'node:fs'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { Fault } from '../model/faults.ts'
import type { Vouched } from './enrolment.ts'

export type KubernetesTrust = {
  url: string
  ca_file: string
  /** Our own token, with which we ask. Read each time: the kubelet renews it. */
  token_file: string
  /** namespace/name */
  service_accounts: readonly string[]
}

export const audience = 'crowsnest'
const timeout_ms = 10_000
const answer_bytes_max = 256 * 1024
const user_prefix = 'system:serviceaccount:'
const node_extra = 'authentication.kubernetes.io/node-name'

type Review = {
  status?: {
    authenticated?: boolean
    error?: string
    audiences?: string[]
    user?: { username?: string; extra?: Record<string, string[]> }
  }
}

export function tokenReview(trust: KubernetesTrust) {
  return async (token: string): Promise<Vouched> => {
    const asked = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, audiences: [audience] },
    }
    const { status } = await post(trust, JSON.stringify(asked))
    if (status?.authenticated !== true) {
      throw refused(`Kubernetes does not know this token (${status?.error ?? 'no reason given'})`)
    }
    // An API that knows no audiences would vouch for tokens that are meant for others.
    if (!status.audiences?.includes(audience)) {
      throw refused(`the token is not meant for the audience ${audience}`)
    }
    const username = status.user?.username ?? ''
    const account = username.slice(user_prefix.length).replace(':', '/')
    const isAllowed = username.startsWith(user_prefix) && trust.service_accounts.includes(account)
    if (!isAllowed) throw refused(`ServiceAccount ${account} is not among those that may enrol`)
    return { node: status.user?.extra?.[node_extra]?.[0] ?? '' }
  }
}

function post(trust: KubernetesTrust, body: string): Promise<Review> {
  const url = new URL('/apis/authentication.k8s.io/v1/tokenreviews', trust.url)
  const own = trust.token_file === '' ? undefined : readFileSync(trust.token_file, 'utf8').trim()
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(own && { authorization: `Bearer ${own}` }),
  }
  const ca = trust.ca_file === '' ? undefined : readFileSync(trust.ca_file)
  const options = { method: 'POST', headers, timeout: timeout_ms, ...(ca && { ca }) }
  const { promise, resolve, reject } = Promise.withResolvers<Review>()
  const failed = (detail: string) => reject(new Fault('kubernetes_unreachable', { detail }))
  const send = url.protocol === 'https:' ? requestTls : requestPlain
  const request = send(url, options, (response) => {
    const parts: Buffer[] = []
    let bytes = 0
    response.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes > answer_bytes_max) request.destroy(new Error('the answer is too long'))
      else parts.push(part)
    })
    response.on('end', () => {
      const status = response.statusCode ?? 0
      if (status >= 300) return failed(`TokenReview was answered with status ${status}`)
      try {
        resolve(JSON.parse(Buffer.concat(parts).toString()) as Review)
      } catch {
        failed('TokenReview was not answered with JSON')
      }
    })
    response.on('error', (error) => failed(error.message))
  })
  request.on('timeout', () => request.destroy(new Error(`no answer in ${timeout_ms} ms`)))
  request.on('error', (error) => failed(error.message))
  request.end(body)
  return promise
}

function refused(reason: string): Fault {
  return new Fault('enrolment_refused', { reason })
}
