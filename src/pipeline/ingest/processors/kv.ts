/** kv: pairs of key and value in a text become fields. */
import { fieldPath, type IngestRun } from '../ingest-run.ts'
import type { ProcessorOptions } from '../options.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'
import { UserRegex } from '../user-regex.ts'

type Split = (text: string, run: IngestRun) => string[]

export const kv: ProcessorKind = {
  type: 'kv',
  compile(options) {
    const field = options.fieldTemplate('field')
    const target = options.optionalTemplate('target_field')
    const fields = splitOf(options, 'field_split', 0)
    const valueSplit = options.has('value_split') ? String(options.peek('value_split')) : ''
    const values = splitOf(options, 'value_split', 2)
    const included = options.optionalStrings('include_keys')
    const excluded = new Set(options.optionalStrings('exclude_keys') ?? [])
    const includedKeys = included === undefined ? undefined : new Set(included)
    const prefix = options.string('prefix', '')
    const trimKey = trimOf(options, 'trim_key')
    const trimValue = trimOf(options, 'trim_value')
    const isStripping = options.boolean('strip_brackets', false)
    const ignoreMissing = options.boolean('ignore_missing', false)
    return (run) => {
      const path = field(run)
      const text = run.find(path) === undefined ? undefined : run.readText(path, ignoreMissing)
      if (text === undefined || text === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(
          text === null
            ? `field [${path.text}] is null, cannot extract key-value pairs.`
            : `field [${path.text}] doesn't exist`,
        )
      }
      const under = target?.render(run) ?? ''
      const start = under === '' ? prefix : `${under}.${prefix}`
      for (const pair of fields(text, run)) {
        const [word = '', value, more] = values(pair, run)
        if (value === undefined || more !== undefined) {
          throw new ProcessorFailure(
            `field [${path.text}] does not contain value_split [${valueSplit}]`,
          )
        }
        const key = trimKey(word)
        if (excluded.has(key) || includedKeys?.has(key) === false) continue
        const bare = isStripping ? stripped(value) : value
        const place = fieldPath(start + key)
        if (run.find(place) === undefined) run.write(place, trimValue(bare))
        else run.append(place, trimValue(bare))
      }
      return undefined
    }
  },
}

/** As Java's split with this limit; plain separators need no expression. */
function splitOf(options: ProcessorOptions, name: string, limit: number): Split {
  const separator = options.string(name)
  // Pairs whose values have spaces are told apart by the key that comes next: ` (?=\w+=)`.
  const ahead = limit === 0 ? /^([^()]+)\(\?=([^()]+)\)$/.exec(separator) : null
  if (ahead !== null) {
    const before = options.reading(name, () => new UserRegex(`(${ahead[1]})(?:${ahead[2]})`))
    return (text, run) => splitBefore(before, text, run)
  }
  const regex = options.reading(name, () => new UserRegex(separator))
  if (!/^[^\\[\](){}.*+?^$|]+$/u.test(separator))
    return (text, run) => regex.split(text, limit, run)
  if (limit === 2) {
    return (text) => {
      const at = text.indexOf(separator)
      return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
    }
  }
  return (text) => {
    const pieces = text.split(separator)
    if (pieces.length > 1) while (pieces.at(-1) === '') pieces.pop()
    return pieces
  }
}

/** Splits at the first group; what else the expression finds is the beginning of a piece. */
function splitBefore(regex: UserRegex, text: string, run: IngestRun): string[] {
  const search = regex.search(text, run)
  const pieces: string[] = []
  let at = 0
  while (search.find()) {
    pieces.push(text.slice(at, search.start()))
    at = search.start() + (search.group(1)?.length ?? 0)
  }
  pieces.push(text.slice(at))
  return pieces.filter((piece) => piece !== '')
}

/** The option is what stands between the brackets of a class; most are plain characters. */
function trimOf(options: ProcessorOptions, name: string): (text: string) => string {
  const set = options.optionalString(name)
  if (set === undefined || set === '') return (text) => text
  const regex = options.reading(name, () => new UserRegex(`[${set}]`))
  const known = new Map<string, boolean>()
  const isIn = (character: string) => {
    let found = known.get(character)
    if (found === undefined) {
      found = regex.re.matcher(character).matches()
      if (known.size < 1024) known.set(character, found)
    }
    return found
  }
  return (text) => {
    let start = 0
    let end = text.length
    while (start < end && isIn(text[start]!)) start++
    while (end > start && isIn(text[end - 1]!)) end--
    return text.slice(start, end)
  }
}

function stripped(text: string): string {
  return text.replace(/^[([<"']/, '').replace(/[\])>"']$/, '')
}
