/** The addresses that a source's configuration names, as its senders reach them. */
import type { DataIn } from './data-in.ts'
import type { Source } from './sources.ts'

export type Reach = {
  /** `http://host:9200` or `http://host:4300/elastic`. */
  url: string
  host: string
  port: string
  is_tls: boolean
  /** '' while none was made: shown as a placeholder, or not at all where none is needed. */
  token: string
  /** The listener of this protocol is closed, and there is no path on the screens' port. */
  is_closed: boolean
  /** Only this machine reaches it. */
  is_loopback: boolean
}

export function reachOf(source: Source, data: DataIn, token: string, origin: string): Reach {
  const here = new URL(data.public_url || origin)
  const scheme = data.is_tls ? 'https' : 'http'
  const listener = data.listeners.find(({ name }) => name === source.listener)
  const shown = token === '' && !data.is_open ? '<token>' : token
  const common = { is_tls: data.is_tls, token: shown, host: here.hostname }
  if (listener !== undefined && listener.address !== '') {
    const port = listener.address.slice(listener.address.lastIndexOf(':') + 1)
    const url = `${scheme}://${here.hostname}:${port}`
    return { ...common, url, port, is_closed: false, is_loopback: listener.is_loopback }
  }
  const is_closed = source.under === undefined
  const own = here.port || (here.protocol === 'https:' ? '443' : '80')
  const port = is_closed ? String(usualPorts[source.listener]) : own
  const url = `${here.origin}${source.under ?? ''}`
  return { ...common, url, port, is_closed, is_loopback: data.is_ui_loopback }
}

/** Where shippers look for a protocol when nobody says otherwise. */
const usualPorts: Readonly<Record<string, number>> = {
  otlp_http: 4318,
  otlp_grpc: 4317,
  apm: 8200,
  elastic: 9200,
  loki: 3100,
  fluent_forward: 24224,
  syslog: 5514,
}
