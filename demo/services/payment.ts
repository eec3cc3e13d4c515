/** Charges cards at an outside provider. Speaks the old conventions; failing-payment hits it. */
import { around, between } from '../random.ts'
import type { Call } from '../world/call.ts'
import { Refusal } from '../world/failures.ts'
import { outside } from '../world/outgoing.ts'
import { type Answer, mebibyte, type Service } from '../world/service-definition.ts'

class GatewayError extends Error {
  override name = 'GatewayError'
}

const failing_share = 0.4
const failing_share_usual = 0.008
const provider = 'api.payments.example'

const charge: Answer = async (call, { body }) => {
  const order = String(body.order ?? '')
  const amount = Number(body.amount ?? 0)
  const card = String(body.card ?? 'visa')
  call.span?.setAttributes({ 'app.order.id': order, 'app.payment.card_type': card })
  const failing_now = call.world.trouble('failing-payment') ? failing_share : failing_share_usual
  const failing = call.random() < failing_now
  const status = failing ? 503 : 200
  await call.spanning('charge card', { attributes: { 'app.payment.amount': amount } }, (inner) =>
    atProvider(inner, card, status),
  )
  if (call.random() < 0.02) {
    call.record('shop.payment.charges', 1, { outcome: 'declined', card })
    call.log('info', `charge declined for order ${order}: insufficient_funds`, { card })
    throw new Refusal(402, 'card_declined', `card was declined for order ${order}`)
  }
  call.record('shop.payment.charges', 1, { outcome: 'captured', card })
  const charged = `charged ${amount.toFixed(2)} ${body.currency} for order ${order}`
  call.log('info', charged, { card, provider })
  return { charge: `ch_${between(call.random, 10_000_000, 99_999_999)}` }
}

async function atProvider(call: Call, card: string, status: number): Promise<void> {
  const median_ms = status === 200 ? 130 : around(call.random, 900)
  const answered = await outside(call, {
    method: 'POST',
    host: provider,
    path: '/v1/charges',
    median_ms,
    status,
  })
  if (answered < 400) return
  call.record('shop.payment.charges', 1, { outcome: 'failed', card })
  throw new GatewayError(`${provider} answered ${answered}: upstream acquirer unavailable`)
}

export const payment: Service = {
  name: 'payment',
  version: '4.2.6',
  namespace: 'payments',
  replicas: 2,
  port: 8080,
  image: 'registry.example/payments/payment',
  conventions: 'old',
  transport: 'proto',
  exemplars: true,
  log_style: 'text',
  heap_bytes: 90 * mebibyte,
  memory_limit_bytes: 384 * mebibyte,
  routes: [{ method: 'POST', path: '/charges', answer: charge }],
  chatter: [
    {
      severity: 'info',
      every_s: 120,
      say: () => ({ message: `TLS session to ${provider} resumed` }),
    },
    {
      severity: 'warn',
      every_s: 600,
      say: (random) => ({
        message: `signing key rotates in ${between(random, 2, 9)} days`,
      }),
    },
  ],
}
