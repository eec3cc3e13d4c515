/** Pairs of logfmt in a line, cut as go-logfmt cuts them; what does not fit is skipped or told. */
import { unquote } from '../go-strings.ts'

// Blanks are everything up to the space, as in Go.
const gap = '[^!-\\uffff]'
const bare = '[!#-<>-\\uffff]'
const quotedText = '"(?:[^"\\\\]|\\\\[\\s\\S])*"'
const end = `(?=${gap}|$)`
const pair = new RegExp(
  `${gap}*(?:(${bare}+)(?:=(?:(${quotedText})|(${bare}*)${end})|${end}))`,
  'y',
)
const blank = /[^!-\uffff]*$/y
const rest = /[^!-\uffff]*[!-\uffff]*/y

/** Calls `take` for every pair; false when a strict reader must stop at something else. */
export function eachPair(
  line: string,
  isStrict: boolean,
  take: (key: string, value: string) => void,
): { problem: string } {
  let at = 0
  while (at < line.length) {
    blank.lastIndex = at
    if (blank.test(line)) break
    pair.lastIndex = at
    const found = pair.exec(line)
    const quoted = found?.[2]
    const value = quoted === undefined ? (found?.[3] ?? '') : unquote(quoted)
    if (found === null || value === undefined) {
      if (isStrict)
        return { problem: `logfmt syntax error at pos ${at + 1} : unexpected character` }
      rest.lastIndex = at
      rest.test(line)
      at = rest.lastIndex
      continue
    }
    at = pair.lastIndex
    take(found[1]!, value.includes('\ufffd') ? '' : value)
  }
  return { problem: '' }
}
