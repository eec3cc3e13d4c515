/**
 * Dissect patterns, `%{client} - [%{+time/1}] %{?skipped} %{&name}`: text between fixed delimiters,
 * read in one pass without regular expressions.
 */

type Part = {
  key: string
  kind: 'plain' | 'skip' | 'append' | 'name' | 'value'
  order: number
  isPadded: boolean
  after: string
}

/** Throws when the pattern is none. The function answers undefined for text of another shape. */
export function dissectorOf(
  tokenizer: string,
): (text: string) => ReadonlyMap<string, string> | undefined {
  const first = tokenizer.indexOf('%{')
  if (first < 0) throw new Error('a tokenizer needs at least one %{key}')
  const head = tokenizer.slice(0, first)
  const parts = partsOf(tokenizer.slice(first))
  return (text) => {
    if (!text.startsWith(head)) return undefined
    const values: string[] = []
    let at = head.length
    for (const { after, isPadded } of parts) {
      const end = after === '' ? text.length : text.indexOf(after, at)
      if (end < 0) return undefined
      values.push(text.slice(at, end))
      at = end + after.length
      while (isPadded && after !== '' && text.startsWith(after, at)) at += after.length
    }
    return at < text.length ? undefined : named(parts, values)
  }
}

function partsOf(tokenizer: string): Part[] {
  const parts: Part[] = []
  for (let at = 0; at < tokenizer.length; ) {
    const end = tokenizer.indexOf('}', at)
    if (!tokenizer.startsWith('%{', at) || end < 0) throw new Error('a %{ has no }')
    const next = tokenizer.indexOf('%{', end)
    const after = tokenizer.slice(end + 1, next < 0 ? undefined : next)
    if (after === '' && next >= 0) throw new Error('two keys need a delimiter between them')
    parts.push(partOf(tokenizer.slice(at + 2, end), after))
    at = next < 0 ? tokenizer.length : next
  }
  return parts
}

function partOf(word: string, after: string): Part {
  const isPadded = word.endsWith('->')
  // Beats also let a key name its type: the value stays text here.
  const bare = (isPadded ? word.slice(0, -2) : word).replace(/\|\w+$/, '').replace(/#\d+$/, '')
  const [, sign = '', key = '', order = '0'] = /^([?+&*]?)([^/]*)(?:\/(\d+))?$/.exec(bare) ?? []
  const kinds = { '': 'plain', '?': 'skip', '+': 'append', '*': 'name', '&': 'value' } as const
  const kind = key === '' ? 'skip' : kinds[sign as keyof typeof kinds]
  return { key, kind, order: Number(order), isPadded, after }
}

function named(parts: readonly Part[], values: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const names = new Map<string, string>()
  const appended = new Map<string, { order: number; text: string }[]>()
  parts.forEach(({ key, kind, order }, at) => {
    const text = values[at]!
    if (kind === 'plain') found.set(key, text)
    else if (kind === 'append') appended.set(key, [...(appended.get(key) ?? []), { order, text }])
    // `%{?key} %{&key}`: the first is the name of the second.
    else if (kind === 'skip' || kind === 'name') names.set(key, text)
    else if (names.has(key)) found.set(names.get(key)!, text)
  })
  for (const [key, pieces] of appended) {
    const first = found.get(key)
    const texts = pieces.toSorted((a, b) => a.order - b.order).map(({ text }) => text)
    found.set(key, [...(first === undefined ? [] : [first]), ...texts].join(' '))
  }
  return found
}
