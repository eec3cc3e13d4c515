/** Randomness with a seed, and the few distributions a shop needs. Passed in: tests repeat. */

export type Random = () => number

/** Mulberry32: small, fast, good enough for a demo, the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A 32-bit hash of a text, to make names that stay the same from one start to the next. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  return value >>> 0
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!
}

export function between(random: Random, least: number, most: number): number {
  return Math.floor(least + random() * (most - least + 1))
}

/** Latencies are skewed to the right: a log-normal around its median. */
export function around(random: Random, median: number, spread = 0.35): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return median * Math.exp(spread * normal)
}

export function text(random: Random, alphabet: string, length: number): string {
  let made = ''
  while (made.length < length) made += alphabet[Math.floor(random() * alphabet.length)]
  return made
}

export const hexDigits = '0123456789abcdef'
/** Kubernetes leaves out vowels and look-alikes when it makes names. */
export const podLetters = 'bcdfghjklmnpqrstvwxz2456789'
