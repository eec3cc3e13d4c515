/**
 * TLS on both listeners: a new certificate without a restart, a bad one ignored, clients that must
 * show theirs.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Identity, makeCertificate } from '../../test/ingest/certificates.ts'
import { openRig, type Rig } from '../../test/ingest/rig.ts'
import type { ListenerName } from './receiver.ts'
import { loadTls } from './tls.ts'

let dir: string
let rig: Rig | undefined
const file = (name: string) => join(dir, name)

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'crowsnest-tls-'))
})
afterEach(async () => {
  await rig?.close()
  rig = undefined
  rmSync(dir, { recursive: true })
})

function writeIdentity({ cert, key }: Identity): void {
  writeFileSync(file('cert.pem'), cert)
  writeFileSync(file('key.pem'), key)
}
const files = () => ({ cert_file: file('cert.pem'), key_file: file('key.pem') })

type Seen = { name: string; protocol: string | false | null }
/** Who the server says it is; reads on so that a refusal of our certificate is seen. */
function look(name: ListenerName, options: tls.ConnectionOptions): Promise<Seen> {
  const [host, port] = rig!.address(name).split(':') as [string, string]
  const ALPNProtocols = name === 'otlp_grpc' ? ['h2'] : ['http/1.1']
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host, port: Number(port), ALPNProtocols, ...options })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed')))
    const asking = name === 'otlp_grpc' ? h2Greeting : 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'
    socket.on('secureConnect', () => socket.write(asking))
    socket.on('data', () => {
      resolve({
        name: String(socket.getPeerCertificate().subject.CN),
        protocol: socket.alpnProtocol,
      })
      socket.destroy()
    })
  })
}
const h2Greeting = Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\0\0\0\x04\0\0\0\0\0'}`)

describe.each(['otlp_http', 'otlp_grpc'] as const)('%s', (name) => {
  test('serves, and takes a new certificate for new connections', async () => {
    const [first, second] = [makeCertificate('first'), makeCertificate('second')]
    writeIdentity(first)
    rig = await openRig({ tls: files() })
    const protocol = name === 'otlp_grpc' ? 'h2' : 'http/1.1'
    expect(await look(name, { ca: first.cert })).toEqual({ name: 'first', protocol })
    writeIdentity(second)
    rig.clock.advance(1000)
    expect((await look(name, { ca: second.cert })).name).toBe('second')
  })

  test('files that do not fit together change nothing and are reported once', async () => {
    const [first, second] = [makeCertificate('first'), makeCertificate('second')]
    writeIdentity(first)
    rig = await openRig({ tls: files() })
    writeFileSync(file('cert.pem'), second.cert)
    rig.clock.advance(1000)
    rig.clock.advance(1000)
    expect((await look(name, { ca: first.cert })).name).toBe('first')
    expect(rig.logged).toMatchObject([{ fault: { code: 'config_invalid' } }])
    writeFileSync(file('key.pem'), second.key)
    rig.clock.advance(1000)
    expect((await look(name, { ca: second.cert })).name).toBe('second')
  })

  test('a file that can no longer be looked at ends nothing', async () => {
    const first = makeCertificate('first')
    writeIdentity(first)
    rig = await openRig({ tls: files() })
    rmSync(file('cert.pem'))
    symlinkSync(file('cert.pem'), file('cert.pem'))
    rig.clock.advance(1000)
    expect(rig.logged).toMatchObject([{ fault: { code: 'config_invalid' } }])
    expect((await look(name, { ca: first.cert })).name).toBe('first')
  })

  test('with an authority for clients, only its clients are served', async () => {
    const authority = makeCertificate('authority', undefined, true)
    const client = makeCertificate('agent', authority)
    const stranger = makeCertificate('stranger')
    const server = makeCertificate('server')
    writeIdentity(server)
    writeFileSync(file('ca.pem'), authority.cert)
    rig = await openRig({ tls: { ...files(), client_ca_file: file('ca.pem') } })
    const ca = server.cert
    const shown = { ca, cert: client.cert, key: client.key }
    expect((await look(name, shown)).name).toBe('server')
    await expect(look(name, { ca })).rejects.toThrow()
    const wrong = { ca, cert: stranger.cert, key: stranger.key }
    await expect(look(name, wrong)).rejects.toThrow()
  })
})

describe('refuses at start', () => {
  test('a file that is not there, by its key', () => {
    expect(() => loadTls(files())).toThrow(/tls\.cert_file.*cert\.pem \(ENOENT\)/)
  })

  test('a certificate with another key', () => {
    writeIdentity({ ...makeCertificate('one'), key: makeCertificate('two').key })
    expect(() => loadTls(files())).toThrow(/a certificate and its private key/)
  })
})
