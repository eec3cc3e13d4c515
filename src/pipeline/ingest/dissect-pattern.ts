/**
 * Dissect patterns as Elasticsearch reads them: text between delimiters in one pass, with padding,
 * appending and keys that are in the text. Leaves to the processor what is done with them.
 */

type Kind = 'plain' | 'skip' | 'append' | 'name' | 'value'
type Key = { name: string; kind: Kind; order: number; isPadded: boolean; after: string }

const modifiers: Record<string, Kind> = { '': 'plain', '?': 'skip', '+': 'append' }

/** Undefined when the text is of another shape. Throws, at once, when the pattern is none. */
export function dissectPattern(
  pattern: string,
  separator: string,
): (text: string) => Map<string, string> | undefined {
  const first = pattern.indexOf('%{')
  if (first < 0) throw refusal(pattern, 'Unable to find any keys or delimiters.')
  const head = pattern.slice(0, first)
  const keys = keysOf(pattern, first)
  checkPairs(pattern, keys)
  const hasNames = keys.some(({ kind }) => kind !== 'plain' && kind !== 'skip')
  return (text) => {
    const values = valuesOf(text, head, keys)
    if (values === undefined) return undefined
    const found = new Map<string, string>()
    if (hasNames) combine(keys, values, separator, found)
    else {
      for (let i = 0; i < keys.length; i++) {
        if (keys[i]!.kind === 'plain') found.set(keys[i]!.name, values[i]!)
      }
    }
    return found
  }
}

function refusal(pattern: string, reason: string): Error {
  return new Error(`Unable to parse pattern: ${pattern} Reason: ${reason}`)
}

function keysOf(pattern: string, first: number): Key[] {
  const keys: Key[] = []
  for (let at = first; at < pattern.length; ) {
    const end = pattern.indexOf('}', at)
    if (end < 0) throw refusal(pattern, 'a key has no end')
    const next = pattern.indexOf('%{', end)
    const after = pattern.slice(end + 1, next < 0 ? undefined : next)
    if (after === '' && next >= 0) throw refusal(pattern, 'two keys need a delimiter between them')
    keys.push(keyOf(pattern, pattern.slice(at + 2, end), after))
    at = next < 0 ? pattern.length : next
  }
  return keys
}

function keyOf(pattern: string, word: string, after: string): Key {
  const isPadded = word.endsWith('->')
  const bare = isPadded ? word.slice(0, -2) : word
  const [, sign, name = '', order] = /^([+*&?]?)([^/]*)(?:\/(\d{1,4}))?$/.exec(bare) ?? []
  if (sign === undefined || /^[+*&?]/.test(name) || (order !== undefined && sign !== '+')) {
    throw refusal(pattern, `could not parse key [${word}]`)
  }
  const isSkipped = name === '' && (sign === '' || sign === '?')
  if (name === '' && !isSkipped) throw refusal(pattern, `could not parse key [${word}]`)
  const known = sign === '*' ? 'name' : sign === '&' ? 'value' : modifiers[sign]!
  const kind = isSkipped ? 'skip' : known
  return { name, kind, order: Number(order ?? 0), isPadded, after }
}

function checkPairs(pattern: string, keys: readonly Key[]): void {
  const namesOf = (kind: Kind) => keys.filter((key) => key.kind === kind).map(({ name }) => name)
  const names = namesOf('name')
  const values = namesOf('value')
  const isPaired =
    names.length === values.length &&
    new Set(names).size === names.length &&
    new Set([...names, ...values]).size === names.length
  if (!isPaired) throw refusal(pattern, `Found invalid key/reference associations: [${names}]`)
  if (keys.every(({ kind }) => kind === 'skip')) {
    throw refusal(pattern, 'no key of the pattern is kept')
  }
}

function valuesOf(text: string, head: string, keys: readonly Key[]): string[] | undefined {
  if (!text.startsWith(head)) return undefined
  const values: string[] = []
  let at = head.length
  for (const { after, isPadded } of keys) {
    const end = after === '' ? text.length : text.indexOf(after, at)
    if (end < 0) return undefined
    values.push(text.slice(at, end))
    at = end + after.length
    if (isPadded && after !== '') while (text.startsWith(after, at)) at += after.length
  }
  return values
}

function combine(
  keys: readonly Key[],
  values: readonly string[],
  separator: string,
  found: Map<string, string>,
): void {
  const names = new Map<string, string>()
  const appended = new Map<string, { order: number; text: string }[]>()
  keys.forEach(({ name, kind, order }, i) => {
    const text = values[i]!
    if (kind === 'plain') {
      const pieces = appended.get(name)
      if (pieces === undefined && !hasAppend(keys, name)) found.set(name, text)
      else appended.set(name, [...(pieces ?? []), { order: -1, text }])
    } else if (kind === 'append') {
      appended.set(name, [...(appended.get(name) ?? []), { order, text }])
    } else if (kind === 'name') names.set(name, text)
  })
  keys.forEach(({ name, kind }, i) => {
    if (kind === 'value') found.set(names.get(name)!, values[i]!)
  })
  for (const [name, pieces] of appended) {
    const texts = pieces.toSorted((a, b) => a.order - b.order).map(({ text }) => text)
    found.set(name, texts.join(separator))
  }
}

function hasAppend(keys: readonly Key[], name: string): boolean {
  return keys.some((key) => key.kind === 'append' && key.name === name)
}
