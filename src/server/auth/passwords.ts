/**
 * Hashes and checks passwords with scrypt, at OWASP's cost (128 MiB and about 0.3 s each), and
 * refuses weak ones. Who may try how often is throttle.ts.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { Fault } from '../../model/faults.ts'
import { commonPasswords } from './common-passwords.ts'

const cost = { log2_n: 17, r: 8, p: 1 }
const hash_bytes = 32
const salt_bytes = 16
const password_chars_min = 12
/** Longer is no safer, and hashing it costs the server. */
const password_chars_max = 256
/** Each takes 128 MiB and a thread: more at once would let anyone exhaust the server. */
const concurrent_max = 2
const waiting_max = 16

/** Throws password_weak. `name` is the user's: a password made of it is guessed first. */
export function refuseWeak(password: string, name: string): void {
  const detail = weaknessOf(password, name)
  if (detail !== undefined) throw new Fault('password_weak', { detail })
}

function weaknessOf(password: string, name: string): string | undefined {
  const chars = [...password].length
  const plain = password.toLowerCase()
  if (chars < password_chars_min) return `it has ${chars} characters`
  if (chars > password_chars_max) return `it is longer than ${password_chars_max} characters`
  if (commonPasswords.has(plain)) return 'it is a common one'
  if (new Set(plain).size < 5) return 'it repeats few characters'
  const rest = plain.replaceAll(name.toLowerCase(), '').replaceAll('crowsnest', '')
  if ([...rest].length < 6) return 'it is little more than a name'
  return undefined
}

/** `scrypt$log2 n$r$p$salt$hash`: a later change of cost leaves old hashes readable. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(salt_bytes)
  const hash = await derive(password, salt, cost)
  const { log2_n, r, p } = cost
  return ['scrypt', log2_n, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Costs the same for a user that does not exist, so that names cannot be found by timing. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, log2_n, r, p, salt = '', hash = ''] = (stored ?? nobody).split('$')
  const costs = { log2_n: Number(log2_n), r: Number(r), p: Number(p) }
  const derived = await derive(password, Buffer.from(salt, 'base64url'), costs)
  const isSame = timingSafeEqual(derived, Buffer.from(hash, 'base64url'))
  return isSame && stored !== undefined
}

const nobody = `scrypt$17$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: Buffer, { log2_n, r, p }: typeof cost) {
  if (running >= concurrent_max) {
    if (waiting.length >= waiting_max) throw new Fault('sign_in_throttled', { retry_after_s: 5 })
    await new Promise<void>((go) => waiting.push(go))
  }
  running++
  try {
    const N = 2 ** log2_n
    const options = { N, r, p, maxmem: 256 * N * r }
    return await scryptAsync(password.normalize('NFKC'), salt, options)
  } finally {
    running--
    waiting.shift()?.()
  }
}

function scryptAsync(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hash_bytes, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
