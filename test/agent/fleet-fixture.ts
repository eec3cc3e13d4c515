/** A small Fleet for tests: enrols whoever asks, holds check-ins open, and gives one policy. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Checkin, CheckinAnswer, Enrol, Enrolled } from '../../src/model/fleet.ts'

export class FleetFixture {
  /** What agents are told; undefined: nothing. */
  policy: CheckinAnswer['policy']
  /** Answers 401 to these keys. */
  readonly revoked = new Set<string>()
  unenrolled = false
  readonly enrolled = new Map<string, Enrolled>()
  readonly checkins: Checkin[] = []
  /** Polls held open. */
  readonly #held = new Set<() => void>()
  readonly #server: Server = createServer((asked, answer) => void this.#serve(asked, answer))

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** Those who wait hear at once. */
  offer(policy: CheckinAnswer['policy']): void {
    this.policy = policy
    this.wake()
  }

  wake(): void {
    for (const answer of [...this.#held]) answer()
  }

  async close(): Promise<void> {
    this.wake()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of asked as AsyncIterable<Buffer>) parts.push(part)
    const body = JSON.parse(Buffer.concat(parts).toString() || '{}')
    const key = asked.headers.authorization?.replace('Bearer ', '') ?? ''
    if (this.revoked.has(key)) return void say(answer, 401, { says: 'revoked' })
    if (asked.url === '/api/fleet/enroll') return void say(answer, 200, this.#enrol(body as Enrol))
    const told = body as Checkin
    this.checkins.push(told)
    if (this.unenrolled || this.#isNews(told)) return void say(answer, 200, this.#answerTo(told))
    const done = () => {
      clearTimeout(timer)
      this.#held.delete(done)
      if (this.revoked.has(key)) say(answer, 401, { says: 'revoked' })
      else say(answer, 200, this.#answerTo(told))
    }
    const timer = setTimeout(done, told.wait_s * 1000)
    this.#held.add(done)
    answer.on('close', () => {
      clearTimeout(timer)
      this.#held.delete(done)
    })
  }

  #enrol({ enrolment_id, cluster }: Enrol): Enrolled {
    const known = this.enrolled.get(enrolment_id)
    const agent_id = known?.agent_id ?? randomUUID()
    const agent_key = randomUUID()
    const made = { agent_id, agent_key, cluster, policy_id: 'p' }
    this.enrolled.set(enrolment_id, made)
    return made
  }

  #isNews({ revision, refused }: Checkin): boolean {
    const offered = this.policy?.revision
    return offered !== undefined && offered !== revision && offered !== refused?.revision
  }

  #answerTo(told: Checkin): CheckinAnswer {
    if (this.unenrolled) return { unenrolled: true }
    return this.#isNews(told) && this.policy !== undefined ? { policy: this.policy } : {}
  }
}

function say(answer: ServerResponse, status: number, body: object): void {
  if (answer.writableEnded || answer.destroyed) return
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
