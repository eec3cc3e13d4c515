/** Opens the socket of the screens and the API, and keeps its certificate fresh. */

import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { listenFault, parseAddress } from '../ingest/address.ts'
import { loadTls, watchTls } from '../ingest/tls.ts'
import { createHttp, setCertificate } from './http.ts'
import type { HttpContext } from './http-context.ts'
import { answerers, tail } from './questions.ts'
import type { ServerContext } from './serve.ts'
import type { Config } from './settings.ts'
import { root, version } from './version.ts'

export type Ui = {
  line: string
  /** Where people reach it. */
  url: string
  close: () => Promise<void>
}
type Needs = Pick<
  HttpContext,
  | 'state'
  | 'tokens'
  | 'readers'
  | 'apis'
  | 'fleet'
  | 'parts'
  | 'onIngest'
  | 'onConsole'
  | 'arrivals'
  | 'ingest_addresses'
  | 'store'
  | 'metrics'
  | 'serves'
  | 'health'
>

/** Questions are stopped before; what is open still is a reader that does not read. */
const close_ms = 3_000

/** Undefined when the address is off. */
export async function listenUi(
  config: Config,
  needs: Needs,
  context: ServerContext,
): Promise<Ui | undefined> {
  if (config.listen.ui === 'off') return undefined
  const { host, port } = parseAddress('listen.ui', config.listen.ui)
  const { log } = context
  const { cert_file, key_file } = config.tls
  // Client certificates are asked of senders only: people sign in.
  const files = cert_file === '' ? undefined : { cert_file, key_file }
  const tls = files && (loadTls(files) as { cert: Buffer; key: Buffer })
  const screens_dir = join(root, 'dist', 'web')
  const app = await createHttp({
    ...needs,
    ...context,
    config,
    version,
    answerers,
    tail,
    screens_dir,
    tls,
  })
  await app.listen({ port, host: host === '' ? '::' : host }).catch((error: unknown) => {
    throw listenFault(config.listen.ui, error)
  })
  const bound = app.server.address() as AddressInfo
  const address = `${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
  const stopWatch =
    files === undefined
      ? () => {}
      : watchTls(files, context, {
          apply: (options) => setCertificate(app, options),
          report: (fault) => log.warn({ fault: fault.answer() }, 'the new certificate is not used'),
        })
  return {
    line: `listening ui ${address}`,
    url: config.listen.public_url.replace(/\/$/, '') || urlOf(tls !== undefined, address),
    close: async () => {
      stopWatch()
      const timer = setTimeout(() => app.server.closeAllConnections(), close_ms)
      await app.close()
      clearTimeout(timer)
    },
  }
}

function urlOf(is_tls: boolean, address: string): string {
  // Every interface is not an address that a browser can open.
  const reachable = address.replace(/^(0\.0\.0\.0|\[::\]):/, 'localhost:')
  return `${is_tls ? 'https' : 'http'}://${reachable}`
}
