/** Visitors with sessions who walk the shop's funnel: land, look, search, fill a cart, order. */
import { between, hexDigits, pick, type Random, text } from '../random.ts'
import { products } from '../services/products.ts'

export type Visit = {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body: Record<string, unknown>
}
type Step = 'home' | 'product' | 'search' | 'add' | 'cart' | 'checkout' | 'leave'

/** Where a visitor goes next, with weights: about one request in twenty places an order. */
const next: Record<Exclude<Step, 'leave'>, Partial<Record<Step, number>>> = {
  home: { product: 55, search: 25, home: 5, leave: 15 },
  product: { product: 32, add: 30, search: 14, home: 6, leave: 18 },
  search: { product: 62, search: 18, leave: 20 },
  add: { cart: 70, product: 20, leave: 10 },
  cart: { checkout: 72, product: 12, leave: 16 },
  checkout: { home: 15, leave: 85 },
}

const places = [
  { country: 'US', currency: 'USD', weight: 38 },
  { country: 'KR', currency: 'KRW', weight: 20 },
  { country: 'MX', currency: 'MXN', weight: 14 },
  { country: 'ES', currency: 'EUR', weight: 14 },
  { country: 'DE', currency: 'EUR', weight: 8 },
  { country: 'GB', currency: 'GBP', weight: 6 },
] as const
const browsers = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_6) AppleWebKit/605.1.15 Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Googlebot/2.1 (+http://www.google.com/bot.html)',
] as const
const words = ['lamp', 'boots', 'knife', 'tent', 'wool', 'compass', 'kettle', 'oilskin', 'chart']
const cards = ['visa', 'visa', 'mastercard', 'amex'] as const

type Visitor = {
  session: string
  user: string
  address: string
  browser: string
  country: string
  currency: string
  step: Step
}

/** When the shop opens, its first visitors are anywhere in it. */
const underWay: readonly Step[] = ['home', 'product', 'product', 'search', 'add', 'cart']
const visitors_max = 60

export class Visitors {
  readonly #random: Random
  readonly #inside: Visitor[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** The next request that somebody in the shop makes. */
  nextVisit(): Visit {
    const at = between(this.#random, 0, visitors_max - 1)
    let visitor = this.#inside[at]
    if (visitor === undefined) {
      visitor = arrive(this.#random, pick(this.#random, underWay))
      this.#inside[at] = visitor
    }
    const visit = visitOf(visitor, this.#random)
    visitor.step = weighted(this.#random, next[visitor.step as Exclude<Step, 'leave'>])
    if (visitor.step === 'leave') {
      this.#inside[at] = arrive(this.#random, this.#random() < 0.7 ? 'home' : 'product')
    }
    return visit
  }
}

function weighted(random: Random, choices: Partial<Record<Step, number>>): Step {
  const entries = Object.entries(choices) as [Step, number][]
  let left = random() * entries.reduce((all, [, weight]) => all + weight, 0)
  for (const [step, weight] of entries) {
    left -= weight
    if (left < 0) return step
  }
  return 'leave'
}

function arrive(random: Random, landing: Step): Visitor {
  let left = random() * 100
  const place = places.find(({ weight }) => {
    left -= weight
    return left < 0
  })
  const { country, currency } = place ?? places[0]
  return {
    session: text(random, hexDigits, 24),
    user: random() < 0.35 ? `u-${between(random, 1000, 9999)}` : '',
    address: `203.0.113.${between(random, 1, 254)}`,
    browser: pick(random, browsers),
    country,
    currency,
    step: landing,
  }
}

function visitOf(visitor: Visitor, random: Random): Visit {
  const { session, user, address, browser, country, currency } = visitor
  const headers = {
    'user-agent': browser,
    'x-forwarded-for': address,
    'x-session-id': session,
    'x-user-id': user,
  }
  const get = (path: string): Visit => ({ method: 'GET', path, headers, body: {} })
  // The popular are looked at most: a squared random number leans to the front of the list.
  const product = products[Math.floor(random() ** 2 * products.length)]!.id
  switch (visitor.step) {
    case 'product':
      return get(`/products/${random() < 0.004 ? 'SKU-0000' : product}`)
    case 'search':
      return get(`/search?q=${pick(random, words)}`)
    case 'cart':
      return get(`/cart?session=${session}&currency=${currency}`)
    case 'add': {
      const body = { session, product, quantity: 1 }
      return { method: 'POST', path: '/cart/items', headers, body }
    }
    case 'checkout': {
      const coupon = random() < 0.3 ? { coupon: random() < 0.8 ? 'welcome10' : 'WELCOME10' } : {}
      const body = { session, country, currency, card: pick(random, cards), ...coupon }
      return { method: 'POST', path: '/checkout', headers, body }
    }
    default:
      return get('/')
  }
}
