/**
 * Beats' processors on one record: the subset that changes or drops it by itself. What asks the
 * network, runs scripts or needs other records is refused in words.
 */
import { RE2JS } from 're2js'
import { dissectorOf } from './dissect.ts'
import { foundJson, readJsonBody } from './json-body.ts'
import { type Condition, conditionOf, flatOptions, namesOf } from './record-conditions.ts'
import { dropField, fieldOf, type RecordDraft, setField } from './record-draft.ts'

type Options = Readonly<Record<string, string>>
/** False drops the record. */
export type RecordStep = (draft: RecordDraft) => boolean
/** What is said of the source as a whole: kubernetes.namespace and the like. */
export type SourceFields = Readonly<Record<string, string>>

export type ProcessorWish = { name: string; options: Options }

/** Undefined when there is none. Those that cannot be are left out and told. */
export function recordSteps(
  wishes: readonly ProcessorWish[],
  source: SourceFields,
  tell: (problem: string) => void,
): RecordStep | undefined {
  const steps = wishes.flatMap(({ name, options }) => {
    try {
      return [conditional(name, options, source)]
    } catch (error) {
      tell(`processors.${name}: ${(error as Error).message}`)
      return []
    }
  })
  if (steps.length === 0) return undefined
  return (draft) => steps.every((step) => step(draft))
}

function conditional(name: string, options: Options, source: SourceFields): RecordStep {
  const when = below(options, 'when')
  const step = stepOf(name, options)
  if (Object.keys(when).length === 0) return step
  const holds: Condition = conditionOf(when)
  return (draft) => {
    const field = (word: string) => fieldOf(draft, word) ?? source[word]
    return holds(field) ? step(draft) : true
  }
}

function stepOf(name: string, options: Options): RecordStep {
  switch (name) {
    case 'drop_event':
      return () => false
    case 'drop_fields': {
      const names = namesOf(below(options, 'fields'))
      return keeps((draft) => {
        for (const one of names) if (one !== 'message') dropField(draft, one)
      })
    }
    case 'include_fields':
      return includeFields(namesOf(below(options, 'fields')))
    case 'add_fields':
      return added(below(options, 'fields'), options.target ?? 'fields')
    case 'add_labels':
      return added(below(options, 'labels'), 'labels')
    case 'add_tags': {
      const tags = namesOf(below(options, 'tags')).join(',')
      return keeps((draft) => setField(draft, options.target ?? 'tags', tags))
    }
    case 'rename':
    case 'copy_fields':
      return moved(options, name === 'rename')
    case 'replace':
      return replaced(options)
    case 'truncate_fields':
      return truncated(options)
    case 'decode_json_fields':
      return decoded(options)
    case 'dissect':
      return dissected(options)
    default:
      throw new Error('it is not known here')
  }
}

function keeps(change: (draft: RecordDraft) => void): RecordStep {
  return (draft) => {
    change(draft)
    return true
  }
}

function includeFields(names: readonly string[]): RecordStep {
  return keeps((draft) => {
    const isNamed = (key: string) =>
      names.some((name) => key === name || key.startsWith(`${name}.`))
    for (const key of [...draft.attributes.keys()]) if (!isNamed(key)) draft.attributes.delete(key)
  })
}

function added(fields: Options, target: string): RecordStep {
  const start = target === '' ? '' : `${target}.`
  return keeps((draft) => {
    for (const [key, value] of Object.entries(fields)) setField(draft, start + key, value)
  })
}

function moved(options: Options, isGone: boolean): RecordStep {
  const pairs = pairsOf(options)
  return keeps((draft) => {
    for (const { from = '', to = '' } of pairs) {
      const value = fieldOf(draft, from)
      // As in Beats a field that is there is not written over.
      if (value === undefined || to === '' || draft.attributes.has(to)) continue
      if (isGone) dropField(draft, from)
      setField(draft, to, value)
    }
  })
}

function replaced(options: Options): RecordStep {
  const rules = pairsOf(options).map(({ field = '', pattern = '', replacement = '' }) => ({
    ...{ field, replacement },
    pattern: RE2JS.compile(pattern),
  }))
  return keeps((draft) => {
    for (const { field, pattern, replacement } of rules) {
      const value = fieldOf(draft, field)
      if (typeof value !== 'string') continue
      setField(draft, field, pattern.matcher(value).replaceAll(replacement))
    }
  })
}

function truncated(options: Options): RecordStep {
  const names = namesOf(below(options, 'fields'))
  const bytes_max = Number(options.max_bytes ?? Number.NaN)
  const length_max = Number(options.max_characters ?? Number.NaN)
  return keeps((draft) => {
    for (const name of names) {
      const value = fieldOf(draft, name)
      if (typeof value !== 'string') continue
      let text = value
      if (text.length > length_max) text = [...text].slice(0, length_max).join('')
      if (Buffer.byteLength(text) > bytes_max) {
        // A character that is cut in two is left out.
        text = Buffer.from(text)
          .subarray(0, bytes_max)
          .toString()
          .replace(/\ufffd+$/, '')
      }
      setField(draft, name, text)
    }
  })
}

function decoded(options: Options): RecordStep {
  const names = namesOf(below(options, 'fields'))
  const { target } = options
  return keeps((draft) => {
    for (const name of names) {
      const value = fieldOf(draft, name)
      if (typeof value !== 'string' || !readJsonBody(value, draft.seconds)) continue
      const start = (target ?? name) === '' ? '' : `${target ?? name}.`
      const { keys, values, message } = foundJson
      for (let i = 0; i < keys.length; i++) draft.attributes.set(start + keys[i]!, values[i]!)
      if (message !== undefined) setField(draft, `${start}message`, message)
    }
  })
}

function dissected(options: Options): RecordStep {
  const { tokenizer = '', field = 'message', target_prefix = 'dissect' } = options
  const dissect = dissectorOf(tokenizer)
  const start = target_prefix === '' ? '' : `${target_prefix}.`
  return keeps((draft) => {
    const value = fieldOf(draft, field)
    const found = typeof value === 'string' ? dissect(value) : undefined
    if (found === undefined) draft.attributes.set('log.flags', 'dissect_parsing_error')
    else for (const [key, text] of found) setField(draft, start + key, text)
  })
}

/** `fields.0.from`, or the list as JSON. */
function pairsOf(options: Options): Record<string, string>[] {
  const fields = below(options, 'fields')
  if (fields[''] !== undefined) {
    return (JSON.parse(fields['']) as object[]).map((one) => flatOptions(one))
  }
  const numbered = new Map<string, Record<string, string>>()
  for (const [key, value] of Object.entries(fields)) {
    const [number = '', word = ''] = key.split('.', 2)
    numbered.set(number, { ...numbered.get(number), [word]: value })
  }
  return [...numbered.values()]
}

/** What is under `when.` without it; what is said of the word itself has the empty name. */
function below(options: Options, word: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [key, value] of Object.entries(options)) {
    if (key === word) found[''] = value
    else if (key.startsWith(`${word}.`)) found[key.slice(word.length + 1)] = value
  }
  return found
}
