/** The tree of a script. Every node knows its place (`at`) and how deep the tree is below it. */

type Node = { at: number; depth: number }
export type TypeName = string

export type Literal = Node & { kind: 'literal'; type: TypeName; value: LiteralValue }
export type LiteralValue = null | boolean | number | bigint | string
export type Member = Node & { kind: 'member'; target: Expression; name: string; safe: boolean }
export type Index = Node & { kind: 'index'; target: Expression; index: Expression }
export type Name = Node & { kind: 'name'; name: string }
export type MethodCall = Node & {
  kind: 'call'
  target: Expression
  name: string
  args: Expression[]
  safe: boolean
}
export type Binary = Node & { kind: 'binary'; sign: string; left: Expression; right: Expression }
export type Assign = Node & { kind: 'assign'; sign: string; target: Expression; value: Expression }
export type Step = Node & { kind: 'step'; by: 1 | -1; before: boolean; target: Expression }
export type Parameter = { name: string; type: TypeName; at: number }
export type Lambda = Node & {
  kind: 'lambda'
  parameters: Parameter[]
  body: Statement
}
export type Reference = Node & { kind: 'reference'; owner: string; name: string }

export type Expression =
  | Literal
  | Name
  | Member
  | Index
  | MethodCall
  | Binary
  | Assign
  | Step
  | Lambda
  | Reference
  | (Node & { kind: 'list'; items: Expression[] })
  | (Node & { kind: 'map'; keys: Expression[]; values: Expression[] })
  | (Node & { kind: 'regex'; source: string; flags: string })
  | (Node & { kind: 'apply'; name: string; args: Expression[] })
  | (Node & { kind: 'static_field'; type: TypeName; name: string })
  | (Node & { kind: 'static_call'; type: TypeName; name: string; args: Expression[] })
  | (Node & { kind: 'new'; type: TypeName; args: Expression[] })
  | (Node & { kind: 'new_array'; type: TypeName; sizes: Expression[]; items?: Expression[] })
  | (Node & { kind: 'unary'; sign: string; operand: Expression })
  | (Node & { kind: 'chain'; sign: '&&' | '||'; items: Expression[] })
  | (Node & { kind: 'conditional'; test: Expression; yes: Expression; no: Expression })
  | (Node & { kind: 'elvis'; left: Expression; right: Expression })
  | (Node & { kind: 'instanceof'; operand: Expression; type: TypeName })
  | (Node & { kind: 'cast'; operand: Expression; type: TypeName })

export type Declaration = Node & {
  kind: 'declare'
  type: TypeName
  names: { name: string; at: number; value?: Expression }[]
}
export type ForEach = Node & {
  kind: 'each'
  type: TypeName
  name: string
  items: Expression
  body: Statement
}
export type Loop = Node & {
  kind: 'loop'
  start?: Statement
  test?: Expression
  after?: Expression
  body: Statement
  testFirst: boolean
}
export type Catch = { type: TypeName; name: string; at: number; body: Statement }

export type Statement =
  | Declaration
  | ForEach
  | Loop
  | (Node & { kind: 'evaluate'; value: Expression })
  | (Node & { kind: 'block'; statements: Statement[] })
  | (Node & { kind: 'if'; arms: { test: Expression; body: Statement }[]; otherwise?: Statement })
  | (Node & { kind: 'return'; value?: Expression })
  | (Node & { kind: 'throw'; value: Expression })
  | (Node & { kind: 'try'; body: Statement; catches: Catch[] })
  | (Node & { kind: 'break' })
  | (Node & { kind: 'continue' })

export type FunctionTree = {
  name: string
  type: TypeName
  parameters: Parameter[]
  body: Statement
  at: number
}
export type ScriptTree = { functions: FunctionTree[]; statements: Statement[] }
