/** Which addresses reach beyond this machine, and what that asks for. */
import { parseAddress } from '../ingest/address.ts'
import { listenerNames } from '../ingest/receiver.ts'
import { Fault } from '../model/faults.ts'
import type { Config } from './settings.ts'

export const ingestListeners = listenerNames

/** A half of TLS would be no TLS, and nobody would notice. Throws config_invalid. */
export function refuseHalfTls({ tls }: Pick<Config, 'tls'>): void {
  const { cert_file, key_file, client_ca_file } = tls
  const f = (key: string, value: string, needed: string) => {
    if (needed === '' || value !== '') return
    throw new Fault('config_invalid', {
      key,
      expected: 'a file, as TLS needs both',
      got: 'nothing',
    })
  }
  f('tls.cert_file', cert_file, key_file || client_ca_file)
  f('tls.key_file', key_file, cert_file)
}

/** Throws listen_insecure for an address other than loopback without TLS. */
export function refuseInsecure({ listen, tls }: Config): void {
  if (tls.cert_file !== '' || listen.insecure) return
  for (const name of ['ui', ...ingestListeners] as const) {
    const address = listen[name]
    if (!isLoopback(`listen.${name}`, address)) throw new Fault('listen_insecure', { address })
  }
}

/** Senders need no token where only this machine can send. */
export function isIngestOpen({ listen }: Pick<Config, 'listen'>): boolean {
  return (['ui', ...ingestListeners] as const).every((name) =>
    isLoopback(`listen.${name}`, listen[name]),
  )
}

/** Tools need no token to read, where only this machine can ask. */
export function isReadOpen(config: Pick<Config, 'listen' | 'read'>): boolean {
  return config.read.open === 'loopback' && isIngestOpen(config)
}

/** Only this machine can reach it. */
export function isLoopback(key: string, address: string): boolean {
  if (address === 'off') return true
  const { host } = parseAddress(key, address)
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)
}
