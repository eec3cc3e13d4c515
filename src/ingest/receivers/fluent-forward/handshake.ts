/**
 * The handshake of the forward protocol: both sides prove that they know the shared key without
 * saying it, and the client may prove a user's password. Nonces and salts are any bytes.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { Fault } from '../../../model/faults.ts'
import { MsgpackReader } from '../../../wire/msgpack/reader.ts'
import { MsgpackWriter } from '../../../wire/msgpack/writer.ts'
import type { StreamSettings } from '../../receiver.ts'

const salt_bytes = 16
const host_characters_max = 255

export type Handshake = {
  helo: Uint8Array
  /** Reads what the client answers: its PONG, and why it is refused if it is. */
  answer(ping: Uint8Array): { pong: Uint8Array; refused?: Fault | undefined }
}

export function beginHandshake(
  { hostname, shared_key, users }: StreamSettings,
  random: (bytes: number) => Uint8Array,
): Handshake {
  const nonce = random(salt_bytes)
  const asksUser = users.size > 0
  const auth = asksUser ? random(salt_bytes) : new Uint8Array(0)
  const helo = new MsgpackWriter().array(2).text('HELO').map(3).text('nonce').binary(nonce)
  helo.text('auth')
  if (asksUser) helo.binary(auth)
  else helo.text('')
  helo.text('keepalive').boolean(true)

  function reasonAgainst(ping: Ping): string {
    const { host, salt, digest, user, password } = ping
    if (!isSame(digest, digestOf(salt, host, nonce, shared_key))) return 'shared_key mismatch'
    if (!asksUser) return ''
    const expected = users.get(Buffer.from(user).toString())
    // Unknown users take as long as known ones.
    const isRight = isSame(password, digestOf(auth, user, expected ?? random(salt_bytes)))
    return isRight && expected !== undefined ? '' : 'username/password mismatch'
  }

  return {
    helo: helo.take(),
    answer(bytes) {
      const ping = readPing(bytes)
      const reason = ping === undefined ? 'invalid ping message' : reasonAgainst(ping)
      const pong = new MsgpackWriter().array(5).text('PONG')
      if (ping === undefined || reason !== '') {
        pong.boolean(false).text(reason).text('').text('')
        return { pong: pong.take(), refused: refusalOf(reason, ping) }
      }
      pong.boolean(true).text('').text(hostname)
      pong.text(digestOf(ping.salt, hostname, nonce, shared_key))
      return { pong: pong.take() }
    },
  }
}

function refusalOf(reason: string, ping: Ping | undefined): Fault {
  const word = (bytes: Uint8Array) =>
    JSON.stringify(Buffer.from(bytes).toString().slice(0, host_characters_max))
  const from = ping === undefined ? '' : ` from host ${word(ping.host)}`
  const user = reason.startsWith('username') && ping ? `, user ${word(ping.user)}` : ''
  return new Fault('sender_refused', { protocol: 'forward', detail: `${reason}${from}${user}` })
}

type Ping = {
  host: Uint8Array
  salt: Uint8Array
  digest: Uint8Array
  user: Uint8Array
  password: Uint8Array
}

/** `["PING", host, salt, digest, user, password digest]`, undefined when it is anything else. */
function readPing(bytes: Uint8Array): Ping | undefined {
  const reader = new MsgpackReader()
  reader.open(bytes)
  if (reader.array() !== 6) return undefined
  const parts: Uint8Array[] = []
  for (let i = 0; i < 6; i++) {
    if (reader.text()) parts.push(bytes.subarray(reader.start, reader.end))
    // Clients without a user send nothing in its place.
    else if (i > 3 && bytes[reader.at] === 0xc0) {
      reader.skip()
      parts.push(new Uint8Array(0))
    } else return undefined
  }
  const [name, host, salt, digest, user, password] = parts as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  if (Buffer.from(name).toString('latin1') !== 'PING') return undefined
  return { host, salt, digest, user, password }
}

function digestOf(...parts: (Uint8Array | string)[]): string {
  const hash = createHash('sha512')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function isSame(got: Uint8Array, expected: string): boolean {
  const bytes = Buffer.from(expected, 'latin1')
  return got.length === bytes.length && timingSafeEqual(got, bytes)
}
