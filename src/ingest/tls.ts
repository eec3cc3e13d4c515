/**
 * Certificates of every listener: loaded from files, and loaded again when the files change. Files
 * that do not fit together are reported, and the certificate in use stays in use.
 */
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls'
import { Fault } from '../model/faults.ts'
import type { Clock } from './clock.ts'

export type TlsFiles = { cert_file: string; key_file: string; client_ca_file?: string | undefined }

const look_again_ms = 1_000
const handshake_timeout_ms = 10_000

/** Options for tls, https and http2 servers. Throws config_invalid when a file cannot be used. */
export function loadTls(files: TlsFiles): TlsOptions {
  const secure = read(files)
  const isClientAsked = secure.ca !== undefined
  return {
    ...secure,
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshake_timeout_ms,
    requestCert: isClientAsked,
    rejectUnauthorized: isClientAsked,
  }
}

export type TlsWatch = {
  /** Given whenever good new files are there; answers how to stop. */
  apply: (options: SecureContextOptions) => void
  report: (fault: Fault) => void
}

/**
 * Looks at size, time and inode each second: watching directories misses the way Kubernetes swaps
 * the link behind a mounted Secret.
 */
export function watchTls(files: TlsFiles, clock: Clock, watch: TlsWatch): () => void {
  let seen = fingerprint(files)
  return clock.every(look_again_ms, () => {
    const now = fingerprint(files)
    if (now === seen) return
    seen = now
    try {
      watch.apply({ ...read(files), minVersion: 'TLSv1.2' })
    } catch (error) {
      watch.report(error as Fault)
    }
  })
}

type Secure = { cert: Buffer; key: Buffer; ca?: Buffer }

function read(files: TlsFiles): Secure {
  const cert = readKey(files, 'cert_file')
  const key = readKey(files, 'key_file')
  const secure: Secure = files.client_ca_file
    ? { cert, key, ca: readKey(files, 'client_ca_file') }
    : { cert, key }
  try {
    createSecureContext(secure)
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error)
    const expected = 'a certificate and its private key in PEM'
    throw new Fault('config_invalid', { key: 'tls.cert_file', expected, got }, error)
  }
  return secure
}

function readKey(files: TlsFiles, name: keyof TlsFiles): Buffer {
  const path = files[name] ?? ''
  try {
    return readFileSync(path)
  } catch (error) {
    const got = `${path} (${(error as NodeJS.ErrnoException).code})`
    throw new Fault('config_invalid', { key: `tls.${name}`, expected: 'a readable file', got })
  }
}

function fingerprint(files: TlsFiles): string {
  const of = (path: string | undefined): string => {
    try {
      const found = path ? statSync(path, { throwIfNoEntry: false }) : undefined
      return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`
    } catch (error) {
      // A folder that may no longer be entered: reading then reports it.
      return String((error as NodeJS.ErrnoException).code)
    }
  }
  return [files.cert_file, files.key_file, files.client_ca_file].map(of).join('|')
}
