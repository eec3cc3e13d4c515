/** Places orders: cart, prices, stock, payment, shipping, PostgreSQL and the orders topic. */
import { between } from '../random.ts'
import type { Call } from '../world/call.ts'
import { typeOf } from '../world/failures.ts'
import { callRpc, publish, query, request } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'

export const bad_version = '2.3.1'

type Coupon = { percent: number }
const coupons = new Map<string, Coupon>([['WELCOME10', { percent: 10 }]])

/** Version 2.3.1 forgot that codes are kept in upper case. */
function applyCoupon(version: string, code: string, total_usd: number): number {
  const coupon = coupons.get(version === bad_version ? code : code.toUpperCase())
  return total_usd * (1 - coupon!.percent / 100)
}

const placeOrder: Answer = async (call, { body }) => {
  const order = `ord_${Math.floor(call.random() * 36 ** 7)
    .toString(36)
    .padStart(7, '0')}`
  const session = String(body.session ?? '')
  call.span?.setAttribute('shop.order.id', order)
  try {
    const total_usd = await price(call, session, body)
    const [reserved] = await call.together(
      () => reserve(call, order),
      () =>
        request(call, {
          service: 'shipping',
          path: '/quotes?service=express',
          timeout_ms: 450,
          attempts: 4,
        }),
    )
    await pay(call, order, total_usd, body)
    await store(call, order, total_usd)
    await publish(call, 'orders', order, {
      order,
      session,
      total_usd,
      country: body.country,
      lines: reserved?.reserved,
    })
    await request(call, { service: 'cart', method: 'DELETE', path: `/carts/${session}` })
    placed(call, order, total_usd, body)
    return { order, total_usd }
  } catch (error) {
    call.record('shop.orders.failed', 1, { reason: typeOf(error) })
    call.log('warn', `order ${order} was not placed`, { 'order.id': order, reason: typeOf(error) })
    throw error
  }
}

async function price(call: Call, session: string, body: Record<string, unknown>): Promise<number> {
  return call.spanning('price order', {}, async (inner) => {
    const { items = 1 } = await request(inner, { service: 'cart', path: `/carts/${session}` })
    const subtotal_usd = Number(items) * between(inner.random, 9, 74) + 0.95
    const { currency = 'USD', coupon } = body
    if (currency !== 'USD') {
      const money = { from: 'USD', to: currency, amount: subtotal_usd }
      const rpc = 'shop.currency.v1.CurrencyService'
      await callRpc(inner, { service: 'currency', rpc, method: 'Convert', body: money })
    }
    await inner.work(1.5)
    if (typeof coupon !== 'string') return subtotal_usd
    return applyCoupon(inner.pod.identity.version, coupon, subtotal_usd)
  })
}

function reserve(call: Call, order: string) {
  const body = { order, lines: between(call.random, 1, 4) }
  const ask = { service: 'inventory', method: 'POST', path: '/reservations', body } as const
  return request(call, { ...ask, timeout_ms: 2000 })
}

async function pay(call: Call, order: string, total_usd: number, body: Record<string, unknown>) {
  const { currency = 'USD', card = 'visa' } = body
  await request(call, {
    service: 'payment',
    namespace: 'payments',
    method: 'POST',
    path: '/charges',
    body: { order, amount: total_usd, currency, card },
    timeout_ms: 5000,
  })
}

async function store(call: Call, order: string, total_usd: number): Promise<void> {
  const host = 'postgres-orders.data.svc.cluster.local'
  const place = { system: 'postgresql', host, namespace: 'orders', operation: 'INSERT' } as const
  const text = 'INSERT INTO orders (id, total, state) VALUES ($1, $2, $3)'
  await query(call, { ...place, collection: 'orders', text, median_ms: 5 })
  const lines = 'INSERT INTO order_lines (order_id, product_id, quantity) VALUES ($1, $2, $3)'
  await query(call, { ...place, collection: 'order_lines', text: lines, median_ms: 3 })
  call.log('debug', `stored order ${order}`, { 'order.id': order })
  call.span?.setAttribute('shop.order.total_usd', total_usd)
}

function placed(call: Call, order: string, total_usd: number, body: Record<string, unknown>): void {
  const country = String(body.country ?? 'US')
  call.record('shop.orders.placed', 1, { country })
  call.record('shop.order.value', total_usd)
  call.event('order.placed', {
    'order.id': order,
    'order.total_usd': Math.round(total_usd * 100) / 100,
    'order.currency': String(body.currency ?? 'USD'),
    'customer.country': country,
  })
  call.log('info', `order ${order} placed for ${total_usd.toFixed(2)} USD`, { 'order.id': order })
}

export const checkout: Service = {
  name: 'checkout',
  version: '2.3.0',
  namespace: 'shop',
  replicas: 3,
  port: 8080,
  image: 'registry.example/shop/checkout',
  conventions: 'new',
  transport: 'proto',
  exemplars: true,
  log_style: 'structured',
  heap_bytes: 110 * mebibyte,
  memory_limit_bytes: 512 * mebibyte,
  pool: { name: 'orders', size: 10 },
  routes: [{ method: 'POST', path: '/orders', answer: placeOrder }],
  chatter: [
    {
      severity: 'info',
      every_s: 90,
      say: (random) => ({
        message: `outbox is empty, ${between(random, 0, 3)} orders await confirmation`,
      }),
    },
    {
      severity: 'debug',
      every_s: 40,
      say: (random) => ({
        message: 'kafka producer metrics',
        fields: { 'batch.avg': between(random, 1, 9), 'buffer.available_bytes': 33_500_000 },
      }),
    },
  ],
}
