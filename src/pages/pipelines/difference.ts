/** What a pipeline did to a document: fields added, changed and removed, one line each. */

export type Change = {
  path: string
  kind: 'added' | 'changed' | 'removed'
  before: string
  after: string
}

export function differenceOf(before: unknown, after: unknown): Change[] {
  const had = leavesOf(before)
  const has = leavesOf(after)
  const changes: Change[] = []
  for (const [path, value] of had) {
    const now = has.get(path)
    if (now === undefined) changes.push({ path, kind: 'removed', before: shown(value), after: '' })
    else if (key(value) !== key(now)) {
      changes.push({ path, kind: 'changed', before: shown(value), after: shown(now) })
    }
  }
  for (const [path, value] of has) {
    if (!had.has(path)) changes.push({ path, kind: 'added', before: '', after: shown(value) })
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

type Leaf = { value: unknown }

/** Fields that hold no fields; lists are values, and so are objects with nothing in them. */
function leavesOf(document: unknown): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  const walk = (value: unknown, path: string) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    const members = isObject ? Object.entries(value) : []
    if (members.length === 0) leaves.set(path, { value })
    for (const [name, member] of members) walk(member, path === '' ? name : `${path}.${name}`)
  }
  const isEmpty = typeof document === 'object' && Object.keys(document ?? {}).length === 0
  if (!isEmpty) walk(document, '')
  return leaves
}

function key({ value }: Leaf): string {
  return JSON.stringify(value) ?? ''
}

function shown({ value }: Leaf): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
