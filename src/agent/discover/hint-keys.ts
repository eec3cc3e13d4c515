/**
 * Reads the grammar of hint annotations: `co.elastic.<kind>[.<container>]/[<N>.]<hint>`. Container
 * beats pod; numbered groups come in their order, what has no number comes last.
 */

export type HintGroup = ReadonlyMap<string, string>

const prefix = 'co.elastic.'

/** Always at least one group, which may be empty. */
export function hintGroups(
  annotations: Readonly<Record<string, string>>,
  kind: 'logs' | 'metrics' | 'hints',
  container: string | undefined,
): HintGroup[] {
  const merged = new Map(hintsOf(annotations, `${prefix}${kind}/`))
  if (container !== undefined) {
    for (const [hint, value] of hintsOf(annotations, `${prefix}${kind}.${container}/`)) {
      merged.set(hint, value)
    }
  }
  const numbered = new Map<number, Map<string, string>>()
  const plain = new Map<string, string>()
  for (const [hint, value] of merged) {
    const found = /^(\d{1,6})\.(.+)$/.exec(hint)
    if (found === null) {
      plain.set(hint, value)
      continue
    }
    const number = Number(found[1])
    const group = numbered.get(number) ?? new Map<string, string>()
    numbered.set(number, group.set(found[2]!, value))
  }
  const groups = [...numbered].sort(([a], [b]) => a - b).map(([, group]) => group)
  // `enabled` alone is said of the container, it is no input of its own.
  const isInput = [...plain.keys()].some((hint) => hint !== 'enabled')
  return isInput || groups.length === 0 ? [...groups, plain] : groups
}

function* hintsOf(annotations: Readonly<Record<string, string>>, start: string) {
  for (const [key, value] of Object.entries(annotations)) {
    if (key.startsWith(start)) yield [key.slice(start.length), value.trim()] as const
  }
}

/** Undefined when it is neither. */
export function truth(text: string | undefined): boolean | undefined {
  const word = text?.trim().toLowerCase()
  if (word === 'true' || word === '1') return true
  return word === 'false' || word === '0' ? false : undefined
}

export function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

/** What is under `json.` without that prefix. */
export function under(group: HintGroup, start: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [hint, value] of group) {
    if (hint.startsWith(`${start}.`)) found[hint.slice(start.length + 1)] = value
  }
  return found
}

/** `1m`, `500ms`, `1m30s`; a bare number is seconds. */
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  const parts = [...text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0)
}
