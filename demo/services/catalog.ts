/** Products in PostgreSQL. The slow-database scenario makes its queries take 20 times as long. */
import { between } from '../random.ts'
import type { Call } from '../world/call.ts'
import { Refusal } from '../world/failures.ts'
import { query } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'
import { productOf, products } from './products.ts'

const host = 'postgres-catalog.data.svc.cluster.local'
const slow_factor = 20

function select(call: Call, collection: string, text: string, median_ms: number, rows: number) {
  const slowed = call.world.trouble('slow-database') ? slow_factor : 1
  const place = { system: 'postgresql', host, namespace: 'catalog' } as const
  const what = { operation: 'SELECT', collection, text, rows }
  return query(call, { ...place, ...what, median_ms: median_ms * slowed, slow_ms: 120 })
}

const list: Answer = async (call, asked) => {
  const featured = asked.query.has('featured')
  const text = featured
    ? 'SELECT id, name, price FROM products WHERE featured = $1 ORDER BY rank LIMIT 12'
    : 'SELECT id, name, price FROM products WHERE category = $1 ORDER BY name LIMIT 24 OFFSET $2'
  await select(call, 'products', text, 9, 12)
  await call.work(0.8)
  return { products: products.slice(0, 12).map(({ id }) => id) }
}

const one: Answer = async (call, { parameters }) => {
  const { id = '' } = parameters
  call.span?.setAttribute('shop.product.id', id)
  await select(call, 'products', 'SELECT * FROM products WHERE id = $1', 4, 1)
  const product = productOf.get(id)
  if (product === undefined) {
    throw new Refusal(404, 'product_not_found', `product ${id} does not exist`)
  }
  if (call.random() < 0.4) {
    const text = 'SELECT stars, count(*) FROM reviews WHERE product_id = $1 GROUP BY stars'
    await select(call, 'reviews', text, 11, 5)
  }
  return product
}

export const catalog: Service = {
  name: 'catalog',
  version: '2.21.4',
  namespace: 'shop',
  replicas: 2,
  port: 8080,
  image: 'registry.example/shop/catalog',
  conventions: 'new',
  transport: 'grpc',
  log_style: 'structured',
  heap_bytes: 140 * mebibyte,
  memory_limit_bytes: 512 * mebibyte,
  pool: { name: 'catalog', size: 20, troubled_by: 'slow-database' },
  routes: [
    { method: 'GET', path: '/products', answer: list },
    { method: 'GET', path: '/products/{id}', answer: one },
  ],
  chatter: [
    {
      severity: 'info',
      every_s: 60,
      say: (random) => ({
        message: `price cache refreshed: 25 products in ${between(random, 12, 90)}ms`,
      }),
    },
    {
      severity: 'debug',
      every_s: 25,
      say: (random) => ({
        message: 'connection pool',
        fields: { 'pool.name': 'catalog', idle: between(random, 10, 18), waiting: 0 },
      }),
    },
  ],
}
