/** The two clients of npm as people use them: every mode, TLS, keys, users, acknowledgements. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventModes, FluentClient } from '@fluent-org/logger'
import fluentLogger from 'fluent-logger'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Identity, makeCertificate } from '../../../../test/ingest/certificates.ts'
import { openRig, type Rig, type RigConfig, until } from '../../../../test/ingest/rig.ts'

let dir: string
let rig: Rig
let identity: Identity
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'crowsnest-forward-'))
  identity = makeCertificate('crow')
  writeFileSync(join(dir, 'cert.pem'), identity.cert)
  writeFileSync(join(dir, 'key.pem'), identity.key)
})
afterEach(async () => {
  expect(rig.logged).toEqual([])
  await rig.close()
  rmSync(dir, { recursive: true })
})

const tls = () => ({ cert_file: join(dir, 'cert.pem'), key_file: join(dir, 'key.pem') })
const shared_key = 'very-secret'
const users = new Map([['ann', 'pass']])
const quiet = { info: () => {}, error: () => {} }

async function open(config: RigConfig): Promise<{ host: string; port: number }> {
  rig = await openRig(config)
  const [host, port] = rig.address('fluent_forward').split(':') as [string, string]
  return { host, port: Number(port) }
}
async function bodies(count: number): Promise<unknown[]> {
  await until(`${count} rows`, () => rig.segments.rows('logs').length >= count, 20_000)
  return rig.segments.rows('logs').map(({ body }) => body)
}
async function told(reason: string): Promise<void> {
  await until('the refusal', () => {
    void rig.intake.tellRefused()
    return rig.segments.rows('logs').some(({ body }) => String(body).includes(reason))
  })
}

/** Its types ask for a last message. */
function closeSender(sender: object): void {
  ;(sender as { end(): void }).end()
}

describe('fluent-logger', () => {
  const modes = ['Message', 'PackedForward', 'CompressedPackedForward'] as const
  test.each(modes)('%s, with TLS, key, user and ack', async (eventMode) => {
    const address = await open({ tls: tls(), streams: { shared_key, users } })
    const sender = fluentLogger.createFluentSender('app', {
      ...address,
      eventMode,
      requireAckResponse: true,
      tls: true,
      tlsOptions: { ca: identity.cert, checkServerIdentity: () => undefined },
      security: { clientHostname: 'c', sharedKey: shared_key, username: 'ann', password: 'pass' },
      internalLogger: quiet,
    })
    await new Promise<void>((resolve, reject) =>
      sender.emit('web', { message: 'hello' }, (error?: Error) =>
        error ? reject(error) : resolve(),
      ),
    )
    expect(await bodies(1), 'acknowledged means stored').toEqual(['hello'])
    expect(rig.segments.rows('logs')[0]!.attributes).toMatchObject({ 'fluent.tag': 'app.web' })
    closeSender(sender)
  })

  test('a wrong key is refused and told', async () => {
    const address = await open({ streams: { shared_key } })
    const sender = fluentLogger.createFluentSender('app', {
      ...address,
      security: { clientHostname: 'c', sharedKey: 'wrong' },
      internalLogger: quiet,
    })
    const error = await new Promise<Error>((resolve) => {
      const events = sender as unknown as { on(name: string, run: (error: Error) => void): void }
      events.on('error', resolve)
      sender.emit('web', { message: 'hello' })
    })
    expect(error.message).toContain('shared_key mismatch')
    await told('shared_key mismatch')
    closeSender(sender)
  })
})

describe('@fluent-org/logger', () => {
  const modes = ['Message', 'Forward', 'PackedForward', 'CompressedPackedForward'] as EventModes[]
  test.each(modes)('%s, with TLS, key, user and ack', async (eventMode) => {
    const { host, port } = await open({ tls: tls(), streams: { shared_key, users } })
    const client = new FluentClient('app', {
      eventMode,
      ack: {},
      security: {
        clientHostname: 'c',
        sharedKey: shared_key,
        username: 'ann',
        password: 'pass',
      },
      socket: { host, port, tls: { ca: identity.cert, checkServerIdentity: () => undefined } },
    })
    await Promise.all(['a', 'b', 'c'].map((message) => client.emit('web', { message })))
    expect((await bodies(3)).sort()).toEqual(['a', 'b', 'c'])
    await client.disconnect()
  })

  test('a wrong key is refused and told', async () => {
    const { host, port } = await open({ streams: { shared_key } })
    const client = new FluentClient('app', {
      security: { clientHostname: 'c', sharedKey: 'wrong' },
      socket: { host, port },
      disableAutoconnect: true,
    })
    client.socketOn('error' as never, () => {})
    void client.connect().catch(() => {})
    await told('shared_key mismatch')
    await client.disconnect().catch(() => {})
  })
})
