/**
 * A small shop under a real APM agent: serves a request that calls another server, fails once, and
 * ends when all is sent. Run as a process of its own, for an agent changes its whole process.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const agent = require('elastic-apm-node').start({
  serverUrl: process.env.SHOP_APM_URL,
  secretToken: process.env.SHOP_APM_TOKEN,
  serviceName: 'shop',
  serviceVersion: '1.2.3',
  environment: 'production',
  apiRequestTime: '500ms',
  metricsInterval: '1s',
  captureBody: 'all',
  cloudProvider: 'none',
  globalLabels: { team: 'tills' },
  logLevel: 'off',
})
// Only what is loaded after the agent is watched by it.
const http = require('node:http') as typeof import('node:http')

function listen(onRequest: import('node:http').RequestListener): Promise<number> {
  const server = http.createServer(onRequest)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
}

function get(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get(url, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0))
      })
      .on('error', reject)
  })
}

const prices = await listen((_request, response) => response.writeHead(503).end())
const shop = await listen(async (request, response) => {
  agent.setLabel('basket', 'full')
  agent.setLabel('items', 3, false)
  const span = agent.startSpan('price the basket', 'app')
  await get(`http://127.0.0.1:${prices}/prices?item=7`)
  span?.end()
  agent.captureError(new TypeError('no price for item 7'))
  agent.captureError({ message: 'item %s is gone', params: ['7'] })
  response.writeHead(request.url === '/fail' ? 500 : 200).end('done')
})

process.on('message', async () => {
  const statuses = [
    await get(`http://127.0.0.1:${shop}/buy`),
    await get(`http://127.0.0.1:${shop}/fail`),
  ]
  agent.flush(() => process.send?.({ statuses, rate: agent._conf.transactionSampleRate }))
})
process.send?.('ready')
