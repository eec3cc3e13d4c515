/** Texts in quotes as Go writes them: read from a query, and written back. */

const simple = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
])
const escapes = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([\s\S])|$)/g

/** The text between quotes with its escapes resolved; undefined when one is not Go's. */
export function unquote(quoted: string): string | undefined {
  const body = quoted.slice(1, -1)
  if (quoted[0] === '`') return body.replaceAll('\r', '')
  if (!body.includes('\\')) return body
  let isBad = false
  const bytes: number[] = []
  const text = body.replace(escapes, (_all, hex, short, long, octal, letter) => {
    const code = short ?? long
    if (code !== undefined) {
      const point = Number.parseInt(code, 16)
      isBad ||= point > 0x10ffff || (point >= 0xd800 && point < 0xe000)
      return isBad ? '' : String.fromCodePoint(point)
    }
    if (hex !== undefined || octal !== undefined) {
      const byte = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16)
      isBad ||= byte > 255
      if (byte < 0x80) return String.fromCharCode(byte)
      bytes.push(byte)
      return String.fromCharCode(0xdc00 + byte)
    }
    const known = letter === undefined ? undefined : simple.get(letter)
    isBad ||= known === undefined
    return known ?? ''
  })
  if (isBad) return undefined
  return bytes.length === 0 ? text : joinBytes(text)
}

/** Bytes that were written one by one are UTF-8 together with their neighbours. */
function joinBytes(text: string): string {
  const parts: Buffer[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    const isByte = code >= 0xdc80 && code <= 0xdcff
    parts.push(isByte ? Buffer.from([code - 0xdc00]) : Buffer.from(character))
  }
  return Buffer.concat(parts).toString()
}

/** strconv.Quote. */
export function quote(text: string): string {
  let quoted = '"'
  for (const character of text.toWellFormed()) quoted += escaped(character)
  return `${quoted}"`
}

const names = new Map([...simple].filter(([, value]) => value !== "'").map(([k, v]) => [v, k]))

function escaped(character: string): string {
  const name = names.get(character)
  if (name !== undefined) return `\\${name}`
  const code = character.codePointAt(0)!
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) return character
  if (code > 0xffff) return `\\U${code.toString(16).padStart(8, '0')}`
  return `\\u${code.toString(16).padStart(4, '0')}`
}

/** As Loki prints patterns: in backticks where that is possible. */
export function quotePattern(text: string): string {
  return /[`\r]/.test(text) || text !== text.toWellFormed() ? quote(text) : `\`${text}\``
}
