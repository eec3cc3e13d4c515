/** Stock in PostgreSQL: reserves what an order needs, counts what is low. */
import { between, pick } from '../random.ts'
import { Refusal } from '../world/failures.ts'
import { query } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'
import { products } from './products.ts'

const host = 'postgres-inventory.data.svc.cluster.local'
const place = { system: 'postgresql', host, namespace: 'inventory', collection: 'stock' } as const

const reserve: Answer = async (call, { body }) => {
  const lines = Number(body.lines ?? 1)
  const lock = 'SELECT available FROM stock WHERE product_id = ANY($1) FOR UPDATE'
  await query(call, { ...place, operation: 'SELECT', text: lock, median_ms: 6 })
  if (call.random() < 0.01) {
    const { name } = pick(call.random, products)
    call.log('warn', `out of stock: ${name}`, { order: String(body.order) })
    throw new Refusal(409, 'out_of_stock', `${name} is out of stock`)
  }
  const take = 'UPDATE stock SET available = available - $1 WHERE product_id = $2'
  await query(call, { ...place, operation: 'UPDATE', text: take, median_ms: 4 })
  call.record('shop.stock.reserved', lines, { warehouse: 'north' })
  call.log('info', `reserved ${lines} lines for ${body.order}`)
  return { reserved: lines }
}

export const inventory: Service = {
  name: 'inventory',
  version: '3.0.11',
  namespace: 'shop',
  replicas: 2,
  port: 8080,
  image: 'registry.example/shop/inventory',
  conventions: 'old',
  transport: 'grpc',
  through_node: 'says pod uid',
  log_style: 'text',
  heap_bytes: 80 * mebibyte,
  memory_limit_bytes: 256 * mebibyte,
  pool: { name: 'inventory', size: 10 },
  routes: [{ method: 'POST', path: '/reservations', answer: reserve }],
  consumes: [
    {
      topic: 'orders',
      group: 'inventory',
      relation: 'parent',
      process: async (call, { body }) => {
        const text = 'UPDATE reservations SET state = $1 WHERE order_id = $2'
        await query(call, { ...place, operation: 'UPDATE', text, median_ms: 5 })
        call.record('shop.stock.reserved', -Number(body.lines ?? 0), { warehouse: 'north' })
      },
    },
  ],
  chatter: [
    {
      severity: 'info',
      every_s: 55,
      say: (random) => ({
        message: `stock low: ${pick(random, products).name}, ${between(random, 1, 9)} left`,
      }),
    },
    {
      severity: 'info',
      every_s: 180,
      say: (random) => ({
        message: `VACUUM public.stock removed ${between(random, 40, 900)} tuples`,
      }),
    },
  ],
}
