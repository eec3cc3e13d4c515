/** Random secrets and the hashes under which they are kept. */
import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits as 43 characters that need no escaping anywhere. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A random secret needs no slow hash: there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/** A random name of 12 letters and digits, 60 bits. */
export function newId(): string {
  return Array.from(randomBytes(12), (byte) => letters[byte & 31]).join('')
}
