/**
 * Where a MySQL server is and how it is spoken to, from a host as people write it: `db:3306`,
 * `mysql://user:secret@db/?ssl-mode=REQUIRED`, Metricbeat's `user:secret@tcp(db:3306)/?tls=true`.
 */
import { isIP } from 'node:net'
import { type HostAddress, hostAddress, type ModuleAsk, ModuleError, shownHost } from '../module.ts'

export type MysqlAddress = Pick<HostAddress, 'address' | 'port' | 'username' | 'password'> & {
  tls: { rejectUnauthorized: boolean; verifyIdentity: boolean } | undefined
}

export type GoAddress = { credentials: string; protocol: string; address: string; rest: string }

/** The form of Go's driver. Its user and password are written as they are, never encoded. */
export function goAddress(host: string): GoAddress | undefined {
  const found = /^(?:(.*)@)?(tcp[46]?|unix)\(([^()@]*)\)((?:\/[^@]*)?)$/s.exec(host)
  if (found === null) return undefined
  const [, credentials = '', protocol = '', address = '', rest = ''] = found
  return { credentials, protocol, address, rest }
}

export function mysqlAddress(ask: ModuleAsk): MysqlAddress {
  const shown = shownHost(ask.host)
  const go = goAddress(ask.host)
  if (go?.protocol === 'unix') {
    throw new ModuleError(
      'no_endpoint',
      `${shown} is a socket file. The agent asks over TCP: write host:port.`,
    )
  }
  const tls = tlsOf(shown)
  const { address, port, username, password } =
    go === undefined ? hostAddress(ask, 3306, []) : goHost(ask, go)
  if (tls?.verifyIdentity === true && isIP(address) !== 0) {
    throw new ModuleError(
      'no_endpoint',
      `${shown}: to check the server's identity its name is needed, not an address. ` +
        'Write its name, or ssl-mode=VERIFY_CA.',
    )
  }
  return { address, port, username, password, tls }
}

function goHost(ask: ModuleAsk, { credentials, address }: GoAddress): HostAddress {
  const colon = credentials.indexOf(':')
  const user = colon < 0 ? credentials : credentials.slice(0, colon)
  const secret = colon < 0 ? '' : credentials.slice(colon + 1)
  const username = ask.username === '' ? user : ask.username
  const password = ask.password === '' ? secret : ask.password
  return hostAddress({ ...ask, host: address, username, password }, 3306, [])
}

const off = undefined
const encrypted = { rejectUnauthorized: false, verifyIdentity: false }
const signed = { rejectUnauthorized: true, verifyIdentity: false }
const identified = { rejectUnauthorized: true, verifyIdentity: true }

/** MySQL's words of ssl-mode, and those of Go's tls. */
const modes: Readonly<Record<string, MysqlAddress['tls']>> = {
  disabled: off,
  false: off,
  required: encrypted,
  'skip-verify': encrypted,
  verify_ca: signed,
  verify_identity: identified,
  true: identified,
}

function tlsOf(shown: string): MysqlAddress['tls'] {
  const word = /[?&](?:ssl-?mode|tls)=([^&]*)/i.exec(shown)?.[1]?.toLowerCase()
  if (word === undefined) return off
  const mode = modes[word]
  // A copy: the library writes into it.
  if (Object.hasOwn(modes, word)) return mode === undefined ? off : { ...mode }
  throw new ModuleError(
    'no_endpoint',
    `${shown}: the TLS mode is not known. Expected ssl-mode=DISABLED, REQUIRED, ` +
      'VERIFY_CA or VERIFY_IDENTITY.',
  )
}
