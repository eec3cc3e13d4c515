/** Reads JSON of which nothing is known: what is not of the wanted kind is as if it were absent. */

export type Json = { readonly [name: string]: unknown }

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function objectsOf(value: unknown): Json[] {
  return listOf(value).flatMap((one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? [one as Json] : [],
  )
}

export function textOf(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise
}

/** Numbers are also written as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** With the names that have no value left out. */
export function told<Value extends object>(
  value: {
    [Name in keyof Value]: Value[Name] | undefined
  },
): Value {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value
}
