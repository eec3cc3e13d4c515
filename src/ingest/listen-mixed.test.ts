/** One port for HTTP and gRPC, plain and in TLS: the real SDK over every transport. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { makeCertificate } from '../../test/ingest/certificates.ts'
import { makeExporters, sendLogs, sendSpans, transports } from '../../test/ingest/otel-sdk.ts'
import { openRig, type Rig, until } from '../../test/ingest/rig.ts'

let rig: Rig
let dir = ''
afterEach(async () => {
  await rig.close()
  if (dir !== '') rmSync(dir, { recursive: true })
  dir = ''
})

test.each(transports)('%s', async (transport) => {
  rig = await openRig()
  const exporters = makeExporters(transport, { address: rig.address('apm'), gzip: true })
  await sendLogs(exporters.logs)
  await sendSpans(exporters.traces)
  expect(rig.segments.rows('logs').length).toBe(2)
  expect(rig.segments.rows('spans').length).toBe(2)
})

test.each(transports)('%s in TLS', async (transport) => {
  dir = mkdtempSync(join(tmpdir(), 'crowsnest-mixed-'))
  const { cert, key } = makeCertificate('localhost')
  writeFileSync(join(dir, 'cert.pem'), cert)
  writeFileSync(join(dir, 'key.pem'), key)
  rig = await openRig({ tls: { cert_file: join(dir, 'cert.pem'), key_file: join(dir, 'key.pem') } })
  const address = rig.address('apm').replace('127.0.0.1', 'localhost')
  const exporters = makeExporters(transport, { address, gzip: false, ca: cert })
  await sendSpans(exporters.traces)
  expect(rig.segments.rows('spans').length).toBe(2)
})

test('who offers HTTP/1.1 beside HTTP/2 in TLS is answered in HTTP/1.1', async () => {
  dir = mkdtempSync(join(tmpdir(), 'crowsnest-mixed-'))
  const { cert, key } = makeCertificate('localhost')
  writeFileSync(join(dir, 'cert.pem'), cert)
  writeFileSync(join(dir, 'key.pem'), key)
  rig = await openRig({ tls: { cert_file: join(dir, 'cert.pem'), key_file: join(dir, 'key.pem') } })
  const port = Number(rig.address('apm').split(':')[1])
  const agreed = (ALPNProtocols: string[]) =>
    new Promise<[string | false | null, string]>((resolve, reject) => {
      const socket = tls.connect({ port, host: 'localhost', ca: cert, ALPNProtocols })
      let said = ''
      socket.on('error', reject).on('data', (piece) => {
        said += piece.toString('latin1')
      })
      socket.on('close', () => resolve([socket.alpnProtocol, said]))
      socket.on('secureConnect', () => {
        if (socket.alpnProtocol === 'h2') socket.destroy()
        else socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
      })
    })
  expect(await agreed(['h2', 'http/1.1'])).toEqual(['http/1.1', expect.stringMatching(/ 200 OK/)])
  expect(await agreed(['http/1.1'])).toEqual(['http/1.1', expect.stringMatching(/ 200 OK/)])
  expect(await agreed(['h2'])).toEqual(['h2', ''])
})

test('a connection that says nothing, or little, is ended', async () => {
  rig = await openRig({ limits: { headers_timeout_ms: 200 } })
  const [host, port] = rig.address('apm').split(':') as [string, string]
  for (const said of ['', 'PRI * H', 'GE']) {
    const socket = net.connect(Number(port), host, () => socket.write(said))
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    socket.on('error', () => {}).resume()
    await closed
  }
})

test('the preface in pieces is HTTP/2, what only begins like it is not', async () => {
  rig = await openRig()
  const [host, port] = rig.address('apm').split(':') as [string, string]
  const say = async (pieces: string[]) => {
    const socket = net.connect(Number(port), host)
    let told = Buffer.alloc(0)
    socket.on('data', (piece: Buffer) => {
      told = Buffer.concat([told, piece])
    })
    socket.on('error', () => {})
    for (const piece of pieces) {
      socket.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await until('an answer', () => told.length > 0)
    socket.destroy()
    return told
  }
  const settings = await say(['PRI * HT', 'TP/2.0\r\n\r\nSM\r\n\r\n', '\0\0\0\x04\0\0\0\0\0'])
  expect(settings[3], 'a SETTINGS frame').toBe(4)
  const answer = await say(['P', 'UT / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'])
  expect(answer.toString()).toContain('HTTP/1.1 4')
})
