/** The tree of a search: what parse.ts makes, print.ts writes and store/where.ts compiles. */

/**
 * Literal text between wildcards: one piece is a plain value, `api*` is ['api', '']. Escapes are
 * already resolved, so a star inside a piece is a star.
 */
export type Pieces = readonly string[]

/** Zero-based positions in the text, for messages, highlighting and completion. */
export type Span = { from: number; to: number }

export type Comparison = ':' | '<' | '<=' | '>' | '>='

export type Compare = Span & {
  tag: 'compare'
  field: string
  operator: Comparison
  value: Pieces
  /** Where the value stands, for messages about its type. */
  value_from: number
}
export type Exists = Span & { tag: 'exists'; field: string }
export type Text = Span & { tag: 'text'; value: Pieces }

export type SearchTree =
  | { tag: 'all' }
  | (Span & { tag: 'and' | 'or'; parts: readonly SearchTree[] })
  | (Span & { tag: 'not'; part: SearchTree })
  | Compare
  | Exists
  | Text

export const all: SearchTree = { tag: 'all' }

/** And, or: nested ones of the same kind become one, so that a tree has one form. */
export function joined(tag: 'and' | 'or', parts: readonly SearchTree[], span: Span): SearchTree {
  if (parts.length === 1) return parts[0]!
  const flat = parts.flatMap((part) => (part.tag === tag ? part.parts : [part]))
  return { tag, parts: flat, ...span }
}

/** A plain value's text; undefined when it has wildcards. */
export function plain(value: Pieces): string | undefined {
  return value.length === 1 ? value[0] : undefined
}

/** A value that is nothing but wildcards. */
export function isAny(value: Pieces): boolean {
  return value.length > 1 && value.every((piece) => piece === '')
}

/** Calls visit for every node that asks something of a row. */
export function eachTerm(tree: SearchTree, visit: (term: Compare | Exists | Text) => void): void {
  switch (tree.tag) {
    case 'all':
      return
    case 'and':
    case 'or':
      for (const part of tree.parts) eachTerm(part, visit)
      return
    case 'not':
      eachTerm(tree.part, visit)
      return
    default:
      visit(tree)
  }
}
