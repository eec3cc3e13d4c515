/** Kubernetes quantities as numbers: `250m`, `1Gi`, `2e3`. What they are of is its callers'. */

const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
}

/** Undefined for what is no quantity. */
export function quantity(text: unknown): number | undefined {
  if (typeof text === 'number') return text
  if (typeof text !== 'string') return undefined
  const found =
    /^([+-]?\d{1,30}(?:\.\d{0,30})?|[+-]?\.\d{1,30})([eE][+-]?\d{1,3}|[A-Za-z]{0,2})$/.exec(
      text.trim(),
    )
  if (found === null) return undefined
  const [, digits, suffix = ''] = found
  if (/^[eE][+-]?\d/.test(suffix)) return Number(digits + suffix)
  const unit = Object.hasOwn(units, suffix) ? units[suffix] : undefined
  return unit === undefined ? undefined : Number(digits) * unit
}
