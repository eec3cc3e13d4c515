/** Tree to search text, in the shortest form that parses back to the same tree. */
import { isAny, type Pieces, plain, type SearchTree } from './tree.ts'

export function print(tree: SearchTree): string {
  return tree.tag === 'all' ? '' : write(tree, 'or')
}

/** Binds tighter to the right: what stands inside something tighter needs parentheses. */
type Place = 'or' | 'and' | 'not'

function write(tree: SearchTree, place: Place): string {
  switch (tree.tag) {
    case 'all':
      return '*'
    case 'text':
      return printValue(tree.value)
    case 'exists':
      return `${printField(tree.field)}:*`
    case 'compare':
      return tree.operator === ':'
        ? `${printField(tree.field)}:${printValue(tree.value)}`
        : `${printField(tree.field)} ${tree.operator} ${printValue(tree.value)}`
    case 'not':
      return `not ${write(tree.part, 'not')}`
    case 'and': {
      const text = tree.parts.map((part) => write(part, 'and')).join(' and ')
      return place === 'not' ? `(${text})` : text
    }
    case 'or': {
      const oneField = writeOneField(tree.parts)
      if (oneField !== undefined) return oneField
      const text = tree.parts.map((part) => write(part, 'or')).join(' or ')
      return place === 'or' ? text : `(${text})`
    }
  }
}

/** `pod:a or pod:b` reads better as `pod:(a or b)`. */
function writeOneField(parts: readonly SearchTree[]): string | undefined {
  const values: string[] = []
  let field: string | undefined
  for (const part of parts) {
    if (part.tag !== 'compare' || part.operator !== ':') return undefined
    if (field !== undefined && part.field !== field) return undefined
    field = part.field
    values.push(printValue(part.value))
  }
  return field === undefined ? undefined : `${printField(field)}:(${values.join(' or ')})`
}

/** A field as it must be typed. A star in it is a wildcard. */
export function printField(field: string): string {
  if (isPlainWord(field)) return field
  return field.includes('*') ? field.split('*').map(escaped).join('*') : quoted(field)
}

export function printValue(value: Pieces): string {
  const text = plain(value)
  if (text === undefined) return isAny(value) ? '*' : value.map(escaped).join('*')
  return isPlainWord(text) ? text : quoted(text)
}

/** Words that no reader of the text could take for anything else. */
function isPlainWord(text: string): boolean {
  return (
    /^[\p{L}\p{N}_./@%+#,;=~$&|!?^'][\p{L}\p{N}_./@%+#,;=~$&|!?^'-]*$/u.test(text) &&
    !/^(?:and|or|not)$/i.test(text)
  )
}

/** Quotes keep everything but the quote and the backslash as it is. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\n\r\t]/g, controlOf)}"`
}

/** The same outside quotes, where wildcards are. */
function escaped(text: string): string {
  return text.replace(/[\\():<>"*{}-]|\s/g, (character) =>
    '\n\r\t'.includes(character) ? controlOf(character) : `\\${character}`,
  )
}

const controls: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function controlOf(character: string): string {
  return controls[character]!
}
