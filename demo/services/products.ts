/** Data table: what the shop sells. */

export type Product = { id: string; name: string; category: string; price_usd: number }

const categories = {
  lamps: ['Brass ship lantern', 'Folding reading lamp', 'Paper globe', 'Gooseneck clamp light'],
  tools: ['Marlinspike', 'Whetstone 1000/6000', 'Cordless drill 18 V', 'Ratchet set, 42 pieces'],
  outdoor: ['Waxed canvas tent', 'Enamel kettle', 'Wool blanket', 'Trail stove', 'Compass'],
  books: ['Knots and splices', 'Celestial navigation', 'The weather at sea', 'Chart symbols'],
  kitchen: ['Cast iron pan 26 cm', 'Chef knife 20 cm', 'Stoneware bowl', 'Pour-over set'],
  clothing: ['Oilskin jacket', 'Merino base layer', 'Fisherman sweater', 'Deck boots'],
} as const

export const products: readonly Product[] = Object.entries(categories).flatMap(
  ([category, names], shelf) =>
    names.map((name, at) => ({
      id: `SKU-${1000 + shelf * 100 + at * 7}`,
      name,
      category,
      price_usd: Math.round((9 + shelf * 6.5 + at * at * 11.3) * 100) / 100,
    })),
)

export const categoryNames = Object.keys(categories)
export const productOf = new Map(products.map((product) => [product.id, product]))
