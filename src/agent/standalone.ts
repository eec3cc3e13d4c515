/** An agent without Fleet: its policy is a file that is read again when it changes. */
import { readFile, stat } from 'node:fs/promises'
import type { Logger } from 'pino'
import { parse } from 'yaml'
import { Fault } from '../model/faults.ts'
import { policySchema } from '../model/policy.ts'
import type { Allegiance } from './agent.ts'
import type { Offered } from './checkin.ts'
import type { AgentConfig } from './config.ts'
import { readToken } from './enrol.ts'

type Needs = {
  config: AgentConfig
  log: Logger
  every: (interval_ms: number, run: () => void) => () => void
  now_ms: () => number
  apply: (offered: Offered) => Promise<void>
}

const look_ms = 5_000

export class Standalone implements Allegiance {
  readonly #needs: Needs
  #token = ''
  #problem = ''
  #seen = ''
  #stop = () => {}

  constructor(needs: Needs) {
    this.#needs = needs
  }

  key(): string | undefined {
    return this.#token === '' ? undefined : this.#token
  }

  problem(): string {
    return this.#problem
  }

  news(): void {
    // Nobody listens: the log has it.
  }

  async start(): Promise<void> {
    await this.#look()
    this.#stop = this.#needs.every(look_ms, () => void this.#look())
  }

  async stop(): Promise<void> {
    this.#stop()
  }

  async #look(): Promise<void> {
    const { config, now_ms, apply, log } = this.#needs
    try {
      this.#token = await readToken(config)
      const { mtimeMs, ino } = await stat(config.policy)
      if (this.#seen === `${mtimeMs} ${ino}`) return
      const document = await readPolicy(config.policy)
      // Each reading is a revision of its own: a file that was mended is tried again.
      await apply({ policy_id: config.policy, revision: Math.floor(now_ms()), document })
      this.#seen = `${mtimeMs} ${ino}`
      this.#problem = ''
    } catch (error) {
      const { message } = error as Error
      if (message !== this.#problem) log.error(message)
      this.#problem = message
    }
  }
}

async function readPolicy(path: string): Promise<unknown> {
  const expected = 'a policy'
  let document: unknown
  try {
    document = parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new Fault('config_invalid', { key: path, expected, got: (error as Error).message })
  }
  const read = policySchema.safeParse(document)
  if (read.success) return document
  const [issue] = read.error.issues
  const got = `${issue?.path.join('.')}: ${issue?.message}`
  throw new Fault('config_invalid', { key: path, expected, got })
}
