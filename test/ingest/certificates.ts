/**
 * Certificates for tests, made on the spot with node:crypto: no keys in the repository, no
 * openssl.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export type Identity = { cert: string; key: string; name: string; keyObject: KeyObject }

/** For localhost and 127.0.0.1; signed by itself unless an issuer is given. */
export function makeCertificate(name: string, issuer?: Identity, isAuthority = false): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
  const names = [tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1]))]
  const extensions = sequence(
    extension('2.5.29.19', isAuthority ? sequence(tagged(0x01, Buffer.from([0xff]))) : sequence()),
    extension('2.5.29.17', sequence(...names)),
  )
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from([1, ...Buffer.from(name).subarray(0, 8)])),
    algorithm,
    commonName(issuer?.name ?? name),
    sequence(time('20200101000000Z'), time('21200101000000Z')),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  )
  const signature = sign('sha256', body, issuer?.keyObject ?? privateKey)
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')
  const cert = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { cert, key, name, keyObject: privateKey }
}

function tagged(tag: number, content: Uint8Array): Buffer {
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

function sequence(...parts: Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function integer(bytes: Uint8Array): Buffer {
  return tagged(0x02, bytes)
}

function time(text: string): Buffer {
  return tagged(0x18, Buffer.from(text))
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 127]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 127) | 128)
    return groups
  })
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

function commonName(name: string): Buffer {
  const attribute = sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(name)))
  return sequence(tagged(0x31, attribute))
}

function extension(id: string, value: Uint8Array): Buffer {
  return sequence(oid(id), tagged(0x04, value))
}
