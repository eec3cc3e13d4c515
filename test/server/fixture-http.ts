/** For tests: the HTTP server on an in-memory state, with a store that nothing may reach. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { type Fleet, openFleet } from '../../src/fleet/fleet.ts'
import { type IngestTokens, openIngestTokens } from '../../src/server/auth/ingest-tokens.ts'
import { hashPassword } from '../../src/server/auth/passwords.ts'
import { Readers } from '../../src/server/auth/readers.ts'
import { hashSecret, newId, newSecret } from '../../src/server/auth/secrets.ts'
import { openSetup } from '../../src/server/auth/setup.ts'
import { readConfig } from '../../src/server/config.ts'
import { createHttp } from '../../src/server/http.ts'
import type { HttpContext } from '../../src/server/http-context.ts'
import { createMetrics } from '../../src/server/metrics.ts'
import { openState, type State } from '../../src/state/state.ts'
import { addUser } from '../../src/state/users.ts'
import type { Store } from '../../src/store/store.ts'
import { partsInMemory } from './parts-fixture.ts'

export const password = 'a mast above the fog'

export type Fixture = {
  app: FastifyInstance
  state: State
  tokens: IngestTokens
  fleet: Fleet
  setup_token: string | undefined
  clock: { now_ms: number }
  logged: string[]
  /** As the screens ask: with the header that proves it. */
  ask: (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    options?: Ask,
  ) => Promise<LightMyRequestResponse>
  /** Signs in and answers the cookie. */
  signIn: (name: string) => Promise<string>
  close: () => Promise<void>
}
type Ask = { body?: unknown; cookie?: string; headers?: Record<string, string> }

export async function openHttp(changes: Partial<HttpContext> & { args?: string[] } = {}) {
  const clock = { now_ms: 1_800_000_000_000 }
  const now_ms = () => clock.now_ms
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-http-'))
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>screens</title>')
  writeFileSync(join(dir, 'assets', 'main-1a2b.js'), 'let x')
  const logged: string[] = []
  const log = pino({ level: 'debug' }, { write: (line) => void logged.push(line) })
  const state = await openState({ url: '', dir: ':memory:' }, { now_ms })
  const setup_token = await openSetup(state, now_ms)
  const every = () => () => {}
  const tokens = await openIngestTokens(state, {
    now_ms,
    every,
    onError: (error) => log.error(error),
  })
  const fleet = await openFleet({
    ...{ db: state.db, shared: false, now_ms, every, log, random: () => 0.5 },
    secrets: { hashSecret, newId, newSecret },
  })
  const app = await createHttp({
    config: readConfig({ args: changes.args ?? [], env: {}, read: () => undefined }),
    log,
    now_ms,
    version: '1.2.3',
    state,
    parts: partsInMemory(now_ms),
    store: {} as Store,
    tokens,
    readers: new Readers(state, { now_ms, isOpen: false, onError: () => {} }),
    fleet,
    answerers: [],
    metrics: createMetrics(),
    serves: () => true,
    health: async () => ({ healthy: true, parts: {} }),
    screens_dir: dir,
    ...changes,
  })
  const ask: Fixture['ask'] = (method, url, { body, cookie, headers } = {}) =>
    app.inject({
      method,
      url,
      headers: { 'x-crowsnest': '1', ...(cookie && { cookie }), ...headers },
      ...(body !== undefined && { body: body as InjectOptions['body'] }),
    } as InjectOptions)
  const signIn = async (name: string) =>
    cookieOf(await ask('POST', '/api/session', { body: { name, password } }))
  const close = async () => {
    await app.close()
    await state.close()
    rmSync(dir, { recursive: true })
  }
  return {
    app,
    state,
    tokens,
    fleet,
    setup_token,
    clock,
    logged,
    ask,
    signIn,
    close,
  } satisfies Fixture
}

let hash: Promise<string> | undefined

/** All have the same password, hashed once: that is slow on purpose. */
export async function addPerson(
  state: State,
  name: string,
  role: 'admin' | 'viewer',
): Promise<void> {
  hash ??= hashPassword(password)
  await addUser(state.db, { id: name, name, role, password_hash: await hash, created_ms: 0 })
}

export function cookieOf(response: LightMyRequestResponse): string {
  const cookie = response.cookies.find(
    ({ name, value }) => name.includes('crowsnest') && value !== '',
  )
  return cookie === undefined ? '' : `${cookie.name}=${cookie.value}`
}
