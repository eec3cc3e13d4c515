/** The visible list of the shop's services. */
import type { Service } from '../world/service-definition.ts'
import { cart } from './cart.ts'
import { catalog } from './catalog.ts'
import { checkout } from './checkout.ts'
import { frontendApi } from './frontend-api.ts'
import { inventory } from './inventory.ts'
import { payment } from './payment.ts'
import { recommendation } from './recommendation.ts'
import { shipping } from './shipping.ts'
import { ads, currency, email, fraudCheck, search } from './small-services.ts'
import { storefront } from './storefront.ts'

export const services: readonly Service[] = [
  storefront,
  frontendApi,
  catalog,
  search,
  cart,
  recommendation,
  ads,
  checkout,
  payment,
  shipping,
  inventory,
  currency,
  fraudCheck,
  email,
]
