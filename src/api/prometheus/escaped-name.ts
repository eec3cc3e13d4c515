/** Names of labels in a path: `U__` begins one whose odd characters are written as `_hex_`. */

const prefix = 'U__'

/** A name that is not well escaped is meant as it is. */
export function unescapedName(name: string): string {
  if (!name.startsWith(prefix)) return name
  const escaped = name.slice(prefix.length)
  let text = ''
  for (let at = 0; at < escaped.length; at++) {
    if (escaped[at] !== '_') {
      text += escaped[at]
      continue
    }
    if (escaped[at + 1] === '_') {
      text += '_'
      at++
      continue
    }
    const end = escaped.indexOf('_', at + 1)
    const digits = escaped.slice(at + 1, end)
    if (end < 0 || !/^[0-9a-fA-F]{1,6}$/.test(digits)) return name
    const code = Number.parseInt(digits, 16)
    if (code > 0x10_ffff || (code >= 0xd800 && code < 0xe000)) return name
    text += String.fromCodePoint(code)
    at = end
  }
  return text
}
