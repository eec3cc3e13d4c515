/**
 * Bearer tokens of this cluster: ServiceAccount tokens as projected into pods (JWTs with an
 * audience and an end) and the administrator's. Nobody outside this process can verify them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ObjectStore } from './object-store.ts'

export const administrator = 'kubernetes-admin'
const default_audience = 'https://kubernetes.default.svc.cluster.local'
const life_s = 3607

export type User = { username: string; uid: string; groups: string[]; audiences: string[] }

export type TokenAsk = { audience?: string; node?: string; life_s?: number }

export class Tokens {
  readonly #key = randomBytes(32)
  readonly #store: ObjectStore
  readonly #now_ms: () => number
  readonly #revoked = new Set<string>()

  constructor(store: ObjectStore, now_ms: () => number) {
    this.#store = store
    this.#now_ms = now_ms
  }

  /** Of `namespace:name`, or of the administrator. */
  issue(account: string, ask: TokenAsk = {}): string {
    const [namespace = '', name = ''] = account.split(':')
    const now_s = Math.floor(this.#now_ms() / 1000)
    const isAdministrator = account === administrator
    const found = this.#store.get('ServiceAccount', name, namespace)
    if (!isAdministrator && found === undefined) {
      throw new Error(`there is no ServiceAccount ${namespace}/${name} in this cluster`)
    }
    const { audience = default_audience, node } = ask
    const serviceaccount = { name, uid: found?.metadata.uid ?? '' }
    const claims = {
      aud: [audience],
      exp: now_s + (ask.life_s ?? life_s),
      iat: now_s,
      nbf: now_s,
      iss: default_audience,
      jti: randomBytes(12).toString('hex'),
      'kubernetes.io': { namespace, serviceaccount, ...(node ? { node: { name: node } } : {}) },
      sub: isAdministrator ? administrator : `system:serviceaccount:${namespace}:${name}`,
    }
    const text = [{ alg: 'HS256', kid: 'demo' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    return `${text}.${this.#sign(text)}`
  }

  /** Undefined for a token that this cluster did not issue, that has ended, or was revoked. */
  verify(token: string): User | undefined {
    const [head, body, signature] = token.split('.')
    if (head === undefined || body === undefined || signature === undefined) return undefined
    const expected = Buffer.from(this.#sign(`${head}.${body}`))
    const given = Buffer.from(signature)
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as {
      sub: string
      exp: number
      aud: string[]
      'kubernetes.io': { namespace: string; serviceaccount: { uid: string } }
    }
    if (this.#revoked.has(token) || claims.exp * 1000 < this.#now_ms()) return undefined
    if (claims.sub === administrator) {
      const groups = ['system:masters', 'system:authenticated']
      return { username: administrator, uid: '', groups, audiences: claims.aud }
    }
    const { namespace, serviceaccount } = claims['kubernetes.io']
    const groups = [
      'system:serviceaccounts',
      `system:serviceaccounts:${namespace}`,
      'system:authenticated',
    ]
    return { username: claims.sub, uid: serviceaccount.uid, groups, audiences: claims.aud }
  }

  revoke(token: string): void {
    this.#revoked.add(token)
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url')
  }
}

/** What the authentication webhook is asked: is this token good for these audiences? */
export function reviewToken(tokens: Tokens, ask: unknown): Record<string, unknown> {
  const { spec = {} } = ask as { spec?: { token?: string; audiences?: string[] } }
  const user = tokens.verify(spec.token ?? '')
  const wanted = spec.audiences ?? [default_audience]
  const audiences = user?.audiences.filter((audience) => wanted.includes(audience)) ?? []
  const head = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec }
  if (user === undefined) {
    return { ...head, status: { authenticated: false, error: 'invalid bearer token' } }
  }
  if (audiences.length === 0) {
    const error = `token audiences ${JSON.stringify(user.audiences)} is invalid for the target`
    return { ...head, status: { authenticated: false, error } }
  }
  const { username, uid, groups } = user
  return { ...head, status: { authenticated: true, user: { username, uid, groups }, audiences } }
}
