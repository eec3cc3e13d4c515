/** Shipping quotes from a carrier outside. In a retry storm it answers too late for its callers. */
import { between, pick } from '../random.ts'
import { outside, query } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'

const carriers = ['parcel-north', 'sea-freight', 'bike-courier'] as const

const quote: Answer = async (call, asked) => {
  const carrier = pick(call.random, carriers)
  const host = 'redis-shared.data.svc.cluster.local'
  const text = `GET rate:${carrier}:${asked.query.get('currency') ?? 'USD'}`
  const cache = { system: 'redis', host, namespace: '2', operation: 'GET', text } as const
  await query(call, { ...cache, median_ms: 0.7 })
  const storm = call.world.trouble('retry-storm')
  const hit = !storm && call.random() < 0.7
  call.record('shop.cache.lookups', 1, { cache: 'rates', result: hit ? 'hit' : 'miss' })
  if (!hit) {
    const median_ms = storm ? 1400 : 95
    await outside(call, {
      method: 'GET',
      host: 'rates.carrier.example',
      path: '/v2/rates',
      median_ms,
    })
    if (storm) call.log('warn', `carrier ${carrier} is slow, rate cache bypassed`, { carrier })
  }
  return { carrier, cost_usd: between(call.random, 4, 29), days: between(call.random, 1, 6) }
}

export const shipping: Service = {
  name: 'shipping',
  version: '1.12.0',
  namespace: 'shop',
  replicas: 2,
  port: 8080,
  image: 'registry.example/shop/shipping',
  conventions: 'new',
  transport: 'json',
  through_node: 'says nothing',
  log_style: 'map',
  heap_bytes: 70 * mebibyte,
  memory_limit_bytes: 256 * mebibyte,
  routes: [{ method: 'GET', path: '/quotes', answer: quote }],
  chatter: [
    {
      severity: 'info',
      every_s: 75,
      say: (random) => ({
        message: 'carrier rates loaded',
        fields: { carrier: pick(random, carriers), zones: between(random, 12, 48) },
      }),
    },
  ],
}
