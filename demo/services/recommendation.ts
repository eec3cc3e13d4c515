/** Recommends products. In the memory-leak scenario it keeps what it should forget. */
import { between } from '../random.ts'
import { heapShare } from '../telemetry/vitals.ts'
import { query, request } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'

const leak_bytes = 0.5 * mebibyte

const recommend: Answer = async (call, asked) => {
  if (call.world.trouble('memory-leak')) {
    call.pod.load.leaked_bytes += leak_bytes * (0.5 + call.random())
  }
  const product = asked.query.get('product') ?? 'home'
  const text = `GET recommended:${product}`
  const host = 'redis-shared.data.svc.cluster.local'
  const cache = { system: 'redis', host, namespace: '1', operation: 'GET', text } as const
  await query(call, { ...cache, median_ms: 0.6 })
  const hit = call.random() < 0.8
  call.record('shop.cache.lookups', 1, { cache: 'recommended', result: hit ? 'hit' : 'miss' })
  if (!hit) {
    await request(call, { service: 'catalog', path: '/products?category=books' })
    await call.spanning('rank candidates', { attributes: { 'shop.candidates': 24 } }, (inner) =>
      inner.work(7),
    )
  }
  // A heap that is nearly full spends its time collecting garbage.
  const full = heapShare(call.pod)
  await call.work(3 * (1 + 60 * full ** 8))
  if (full > 0.85 && call.random() < 0.2) {
    const share = Math.round(full * 100)
    call.log(
      'warn',
      `heap at ${share}% of its limit, mark-sweep took ${between(call.random, 200, 900)}ms`,
    )
  }
  return { recommended: between(call.random, 3, 8) }
}

export const recommendation: Service = {
  name: 'recommendation',
  version: '0.31.2',
  namespace: 'shop',
  replicas: 2,
  port: 8080,
  image: 'registry.example/shop/recommendation',
  conventions: 'new',
  transport: 'proto',
  log_style: 'json',
  heap_bytes: 150 * mebibyte,
  memory_limit_bytes: 512 * mebibyte,
  routes: [{ method: 'GET', path: '/recommendations', answer: recommend }],
  chatter: [
    {
      severity: 'info',
      every_s: 80,
      say: (random) => ({
        message: 'model loaded',
        fields: { model: `als-2026-02-${between(random, 10, 28)}`, factors: 64 },
      }),
    },
    {
      severity: 'debug',
      every_s: 30,
      say: (random) => ({
        message: `scavenge ${(1 + random() * 4).toFixed(1)}ms freed ${between(random, 2, 11)} MiB`,
      }),
    },
  ],
}
