/** Finds in a text where something is that a server names by its path in the JSON that was sent. */
import type { JsonMember, JsonNode } from './lenient-json.ts'

export type Place = { from: number; to: number }

/**
 * The place of `processors[3].set.value`, or of the closest thing around it that is there. A line
 * and a column are those within a text, such as a script's.
 */
export function placeOf(
  source: string,
  root: JsonNode,
  path: string,
  position?: { line: number; column: number },
): Place {
  const found = follow(root, stepsOf(path))
  const { node, member } = found
  if (node.kind === 'string' && position !== undefined) {
    const from = placeInText(source, node, position)
    return { from, to: Math.min(from + 1, node.to) }
  }
  const isBlock = node.kind === 'object' || node.kind === 'array'
  if (!isBlock) return { from: node.from, to: node.to }
  return member === undefined ? { from: node.from, to: node.from + 1 } : member.key_at
}

function stepsOf(path: string): string[] {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((step) => step !== '')
}

type Found = { node: JsonNode; member: JsonMember | undefined }

/** Names may hold dots: the longest that is there wins. */
function follow(root: JsonNode, steps: readonly string[]): Found {
  let found: Found = { node: root, member: undefined }
  for (let at = 0; at < steps.length; ) {
    const { node } = found
    if (node.kind === 'array') {
      const item = node.items[Number(steps[at])]
      if (item === undefined) return found
      found = { node: item, member: found.member }
      at++
      continue
    }
    if (node.kind !== 'object') return found
    const taken = memberOf(node.members, steps.slice(at))
    if (taken === undefined) return found
    found = { node: taken.member.value, member: taken.member }
    at += taken.steps
  }
  return found
}

function memberOf(members: readonly JsonMember[], steps: readonly string[]) {
  for (let count = steps.length; count > 0; count--) {
    const key = steps.slice(0, count).join('.')
    const member = members.find((one) => one.key === key)
    if (member !== undefined) return { member, steps: count }
  }
  return undefined
}

type TextNode = Extract<JsonNode, { kind: 'string' }>

function placeInText(source: string, node: TextNode, at: { line: number; column: number }): number {
  const before = node.text
    .split('\n')
    .slice(0, at.line - 1)
    .reduce((sum, line) => sum + line.length + 1, 0)
  const wanted = Math.min(before + at.column - 1, Math.max(0, node.text.length - 1))
  if (node.is_triple) return node.from + 3 + wanted
  let raw = node.from + 1
  for (let seen = 0; seen < wanted && raw < node.to - 1; seen++) {
    raw += source[raw] !== '\\' ? 1 : source[raw + 1] === 'u' ? 6 : 2
  }
  return Math.min(raw, node.to - 1)
}
