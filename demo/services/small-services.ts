/** The smaller services: search, currency (gRPC), ads, and the consumers of the orders topic. */
import { between, pick } from '../random.ts'
import { outside, query } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'

const findProducts: Answer = async (call, asked) => {
  const words = asked.query.get('q') ?? ''
  const host = 'opensearch.data.svc.cluster.local'
  const text = `{"query":{"match":{"name":${JSON.stringify(words)}}},"size":24}`
  const place = { system: 'elasticsearch', host, namespace: 'products' } as const
  await query(call, { ...place, operation: 'search', collection: 'products', text, median_ms: 14 })
  const hits = call.random() < 0.06 ? 0 : between(call.random, 1, 24)
  call.span?.setAttributes({ 'shop.search.words': words, 'shop.search.hits': hits })
  call.log('info', `search "${words}" found ${hits} products`)
  return { hits }
}

export const search: Service = {
  name: 'search',
  version: '1.4.9',
  namespace: 'shop',
  replicas: 2,
  port: 8080,
  image: 'registry.example/shop/search',
  conventions: 'new',
  transport: 'json',
  log_style: 'structured',
  heap_bytes: 100 * mebibyte,
  memory_limit_bytes: 384 * mebibyte,
  routes: [{ method: 'GET', path: '/search', answer: findProducts }],
  chatter: [
    {
      severity: 'info',
      every_s: 100,
      say: (random) => ({
        message: `synonyms reloaded (${between(random, 180, 220)} groups)`,
      }),
    },
  ],
}

const rates: Record<string, number> = { EUR: 0.92, KRW: 1331, MXN: 17.1, GBP: 0.79, USD: 1 }

const convert: Answer = async (call, { body }) => {
  const to = String(body.to ?? 'USD')
  const rate = rates[to]
  if (rate === undefined) throw new Error(`no rate for currency ${to}`)
  await call.work(0.9)
  call.log('debug', `converted ${Number(body.amount).toFixed(2)} USD to ${to} at ${rate}`)
  return { amount: Number(body.amount) * rate, to }
}

export const currency: Service = {
  name: 'currency',
  version: '1.1.3',
  namespace: 'shop',
  replicas: 1,
  port: 9090,
  image: 'registry.example/shop/currency',
  conventions: 'new',
  transport: 'grpc',
  log_style: 'structured',
  heap_bytes: 40 * mebibyte,
  memory_limit_bytes: 128 * mebibyte,
  routes: [],
  rpc: { name: 'shop.currency.v1.CurrencyService', methods: { Convert: convert } },
  chatter: [
    {
      severity: 'info',
      every_s: 60,
      say: (random) => ({
        message: 'exchange rates updated',
        fields: { source: 'rates.bank.example', pairs: between(random, 30, 34) },
      }),
    },
  ],
}

const showAds: Answer = async (call, asked) => {
  const slot = asked.query.get('slot') ?? 'home'
  call.span?.setAttribute('app.ads.slot', slot)
  const host = 'mongodb-ads.data.svc.cluster.local'
  const place = { system: 'mongodb', host, namespace: 'ads', collection: 'campaigns' } as const
  const text = `{"find":"campaigns","filter":{"slot":"${slot}","active":true},"limit":3}`
  await query(call, { ...place, operation: 'find', text, median_ms: 2.2 })
  return { ads: pick(call.random, ['lamps', 'boots', 'tents']) }
}

export const ads: Service = {
  name: 'ads',
  version: '0.9.0',
  namespace: 'shop',
  replicas: 1,
  port: 8080,
  image: 'registry.example/shop/ads',
  conventions: 'old',
  transport: 'proto',
  delta: true,
  log_style: 'logfmt',
  heap_bytes: 50 * mebibyte,
  memory_limit_bytes: 192 * mebibyte,
  routes: [{ method: 'GET', path: '/ads', answer: showAds }],
  chatter: [
    {
      severity: 'warn',
      every_s: 200,
      say: (random) => ({
        message: `campaign budget is spent to ${between(random, 90, 99)}%`,
        fields: { campaign: `cmp-${between(random, 100, 130)}` },
      }),
    },
  ],
}

export const fraudCheck: Service = {
  name: 'fraud-check',
  version: '2.0.1',
  namespace: 'payments',
  replicas: 1,
  port: 8080,
  image: 'registry.example/payments/fraud-check',
  conventions: 'new',
  transport: 'grpc',
  log_style: 'json',
  heap_bytes: 70 * mebibyte,
  memory_limit_bytes: 256 * mebibyte,
  routes: [],
  consumes: [
    {
      topic: 'orders',
      group: 'fraud-check',
      relation: 'parent',
      process: async (call, { body }) => {
        await call.spanning('score order', {}, (inner) => inner.work(18))
        const score = Math.round(call.random() ** 4 * 100)
        call.span?.setAttribute('shop.fraud.score', score)
        const verdict = score > 85 ? 'review' : 'pass'
        const fields = { 'order.id': String(body.order), score, verdict }
        call.log(
          verdict === 'review' ? 'warn' : 'info',
          `order scored ${score}: ${verdict}`,
          fields,
        )
        if (verdict === 'review') call.event('order.held_for_review', fields)
      },
    },
  ],
  chatter: [
    {
      severity: 'info',
      every_s: 70,
      say: (random) => ({
        message: 'consumer group heartbeat',
        fields: { group: 'fraud-check', generation: 41, lag: between(random, 0, 4) },
      }),
    },
  ],
}

export const email: Service = {
  name: 'email',
  version: '1.6.5',
  namespace: 'shop',
  replicas: 1,
  port: 8080,
  image: 'registry.example/shop/email',
  conventions: 'old',
  transport: 'json',
  log_style: 'text',
  heap_bytes: 60 * mebibyte,
  memory_limit_bytes: 256 * mebibyte,
  routes: [],
  consumes: [
    {
      topic: 'orders',
      group: 'email',
      relation: 'link',
      process: async (call, { body }) => {
        await call.spanning('render confirmation', {}, (inner) => inner.work(6))
        const host = 'api.mail.example'
        const path = '/v3/mail/send'
        await outside(call, { method: 'POST', host, path, median_ms: 85, status: 202 })
        call.log('info', `confirmation sent for order ${body.order} (${body.country})`)
      },
    },
  ],
  chatter: [
    {
      severity: 'info',
      every_s: 90,
      say: (random) => ({
        message: `template cache: 11 templates, ${between(random, 90, 99)}% hits`,
      }),
    },
  ],
}
