/** Patterns that people write in dashboards: RE2, so that none can take long. Pure. */
import { RE2JS } from 're2js'

export type Pattern = {
  /** Anywhere in the text. */
  finds: (text: string) => boolean
  /** The named group `value`, the first group, or the whole; undefined when it does not match. */
  part: (text: string) => string | undefined
  replaces: (text: string, to: string) => string
}

const kept = new Map<string, Pattern | undefined>()

/** `/…/i` as others write it, or the pattern alone. Undefined when it is none. */
export function patternOf(text: string): Pattern | undefined {
  if (!kept.has(text)) {
    if (kept.size > 500) kept.clear()
    kept.set(text, compiled(text))
  }
  return kept.get(text)
}

function compiled(text: string): Pattern | undefined {
  const slashed = /^\/([\s\S]*)\/([a-z]*)$/.exec(text)
  const source = slashed?.[1] ?? text
  const flags = slashed?.[2]?.includes('i') === true ? RE2JS.CASE_INSENSITIVE : 0
  try {
    const made = RE2JS.compile(source.replaceAll('(?<', '(?P<'), flags)
    return {
      finds: (value) => made.matcher(value).find(),
      part: (value) => {
        const matcher = made.matcher(value)
        if (!matcher.find()) return undefined
        if (source.includes('<value>')) return matcher.group('value') ?? undefined
        return matcher.groupCount() > 0 ? (matcher.group(1) ?? undefined) : value
      },
      replaces: (value, to) => made.matcher(value).replaceAll(to),
    }
  } catch {
    return undefined
  }
}
