/**
 * The engine child on a loopback port: stands in for a ClickHouse server in tests and benches,
 * where none is at hand. Only for them; the product itself talks to its engine over a unix socket.
 */
import { Engine } from '../../src/store/engine.ts'

export type StandIn = {
  url: string
  user: string
  password: string
  /** Kills the process as a crash would; it comes back on the same port. */
  kill: () => void
  stop: () => Promise<void>
}

const silent = { info() {}, warn() {}, error() {} }

export async function startStandIn(dir: string): Promise<StandIn> {
  const engine = new Engine(
    { dir, listen: 'tcp', memory_bytes_max: 1_500_000_000 },
    { log: silent, now_ms: Date.now },
  )
  await engine.start()
  const endpoint = engine.endpoint
  if (!endpoint || !('url' in endpoint)) throw new Error('The stand-in listens on no port')
  return {
    url: endpoint.url,
    user: endpoint.user,
    password: endpoint.key,
    kill: () => engine.kill(),
    stop: () => engine.stop(),
  }
}
