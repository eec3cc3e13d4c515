/**
 * Where in a JSON text that is being typed the cursor stands: on the way to which key, at a key or
 * at a value. The text may be broken anywhere after the cursor, and mostly is.
 */

export type JsonContext = {
  /** Keys and positions from the outside in: processors, 0, set. */
  path: readonly (string | number)[]
  at: 'key' | 'value'
  /** The key whose value is typed. */
  key: string
  typed: string
  /** Where what is typed begins, without its quote. */
  from: number
  in_text: boolean
  /** Keys that the object has before the cursor. */
  keys: readonly string[]
}

type Frame = { open: '{' | '['; key: string; position: number; isValue: boolean; keys: string[] }

export function contextAt(text: string, from: number, cursor: number): JsonContext | undefined {
  const frames: Frame[] = []
  let at = from
  let last = ''
  while (at < cursor) {
    const frame = frames.at(-1)
    const char = text[at]!
    if (char === '"') {
      const end = textEnd(text, at, cursor)
      const quotes = text.startsWith('"""', at) ? 3 : 1
      if (end === undefined) return contextOf(frames, text.slice(at + quotes, cursor), cursor, true)
      last = text.slice(at + quotes, end - quotes)
      if (frame?.open === '{' && !frame.isValue) frame.key = last
      at = end
      continue
    }
    if (char === '#' || text.startsWith('//', at)) {
      const line_end = text.indexOf('\n', at)
      if (line_end < 0 || line_end >= cursor) return undefined
      at = line_end
      continue
    }
    if (char === '{' || char === '[') {
      frames.push({ open: char, key: '', position: 0, isValue: char === '[', keys: [] })
    } else if (char === '}' || char === ']') frames.pop()
    else if (char === ':' && frame?.open === '{') {
      frame.isValue = true
      frame.keys.push(frame.key)
    } else if (char === ',' && frame !== undefined) {
      frame.isValue = frame.open === '['
      frame.position++
      frame.key = ''
    }
    at++
  }
  const typed = /[\w.@-]*$/.exec(text.slice(from, cursor))?.[0] ?? ''
  return contextOf(frames, typed, cursor, false)
}

/** Past the closing quotes; undefined when the text is still being typed at the cursor. */
function textEnd(text: string, from: number, cursor: number): number | undefined {
  if (text.startsWith('"""', from)) {
    const end = text.indexOf('"""', from + 3)
    return end < 0 || end + 3 > cursor ? undefined : end + 3
  }
  for (let at = from + 1; at < cursor; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
    else if (text[at] === '\n') return at
  }
  return undefined
}

function contextOf(
  frames: readonly Frame[],
  typed: string,
  cursor: number,
  in_text: boolean,
): JsonContext | undefined {
  const frame = frames.at(-1)
  if (frame === undefined) return undefined
  const path = frames.slice(0, -1).map((one) => (one.open === '[' ? one.position : one.key))
  const at = frame.isValue ? 'value' : 'key'
  const own = frame.open === '[' ? [frame.position] : []
  const { keys } = frame
  return {
    path: [...path, ...own],
    ...{ at, typed, in_text, keys, key: at === 'value' ? frame.key : '' },
    from: cursor - typed.length,
  }
}
