/** Prints what lenient-json.ts read: as plain JSON for the wire, or with line breaks for people. */
import { type JsonNode, readJson } from './lenient-json.ts'

/** JSON on one line; numbers stay as they were written. */
export function strictJson(node: JsonNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.text
    case 'string':
      return JSON.stringify(node.text)
    case 'array':
      return `[${node.items.map(strictJson).join(',')}]`
    case 'object': {
      const members = node.members.map(
        ({ key, value }) => `${JSON.stringify(key)}:${strictJson(value)}`,
      )
      return `{${members.join(',')}}`
    }
  }
}

const short_length_max = 72

/** Texts of several lines stand in triple quotes; short lists and objects stay on one line. */
export function prettyJson(node: JsonNode, indent = ''): string {
  if (node.kind === 'scalar') return node.text
  if (node.kind === 'string') return prettyText(node.text)
  const parts = partsOf(node, indent)
  const [open, close] = node.kind === 'object' ? ['{', '}'] : ['[', ']']
  if (parts.length === 0) return `${open}${close}`
  if (isShort(node, parts)) {
    const line = parts.join(', ')
    return node.kind === 'object' ? `{ ${line} }` : `[${line}]`
  }
  const inner = `${indent}  `
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`
}

function prettyText(text: string): string {
  const isScript = text.includes('\n') && !text.includes('"""') && !text.endsWith('"')
  return isScript ? `"""${text}"""` : JSON.stringify(text)
}

function partsOf(node: JsonNode, indent: string): string[] {
  const inner = `${indent}  `
  if (node.kind === 'array') return node.items.map((item) => prettyJson(item, inner))
  if (node.kind !== 'object') return []
  return node.members.map(({ key, value }) => `${JSON.stringify(key)}: ${prettyJson(value, inner)}`)
}

/** Lists of plain values, and objects of two plain members such as a field and its value. */
function isShort(node: JsonNode, parts: readonly string[]): boolean {
  const values =
    node.kind === 'array'
      ? node.items
      : node.kind === 'object'
        ? node.members.map(({ value }) => value)
        : []
  const isPlain = values.every(({ kind }) => kind === 'scalar' || kind === 'string')
  const length = parts.join(', ').length
  const isOne = node.kind === 'array' || values.length <= 1
  return isPlain && isOne && length <= short_length_max && !parts.some((it) => it.includes('\n'))
}

/** A value that came as JSON, for people to read and edit. */
export function printValue(value: unknown): string {
  const [node] = readJson(JSON.stringify(value) ?? 'null').values
  return node === undefined ? '' : prettyJson(node)
}
