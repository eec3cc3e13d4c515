/** The socket of the screens: TLS from files, read again when they change, and its address. */

import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { get, type RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificate } from '../../test/ingest/certificates.ts'
import { partsInMemory } from '../../test/server/parts-fixture.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { openState, type State } from '../state/state.ts'
import type { Store } from '../store/store.ts'
import { type IngestTokens, openIngestTokens } from './auth/ingest-tokens.ts'
import { Readers } from './auth/readers.ts'
import { readConfig } from './config.ts'
import { startFleet } from './fleet.ts'
import { listenUi } from './listen-ui.ts'
import { createMetrics } from './metrics.ts'

const dir = mkdtempSync(join(tmpdir(), 'crowsnest-ui-'))
const looks: (() => void)[] = []
const context = {
  log: pino({ level: 'silent' }),
  now_ms: Date.now,
  every: (_: number, look: () => void) => {
    looks.push(look)
    return () => {}
  },
}
let state: State
let tokens: IngestTokens
let fleet: Fleet
beforeAll(async () => {
  state = await openState({ url: '', dir: ':memory:' }, context)
  tokens = await openIngestTokens(state, { ...context, onError: () => {} })
  fleet = await startFleet(readConfig({ args: [], env: {} }), state, context)
})
afterAll(async () => {
  await fleet.close()
  await state.close()
  rmSync(dir, { recursive: true })
})

function listen(...args: string[]) {
  const config = readConfig({ args, env: {}, read: () => undefined })
  const probed = { serves: () => true, health: async () => ({ healthy: true, parts: {} }) }
  const parts = partsInMemory()
  const readers = new Readers(state, { now_ms: Date.now, isOpen: false, onError: () => {} })
  const own = { state, tokens, readers, fleet, parts }
  const needs = { ...own, store: {} as Store, metrics: createMetrics(), ...probed }
  return listenUi(config, needs, context)
}

function write(name: string): { cert: string } {
  const { cert, key } = makeCertificate(name)
  for (const [file, text] of Object.entries({ cert, key })) {
    writeFileSync(join(dir, `${file}.new`), text)
    renameSync(join(dir, `${file}.new`), join(dir, `${file}.pem`))
  }
  return { cert }
}

function subject(port: string, options: RequestOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = get(
      { host: '127.0.0.1', port, path: '/livez', agent: false, ...options },
      (got) => {
        got.resume()
        const { CN } = (got.socket as TLSSocket).getPeerCertificate().subject
        resolve([CN, got.headers['strict-transport-security'] !== undefined])
      },
    )
    asked.on('error', reject)
  })
}

test('TLS with the certificate of the files, also after they change', async () => {
  const first = write('first')
  const files = [`--tls.cert_file=${dir}/cert.pem`, `--tls.key_file=${dir}/key.pem`]
  const ui = await listen('--listen.ui=127.0.0.1:0', ...files)
  expect(ui?.line).toMatch(/^listening ui 127\.0\.0\.1:\d+$/)
  const port = ui!.line.split(':').at(-1)!
  expect(ui?.url).toBe(`https://127.0.0.1:${port}`)
  expect(await subject(port, { ca: first.cert })).toEqual(['first', true])
  await expect(subject(port, { ca: first.cert, maxVersion: 'TLSv1.1' })).rejects.toThrow()
  const second = write('second')
  for (const look of looks) look()
  expect(await subject(port, { ca: second.cert })).toEqual(['second', true])
  writeFileSync(join(dir, 'key.pem'), 'not a key')
  for (const look of looks) look()
  expect(await subject(port, { ca: second.cert })).toEqual(['second', true])
  await ui!.close()
})

test('the address people type', async () => {
  const f = async (url: RegExp, ...args: string[]) => {
    const ui = await listen(...args)
    expect(ui?.url).toMatch(url)
    await ui?.close()
  }
  await f(/^http:\/\/127\.0\.0\.1:\d+$/, '--listen.ui=127.0.0.1:0')
  await f(/^http:\/\/localhost:\d+$/, '--listen.ui=0.0.0.0:0', '--listen.insecure')
  const behind = '--listen.public_url=https://crow.example/'
  await f(/^https:\/\/crow\.example$/, '--listen.ui=127.0.0.1:0', behind)
  expect(await listen('--listen.ui=off')).toBeUndefined()
})
