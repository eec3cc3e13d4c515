/** Processors in hints: numbered ones first and in order, each a name with flat dotted options. */

import type { HintGroup } from './hint-keys.ts'
import type { HintProblem } from './log-hints.ts'

export type Processor = { name: string; options: Readonly<Record<string, string>> }

const json_bytes_max = 16 * 1024

export function processorsOf(group: HintGroup, problems: HintProblem[]): Processor[] {
  const whole = group.get('processors')
  if (whole !== undefined) return fromJson('processors', whole, problems)
  const numbered = new Map<string, Processor & { order: number }>()
  for (const [hint, value] of group) {
    if (!hint.startsWith('processors.')) continue
    const found = /^processors\.(?:(\d{1,6})\.)?([^.]+)(?:\.(.+))?$/.exec(hint)
    if (found === null) {
      const number = /^processors\.(\d{1,6})$/.exec(hint)?.[1]
      if (number === undefined) continue
      for (const one of fromJson(hint, value, problems)) {
        numbered.set(`${number} ${one.name}`, { ...one, order: Number(number) })
      }
      continue
    }
    const [, number, name = '', option = ''] = found
    const order = number === undefined ? Number.POSITIVE_INFINITY : Number(number)
    const key = `${number ?? ''} ${name}`
    const options = { ...numbered.get(key)?.options, ...(option === '' ? {} : { [option]: value }) }
    numbered.set(key, { name, options, order })
  }
  return [...numbered.values()]
    .sort((a, b) => (a.order === b.order ? 0 : a.order - b.order))
    .map(({ name, options }) => ({ name, options }))
}

function fromJson(hint: string, text: string, problems: HintProblem[]): Processor[] {
  try {
    if (text.length > json_bytes_max) throw new Error(`it is longer than ${json_bytes_max}`)
    const value: unknown = JSON.parse(text)
    return (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
      Object.entries(objectOf(one)).map(([name, options]) => ({
        name,
        options: flat(objectOf(options), ''),
      })),
    )
  } catch (error) {
    problems.push({ hint, reason: `no JSON of processors: ${(error as Error).message}` })
    return []
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new Error('expected an object')
}

function flat(value: Record<string, unknown>, start: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [key, one] of Object.entries(value)) {
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) {
      Object.assign(found, flat(one as Record<string, unknown>, `${start}${key}.`))
    } else found[start + key] = typeof one === 'string' ? one : JSON.stringify(one)
  }
  return found
}
