/** Completion inside of a pipeline's definition: processors, their options and the choices. */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete'
import { t } from '../i18n/translate.ts'
import { contextAt, type JsonContext } from './json-context.ts'
import { type ProcessorOption, processorOf, processors } from './processors.ts'

/** `from`: where the JSON begins; `under`: on the way to which key the definition stands in it. */
export function completePipeline(
  context: CompletionContext,
  from = 0,
  under: readonly string[] = [],
): CompletionResult | null {
  const text = context.state.doc.toString()
  const found = contextAt(text, from, context.pos)
  if (found === undefined) return null
  if (!context.explicit && found.typed === '' && !found.in_text) return null
  const options = optionsFor(found, under)
  if (options.length === 0) return null
  const hasQuote = found.in_text && text[context.pos] === '"'
  return {
    from: found.in_text ? found.from - 1 : found.from,
    ...(hasQuote && { to: context.pos + 1 }),
    options,
    filter: true,
    validFor: /^"?[\w.]*"?$/,
  }
}

const lists = ['processors', 'on_failure']
const definitionKeys = [
  ['processors', '[\n  #{}\n]'],
  ['description', '"#{}"'],
  ['on_failure', '[\n  #{}\n]'],
  ['version', '#{1}'],
  ['_meta', '{ #{} }'],
] as const

function optionsFor(found: JsonContext, under: readonly string[]): Completion[] {
  const isUnder = under.every((key, at) => found.path[at] === key)
  if (!isUnder) return []
  const path = found.path.slice(under.length)
  if (path.length === 0 && found.at === 'key') {
    return definitionKeys
      .filter(([key]) => !found.keys.includes(key))
      .map(([key, value]) => snippetCompletion(`"${key}": ${value}`, { label: `"${key}"` }))
  }
  const last = path.at(-1)
  const inList = typeof last === 'number' && lists.includes(String(path.at(-2)))
  if (found.at === 'key' && (inList || last === 'processor')) return processorChoices()
  if (found.at === 'value' && inList) return processorChoices(true)
  const kind = isProcessor(path) ? processorOf(String(last)) : undefined
  if (kind === undefined) return []
  if (found.at === 'key') {
    return kind.options.filter(({ name }) => !found.keys.includes(name)).map(optionChoice)
  }
  const values = kind.options.find(({ name }) => name === found.key)?.values ?? []
  return values.map((value) => ({ label: value }))
}

/** The last key is the type of a processor in a list, or of the one within foreach. */
function isProcessor(path: readonly (string | number)[]): boolean {
  const isInner = path.at(-2) === 'processor'
  return isInner || (typeof path.at(-2) === 'number' && lists.includes(String(path.at(-3))))
}

function processorChoices(withBraces = false): Completion[] {
  return processors.map(({ type, snippet }) => {
    const member = `"${type}": ${snippet}`
    return snippetCompletion(withBraces ? `{ ${member} }` : member, { label: `"${type}"` })
  })
}

function optionChoice({ name, is_required, values }: ProcessorOption): Completion {
  const [first = ''] = values
  const value = first === '' ? '"#{}"' : /^["[{]/.test(first) ? first : `#{${first}}`
  return snippetCompletion(`"${name}": ${value}`, {
    label: `"${name}"`,
    boost: is_required ? 1 : 0,
    ...(is_required && { detail: t('editor.required') }),
  })
}
