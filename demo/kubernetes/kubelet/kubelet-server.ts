/** The kubelet's HTTP endpoints, authorised as a real one does: by what the API server says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Authoriser } from '../api/rbac.ts'
import type { Tokens } from '../api/tokens.ts'
import { cadvisorMetrics, ownMetrics, probeMetrics, resourceMetrics } from './kubelet-metrics.ts'
import type { NodeLife } from './node-life.ts'
import { summary } from './summary.ts'

export type KubeletOptions = {
  node: () => NodeLife
  tokens: Tokens
  authoriser: Authoriser
  now_ms: () => number
  tls?: { cert: string; key: string }
}

function subresourceOf(path: string): string {
  if (path.startsWith('/stats')) return 'stats'
  if (path.startsWith('/metrics')) return 'metrics'
  if (path.startsWith('/logs')) return 'log'
  return 'proxy'
}

export function kubeletServer(options: KubeletOptions): Server {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://kubelet')
    const send = (code: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(code, { 'content-type': type }).end(body)
    }
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
    const user = options.tokens.verify(token)
    if (user === undefined) return send(401, 'Unauthorized')
    const subresource = subresourceOf(pathname)
    const node = options.node()
    const verb = request.method === 'GET' ? 'get' : 'create'
    const asked = { verb, resource: 'nodes', subresource, group: '', name: node.name }
    if (!options.authoriser.allows(user, asked)) {
      const who = `user=${user.username}, verb=${verb}`
      return send(403, `Forbidden (${who}, resource=nodes, subresource(s)=[${subresource}])\n`)
    }
    const now_ms = options.now_ms()
    if (pathname === '/stats/summary') {
      return send(200, JSON.stringify(summary(node, now_ms)), 'application/json')
    }
    if (pathname === '/pods') {
      const items = [...node.pods.values()].map(({ pod }) => pod)
      const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items }
      return send(200, JSON.stringify(list), 'application/json')
    }
    if (pathname === '/healthz') return send(200, 'ok')
    const pages: Record<string, () => string> = {
      '/metrics': () => ownMetrics(node, now_ms),
      '/metrics/cadvisor': () => cadvisorMetrics(node, now_ms),
      '/metrics/resource': () => resourceMetrics(node, now_ms),
      '/metrics/probes': () => probeMetrics(node),
    }
    const page = pages[pathname]
    if (page === undefined) return send(404, '404 page not found\n')
    send(200, page(), 'text/plain; version=0.0.4; charset=utf-8')
  }
  return options.tls === undefined ? createServer(answer) : createTlsServer(options.tls, answer)
}
