/** Carts in Redis. Its instrumentation still speaks the old semantic conventions. */
import { between } from '../random.ts'
import type { Call } from '../world/call.ts'
import { Refusal } from '../world/failures.ts'
import { query } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'
import { productOf } from './products.ts'

const host = 'redis-cart.data.svc.cluster.local'

function redis(call: Call, operation: string, rest: string) {
  const place = { system: 'redis', host, namespace: '0' } as const
  return query(call, { ...place, operation, text: `${operation} ${rest}`, median_ms: 0.6 })
}

const show: Answer = async (call, { parameters }) => {
  await redis(call, 'HGETALL', `cart:${parameters.session}`)
  const items = between(call.random, 1, 5)
  call.record('shop.cart.items', items)
  call.span?.setAttribute('app.cart.items', items)
  return { session: parameters.session, items }
}

const addItem: Answer = async (call, { parameters, body }) => {
  const product = String(body.product ?? '')
  if (!productOf.has(product)) {
    throw new Refusal(422, 'unknown_product', `cannot add ${product}: not in the catalog`)
  }
  await redis(call, 'HINCRBY', `cart:${parameters.session} ${product} 1`)
  await redis(call, 'EXPIRE', `cart:${parameters.session} 1800`)
  call.log('info', `item added to cart ${String(parameters.session).slice(0, 8)}`, { product })
  return { added: product }
}

const empty: Answer = async (call, { parameters }) => {
  await redis(call, 'DEL', `cart:${parameters.session}`)
  return undefined
}

export const cart: Service = {
  name: 'cart',
  version: '1.9.7',
  namespace: 'shop',
  replicas: 2,
  port: 8080,
  image: 'registry.example/shop/cart',
  conventions: 'old',
  transport: 'proto',
  log_style: 'logfmt',
  heap_bytes: 60 * mebibyte,
  memory_limit_bytes: 256 * mebibyte,
  routes: [
    { method: 'GET', path: '/carts/{session}', answer: show },
    { method: 'POST', path: '/carts/{session}/items', answer: addItem },
    { method: 'DELETE', path: '/carts/{session}', answer: empty },
  ],
  chatter: [
    {
      severity: 'info',
      every_s: 50,
      say: (random) => ({
        message: `expired ${between(random, 3, 60)} abandoned carts`,
      }),
    },
    {
      severity: 'warn',
      every_s: 300,
      say: (random) => ({
        message: 'redis latency above 5ms',
        fields: { p99_ms: between(random, 5, 14), host },
      }),
    },
  ],
}
