/**
 * Typed search parameters: a shape of fields, each with a default, read from and written to a query
 * string. A value equal to its default is left out, so that addresses stay short. Pure.
 */

export type Field<Value> = {
  initial: Value
  read: (text: string) => Value
  write: (value: Value) => string
}
// biome-ignore lint/suspicious/noExplicitAny: a shape holds fields of any value type.
export type Shape = Record<string, Field<any>>
export type ValuesOf<S extends Shape> = { [K in keyof S]: S[K]['initial'] }

/** What may be changed: undefined sets a field back to its default. */
export type PatchOf<S extends Shape> = { [K in keyof S]?: S[K]['initial'] | undefined }

export function text(initial = ''): Field<string> {
  return { initial, read: (value) => value, write: (value) => value }
}

export function number(initial: number): Field<number> {
  const read = (value: string) => {
    const parsed = Number(value)
    return value !== '' && Number.isFinite(parsed) ? parsed : initial
  }
  return { initial, read, write: String }
}

export function flag(initial = false): Field<boolean> {
  return { initial, read: (value) => value === '1', write: (value) => (value ? '1' : '0') }
}

/** One of a closed list; anything else reads as the default. */
export function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  initial: Choice,
): Field<Choice> {
  const read = (value: string) => choices.find((choice) => choice === value) ?? initial
  return { initial, read, write: (value) => value }
}

/** Texts separated by commas; a comma inside a text is escaped. */
export function list(initial: readonly string[] = []): Field<readonly string[]> {
  return {
    initial,
    read: (value) => (value === '' ? [] : value.split(',').map(readItem)),
    write: (values) => values.map((value) => encodeURIComponent(value)).join(','),
  }
}

function readItem(item: string): string {
  try {
    return decodeURIComponent(item)
  } catch {
    return item
  }
}

export function readShape<S extends Shape>(shape: S, query: URLSearchParams): ValuesOf<S> {
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(shape)) {
    const value = query.get(name)
    values[name] = value === null ? field.initial : field.read(value)
  }
  return values as ValuesOf<S>
}

/** The query with the patch applied; undefined and defaults remove their parameter. */
export function writeShape<S extends Shape>(
  shape: S,
  query: URLSearchParams,
  patch: PatchOf<S>,
): URLSearchParams {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(patch)) {
    const field = shape[name]
    if (field === undefined) continue
    const written = value === undefined ? undefined : field.write(value)
    if (written === undefined || written === field.write(field.initial)) next.delete(name)
    else next.set(name, written)
  }
  return next
}
