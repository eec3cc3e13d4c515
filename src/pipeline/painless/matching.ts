/**
 * Many matches of one pattern: replacing and splitting, under a watch that ends what is
 * quadratic.
 */
import { lambda, text } from './arguments.ts'
import { textOf } from './compare.ts'
import type { Meter } from './meter.ts'
import { match_work } from './pattern.ts'
import { failArgument, failNull } from './problem.ts'
import { MatcherValue, type PatternValue, type Value } from './values.ts'

/** RE2 reads each match in linear time, but a match may look at all the rest: hence the watch. */
function eachMatch(
  pattern: PatternValue,
  self: string,
  meter: Meter,
  found: (match: MatcherValue) => boolean,
): void {
  meter.work(self.length * match_work)
  const match = new MatcherValue(pattern, self)
  while (match.matcher.find()) {
    meter.watch()
    if (!found(match)) return
  }
}

export function replaced(
  self: string,
  pattern: PatternValue,
  by: Value | undefined,
  all: boolean,
  meter: Meter,
): string {
  if (by === null || by === undefined) failNull('a replacement')
  const replace = typeof by === 'string' ? undefined : lambda(by)
  const parts = typeof by === 'string' ? replacementOf(by, pattern) : []
  let result = ''
  let from = 0
  eachMatch(pattern, self, meter, (match) => {
    const { matcher } = match
    result += self.slice(from, matcher.start())
    if (replace !== undefined) result += textOf(replace.call([match]), meter)
    else for (const part of parts) result += typeof part === 'string' ? part : partOf(match, part)
    from = matcher.end()
    meter.text(result)
    return all
  })
  return result + self.slice(from)
}

type Part = string | { group: number | string }

function partOf(match: MatcherValue, part: { group: number | string }): string {
  return match.matcher.group(part.group) ?? ''
}

/** Java's: `$1` and `${name}` are groups, a backslash takes the next sign as it is. */
function replacementOf(written: string, pattern: PatternValue): Part[] {
  if (!/[\\$]/.test(written)) return [written]
  const groups = pattern.regex.groupCount()
  const names = new Set(Object.keys(pattern.regex.namedGroups()))
  const parts: Part[] = []
  for (const [part] of written.matchAll(/\\[\s\S]|\$\d+|\$\{\w+\}|[^\\$]+|[\\$]/g)) {
    if (part.startsWith('\\') && part.length === 2) parts.push(part.charAt(1))
    else if (/^\$\d/.test(part)) {
      let digits = part.slice(1)
      while (digits.length > 1 && Number(digits) > groups) digits = digits.slice(0, -1)
      if (Number(digits) > groups) failArgument(`No group ${digits} in the pattern`)
      parts.push({ group: Number(digits) }, part.slice(1 + digits.length))
    } else if (part.startsWith('${')) {
      const group = part.slice(2, -1)
      if (!names.has(group)) failArgument(`No group with name {${group}}`)
      parts.push({ group })
    } else if (part === '$' || part === '\\') {
      failArgument(`Illegal group reference: [${part}] in the replacement`)
    } else parts.push(part)
  }
  return parts
}

/** Java drops the empty strings at the end unless a limit says otherwise. */
export function split(self: string, by: PatternValue, limit: number, meter: Meter): Value[] {
  const parts: string[] = []
  let from = 0
  eachMatch(by, self, meter, ({ matcher }) => {
    if (limit > 0 && parts.length === limit - 1) return false
    if (matcher.end() === 0) return true
    parts.push(self.slice(from, matcher.start()))
    from = matcher.end()
    meter.items(parts.length)
    return true
  })
  parts.push(self.slice(from))
  if (limit === 0) while (parts.length > 1 && parts.at(-1) === '') parts.pop()
  return parts
}

export function splitOnToken(self: string, args: Value[], limit: number, meter: Meter): Value[] {
  const token = text(args[0])
  meter.work(self.length)
  if (token === '') return [self]
  const parts: Value[] = []
  let from = 0
  for (let at = self.indexOf(token); at >= 0; at = self.indexOf(token, from)) {
    if (limit > 0 && parts.length === limit - 1) break
    parts.push(self.slice(from, at))
    from = at + token.length
    meter.items(parts.length)
  }
  parts.push(self.slice(from))
  return parts
}
