/** The gateway that browsers talk to: renders pages from what the frontend API answers. */
import type { Call } from '../world/call.ts'
import { statusOf } from '../world/failures.ts'
import { request } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Route, type Service } from '../world/service-definition.ts'

/** A page: one question to the API, then rendering. */
function page(view: string, method: Route['method'], path: (asked: AskedOf) => string): Answer {
  return async (call, asked) => {
    describeVisitor(call, asked.headers)
    const { body } = asked
    const data = await request(call, { service: 'frontend-api', method, path: path(asked), body })
    await call.spanning(`render ${view}`, { attributes: { 'view.name': view } }, (inner) =>
      inner.work(2.5),
    )
    return data
  }
}
type AskedOf = Parameters<Answer>[1]

function describeVisitor(call: Call, headers: Readonly<Record<string, string>>): void {
  const { 'x-session-id': session = '', 'x-user-id': user = '' } = headers
  call.span?.setAttribute('session.id', session)
  if (user !== '') call.span?.setAttribute('user.id', user)
}

const placeOrder: Answer = async (call, asked) => {
  describeVisitor(call, asked.headers)
  const { body } = asked
  try {
    return await request(call, {
      service: 'frontend-api',
      method: 'POST',
      path: '/api/checkout',
      body,
      timeout_ms: 8000,
    })
  } catch (error) {
    const shown = statusOf(error) >= 500 ? 'try again later' : 'card declined'
    call.log('warn', `checkout page shown with an error: ${shown}`, {
      'session.id': asked.headers['x-session-id'] ?? '',
    })
    throw error
  }
}

export const storefront: Service = {
  name: 'storefront',
  version: '5.14.2',
  namespace: 'shop',
  replicas: 3,
  port: 8080,
  image: 'registry.example/shop/storefront',
  conventions: 'new',
  transport: 'proto',
  log_style: 'text',
  heap_bytes: 96 * mebibyte,
  memory_limit_bytes: 384 * mebibyte,
  routes: [
    { method: 'GET', path: '/', answer: page('home', 'GET', () => '/api/home') },
    {
      method: 'GET',
      path: '/products/{id}',
      answer: page('product', 'GET', ({ parameters }) => `/api/products/${parameters.id}`),
    },
    {
      method: 'GET',
      path: '/search',
      answer: page('search', 'GET', ({ query }) => `/api/search?${query}`),
    },
    {
      method: 'GET',
      path: '/cart',
      answer: page('cart', 'GET', ({ query }) => `/api/cart?${query}`),
    },
    { method: 'POST', path: '/cart/items', answer: page('cart', 'POST', () => '/api/cart/items') },
    { method: 'POST', path: '/checkout', answer: placeOrder },
  ],
  chatter: [
    {
      severity: 'debug',
      every_s: 20,
      say: (random) => ({
        message: `keep-alive sweep closed ${Math.floor(random() * 6)} idle connections`,
      }),
    },
    {
      severity: 'warn',
      every_s: 240,
      say: (random) => ({
        message: `slow client: response buffered ${64 + Math.floor(random() * 900)} KiB for 5s`,
      }),
    },
  ],
}
