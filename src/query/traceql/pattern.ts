/** Regular expressions of TraceQL: RE2's, over the whole value, where a dot is any character. */
import { RE2JS } from 're2js'

const pattern_length_max = 4096

/** Throws when it is none. */
export function compilePattern(text: string): (value: string) => boolean {
  if (text.length > pattern_length_max) throw new Error(`longer than ${pattern_length_max}`)
  if (text.includes('\0')) throw new Error('holds a NUL')
  RE2JS.compile(text)
  const compiled = RE2JS.compile(wholePattern(text))
  return (value) => compiled.matcher(value).find()
}

/** As the engine takes it, too. */
export function wholePattern(text: string): string {
  return `^(?s:${text})$`
}
