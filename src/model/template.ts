/**
 * A log line's template: the line with everything that varies replaced by <*>. Lines of one
 * statement share it, whatever their numbers. A word varies when it holds a digit or is eight or
 * more hexadecimal letters. The hash of it, template_id, is computed in wire/template.ts.
 */

/** Only the start of a body is looked at: statements differ early, and long bodies stay cheap. */
export const template_bytes_max = 256

const hex = 1
const digit = 2
const other = 4
/** 0: a separator, which is always part of the template. */
export const byteClasses = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) {
  const char = String.fromCharCode(byte)
  if (/[0-9]/.test(char)) byteClasses[byte] = digit
  else if (/[a-fA-F]/.test(char)) byteClasses[byte] = hex
  else if (/[g-zG-Z._+-]/.test(char) || byte >= 0x80) byteClasses[byte] = other
}

const wildcard = new TextEncoder().encode('<*>')
export function varies(seen: number, length_bytes: number): boolean {
  return (seen & digit) !== 0 || (seen === hex && length_bytes >= 8)
}

/** The end of what is looked at: never inside of a UTF-8 character. */
export function cutTemplate(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= template_bytes_max) return end
  let stop = start + template_bytes_max
  while (stop > start && (bytes[stop]! & 0xc0) === 0x80) stop--
  return stop
}

/** The printable template of a body, such as "user <*> logged in from <*>". */
export function templateOf(body: string): string {
  const bytes = new TextEncoder().encode(body)
  const stop = cutTemplate(bytes, 0, bytes.length)
  const printed: number[] = []
  let at = 0
  while (at < stop) {
    const word = at
    let seen = 0
    while (at < stop && byteClasses[bytes[at]!] !== 0) seen |= byteClasses[bytes[at++]!]!
    if (at === word) printed.push(bytes[at++]!)
    else if (varies(seen, at - word)) printed.push(...wildcard)
    else for (let i = word; i < at; i++) printed.push(bytes[i]!)
  }
  return new TextDecoder().decode(Uint8Array.from(printed))
}
