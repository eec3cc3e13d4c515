/** The tree of an ES|QL query: what parse.ts makes, print.ts writes and compile.ts computes. */

/** Offsets in the text. */
export type Span = { from: number; to: number }

export type Literal = Span & {
  tag: 'literal'
  value: string | number | boolean | null
  /** An amount of time: `1 hour`, `30d`. */
  unit?: string
  /** A number that was written with a point or an exponent. */
  isDouble?: boolean
}
export type Expression =
  | Literal
  | (Span & { tag: 'column'; name: string })
  | (Span & { tag: 'param'; name: string })
  | (Span & { tag: 'list'; items: readonly Expression[] })
  | (Span & { tag: 'call'; name: string; args: readonly Expression[]; isStar: boolean })
  | (Span & { tag: 'binary'; operator: string; left: Expression; right: Expression })
  | (Span & { tag: 'not' | 'negative'; inner: Expression })
  | (Span & { tag: 'in'; value: Expression; items: readonly Expression[]; isNot: boolean })
  | (Span & { tag: 'null'; value: Expression; isNot: boolean })
  | (Span & { tag: 'cast'; value: Expression; type: string })

/** A result by a name, or by the text that it was written as. */
export type Named = { name: string; value: Expression; filter?: Expression; isNamed: boolean }

export type Command =
  | (Span & { tag: 'from'; indices: string; metadata: readonly string[] })
  | (Span & { tag: 'row'; fields: readonly Named[] })
  | (Span & { tag: 'where'; condition: Expression })
  | (Span & { tag: 'eval'; fields: readonly Named[] })
  | (Span & { tag: 'stats'; results: readonly Named[]; by: readonly Named[] })
  | (Span & { tag: 'sort'; keys: readonly SortKey[] })
  | (Span & { tag: 'limit'; count: number })
  | (Span & { tag: 'keep' | 'drop'; patterns: readonly Pattern[] })
  | (Span & { tag: 'rename'; pairs: readonly { from: Pattern; to: string }[] })
  | (Span & { tag: 'dissect'; input: Expression; pattern: string; separator: string })
  | (Span & { tag: 'grok'; input: Expression; pattern: string })
  | (Span & { tag: 'mv_expand'; column: Pattern })

export type Pattern = Span & { name: string }
export type SortKey = {
  value: Expression
  isDescending: boolean
  nulls: 'first' | 'last' | undefined
}

export type EsqlQuery = { commands: readonly Command[] }
