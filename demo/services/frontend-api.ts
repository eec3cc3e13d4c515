/** Gathers what a page needs from the services behind it; what is optional may fail quietly. */
import type { Call } from '../world/call.ts'
import { typeOf } from '../world/failures.ts'
import { type HttpAsk, request } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'

/** Recommendations and ads are left out of a page rather than fail it. */
async function optional(call: Call, ask: HttpAsk): Promise<Record<string, unknown>> {
  try {
    return await request(call, ask)
  } catch (error) {
    call.log('warn', `page is shown without ${ask.service}: ${typeOf(error)}`, {
      'peer.service': ask.service,
    })
    return {}
  }
}

const home: Answer = async (call) => {
  const [catalog, offers, ads] = await call.together(
    () => request(call, { service: 'catalog', path: '/products?featured=true' }),
    () => optional(call, { service: 'recommendation', path: '/recommendations', timeout_ms: 1500 }),
    () => optional(call, { service: 'ads', path: '/ads?slot=home', timeout_ms: 300 }),
  )
  await call.work(1.2)
  return { ...catalog, ...offers, ...ads }
}

const product: Answer = async (call, { parameters }) => {
  const { id = '' } = parameters
  const [item, offers, ads] = await call.together(
    () => request(call, { service: 'catalog', path: `/products/${id}`, attempts: 2 }),
    () =>
      optional(call, {
        service: 'recommendation',
        path: `/recommendations?product=${id}`,
        timeout_ms: 1500,
      }),
    () => optional(call, { service: 'ads', path: '/ads?slot=product', timeout_ms: 300 }),
  )
  return { ...item, ...offers, ...ads }
}

/** The shop has a bug of its own: nobody thought of a search that suggests nothing. */
function suggest(words: readonly string[] | undefined): string[] {
  return words!.map((word) => word.toUpperCase())
}

const search: Answer = async (call, { query }) => {
  const found = await request(call, { service: 'search', path: `/search?${query}` })
  const { hits = 0 } = found
  if (hits !== 0) return found
  call.log('info', `search without results: "${query.get('q') ?? ''}"`)
  return { suggestions: suggest(call.random() < 0.4 ? undefined : ['lamps', 'books']) }
}

const cart: Answer = async (call, { query }) => {
  const held = await request(call, { service: 'cart', path: `/carts/${query.get('session')}` })
  const currency = query.get('currency') ?? 'USD'
  const quoted = await optional(call, {
    service: 'shipping',
    path: `/quotes?currency=${currency}`,
    timeout_ms: 1200,
    attempts: 2,
  })
  return { ...held, ...quoted }
}

const addItem: Answer = (call, { body }) =>
  request(call, { service: 'cart', method: 'POST', path: `/carts/${body.session}/items`, body })

const checkout: Answer = (call, { body }) =>
  request(call, { service: 'checkout', method: 'POST', path: '/orders', body, timeout_ms: 7000 })

export const frontendApi: Service = {
  name: 'frontend-api',
  version: '3.8.0',
  namespace: 'shop',
  replicas: 3,
  port: 8080,
  image: 'registry.example/shop/frontend-api',
  conventions: 'new',
  transport: 'proto',
  exemplars: true,
  log_style: 'json',
  heap_bytes: 120 * mebibyte,
  memory_limit_bytes: 512 * mebibyte,
  routes: [
    { method: 'GET', path: '/api/home', answer: home },
    { method: 'GET', path: '/api/products/{id}', answer: product },
    { method: 'GET', path: '/api/search', answer: search },
    { method: 'GET', path: '/api/cart', answer: cart },
    { method: 'POST', path: '/api/cart/items', answer: addItem },
    { method: 'POST', path: '/api/checkout', answer: checkout },
  ],
  chatter: [
    {
      severity: 'info',
      every_s: 45,
      say: (random) => ({
        message: 'feature flags refreshed',
        fields: { flags: 23, took_ms: 4 + Math.floor(random() * 30) },
      }),
    },
  ],
}
