/** Makes ways of the suite for protocols that POST a body and answer with a status. */
import type { Rig } from './rig.ts'
import { sendHttp } from './senders.ts'
import type { ServiceLetter, ServiceVerdict, ServiceWay } from './service-way.ts'

export type HttpWayParts = Omit<ServiceWay, 'kind' | 'hasToken' | 'send' | 'fuzz'> & {
  /** What is changed lies inside of something that notices every change, such as snappy. */
  wrap?: { sample: ServiceWay['sample']; wrap(inner: Uint8Array): Uint8Array }
  path: string
  headers: Readonly<Record<string, string>>
  /** Of answers that say that all, or a part, is stored. */
  stored_status: number
  partly_status: number
  /** How many were refused, from an answer's body. */
  rejectedOf(body: string): number | undefined
}

export function httpWay(parts: HttpWayParts): ServiceWay {
  const { path, headers, stored_status, partly_status, rejectedOf, wrap, ...way } = parts
  function saidOf(status: number, rejected: number | undefined): ServiceVerdict['said'] {
    if (rejected === undefined && status === stored_status) return 'stored'
    if (rejected !== undefined && status === partly_status) return 'partly'
    if (status === 401) return 'unauthenticated'
    return status === 429 || status === 503 ? 'later' : 'refused'
  }
  return {
    ...way,
    kind: 'http',
    hasToken: true,
    async send(rig: Rig, letter: ServiceLetter) {
      const sent: Record<string, string> = { ...headers }
      if (letter.encoding !== undefined) sent['content-encoding'] = letter.encoding
      if (letter.token !== undefined) sent.authorization = `Bearer ${letter.token}`
      const { body, isUnfinished = false } = letter
      const answer = await sendHttp(rig.address(way.listener), {
        path,
        headers: sent,
        chunks: [body],
        isUnfinished,
        method: 'POST',
      })
      const { status } = answer
      const rejected = rejectedOf(answer.body.toString()) || undefined
      const retry_after_s = Number(answer.headers['retry-after'] ?? 0)
      return { status, said: saidOf(status, rejected), rejected, retry_after_s }
    },
    fuzz: (next) =>
      wrap !== undefined && next() < 0.8
        ? wrap.wrap(mutated(wrap.sample, next))
        : mutated(way.sample, next),
  }
}

const made = new WeakMap<ServiceWay['sample'], Map<number, Uint8Array>>()

/** Made once for each size: a million requests are made of twenty bodies. */
function sampleOf(sample: ServiceWay['sample'], good: number): Uint8Array {
  const known = made.get(sample) ?? new Map<number, Uint8Array>()
  made.set(sample, known)
  const body = known.get(good) ?? sample({ good, old: 0, now_ms: Date.now() })
  known.set(good, body)
  return body
}

/** A body of the protocol with a few bytes changed, taken out or put in. */
export function mutated(sample: ServiceWay['sample'], next: () => number): Uint8Array {
  let body = Buffer.from(sampleOf(sample, Math.floor(next() * 20)))
  for (let i = 0; i < 3; i++) {
    const at = Math.floor(next() * body.length)
    const after = body.subarray(at + Math.floor(next() * 3))
    body = Buffer.concat([body.subarray(0, at), Buffer.of(next() * 256), after])
  }
  return body
}

export const text = (body: string) => () => Buffer.from(body)
export const day_ms = 86_400_000
