/** Operands: literals, names, lists and maps, `new`, statics, lambdas and method references. */
import { expressionOf, number, typeOf } from './parse-expression.ts'
import { blockOf } from './parse-statement.ts'
import type { TokenReader } from './token-reader.ts'
import type { Expression, Parameter } from './tree.ts'

export const keywords = new Set(
  'if else while do for in continue break return new try catch throw this instanceof'.split(' '),
)

export function operandOf(reader: TokenReader): Expression {
  const { kind, text, offset: at, flags } = reader.token()
  if (kind === 'number') return number(reader, false)
  if (kind === 'string') {
    reader.at += 1
    return { kind: 'literal', type: 'String', value: text, at, depth: 1 }
  }
  if (kind === 'regex') {
    reader.at += 1
    return { kind: 'regex', source: text, flags: flags ?? '', at, depth: 1 }
  }
  if (kind === 'name') return named(reader)
  if (text === '(') {
    const lambda = lambdaOf(reader)
    if (lambda !== undefined) return lambda
    reader.at += 1
    const inner = expressionOf(reader)
    reader.expect(')')
    return inner
  }
  if (text === '[') return listOrMap(reader)
  return reader.refuse(`expected an expression, got ${reader.got()}`)
}

function named(reader: TokenReader): Expression {
  const { text, offset: at } = reader.token()
  if (text === 'true' || text === 'false') {
    reader.at += 1
    return { kind: 'literal', type: 'boolean', value: text === 'true', at, depth: 1 }
  }
  if (text === 'null') {
    reader.at += 1
    return { kind: 'literal', type: 'null', value: null, at, depth: 1 }
  }
  if (text === 'new') return created(reader)
  const lambda = lambdaOf(reader)
  if (lambda !== undefined) return lambda
  if (reader.isSign('::', 1)) {
    reader.at += 2
    return reference(reader, text, at)
  }
  if (keywords.has(text)) reader.refuse(`expected an expression, got the word [${text}]`)
  const type = reader.typeAt()
  if (type !== undefined) return staticOf(reader, type)
  reader.at += 1
  if (reader.isSign('(')) {
    const args = argumentsOf(reader)
    return { kind: 'apply', name: text, args, at, depth: reader.depthOf(args) }
  }
  return { kind: 'name', name: text, at, depth: 1 }
}

function reference(reader: TokenReader, owner: string, at: number): Expression {
  const { text: name } = reader.expectName('the name of a method')
  return { kind: 'reference', owner, name, at, depth: 1 }
}

/** `Integer.parseInt(x)`, `Integer.MAX_VALUE`, `List::size`. */
function staticOf(reader: TokenReader, type: { name: string; end: number }): Expression {
  const at = reader.token().offset
  reader.at = type.end
  if (reader.took('::')) return reference(reader, type.name, at)
  if (!reader.isSign('.')) {
    reader.refuse(`[${type.name}] is a type; expected a value here`, at)
  }
  reader.at += 1
  const { text: name, offset } = reader.expectName('the name of a static method or field')
  if (!reader.isSign('(')) {
    return { kind: 'static_field', type: type.name, name, at: offset, depth: 1 }
  }
  const args = argumentsOf(reader)
  const depth = reader.depthOf(args)
  return { kind: 'static_call', type: type.name, name, args, at: offset, depth }
}

export function argumentsOf(reader: TokenReader): Expression[] {
  reader.expect('(')
  const args: Expression[] = []
  if (reader.took(')')) return args
  do args.push(expressionOf(reader))
  while (reader.took(','))
  reader.expect(')')
  return args
}

/** `x -> …`, `(a, b) -> …`, `(String a) -> …`: undefined where none begins here. */
function lambdaOf(reader: TokenReader): Expression | undefined {
  const at = reader.token().offset
  const parameters: Parameter[] = []
  if (reader.isSign('->', 1) && reader.token().kind === 'name') {
    parameters.push({ name: reader.token().text, type: 'def', at })
    reader.at += 1
  } else {
    const close = reader.isSign('(') ? reader.closes() : undefined
    if (close === undefined || reader.tokens[close + 1]?.text !== '->') return undefined
    parameters.push(...parametersOf(reader))
  }
  reader.expect('->')
  if (reader.isSign('{')) {
    const body = blockOf(reader)
    return { kind: 'lambda', parameters, body, at, depth: body.depth + 1 }
  }
  const value = expressionOf(reader)
  const depth = reader.depth(value)
  const body = { kind: 'return' as const, value, at: value.at, depth }
  return { kind: 'lambda', parameters, body, at, depth }
}

export function parametersOf(reader: TokenReader): Parameter[] {
  const parameters: Parameter[] = []
  reader.expect('(')
  if (reader.took(')')) return parameters
  do {
    const type = reader.typeAt()
    const typed = type !== undefined && reader.tokens[type.end]?.kind === 'name'
    if (typed) reader.at = type.end
    const { text: name, offset: at } = reader.expectName('the name of a parameter')
    if (keywords.has(name)) reader.refuse(`[${name}] cannot be the name of a parameter`, at)
    parameters.push({ name, type: typed ? type.name : 'def', at })
  } while (reader.took(','))
  reader.expect(')')
  return parameters
}

function listOrMap(reader: TokenReader): Expression {
  const at = reader.expect('[').offset
  if (reader.took(':')) {
    reader.expect(']')
    return { kind: 'map', keys: [], values: [], at, depth: 1 }
  }
  const items: Expression[] = []
  if (reader.took(']')) return { kind: 'list', items, at, depth: 1 }
  const values: Expression[] = []
  items.push(expressionOf(reader))
  const isMap = reader.took(':')
  if (isMap) values.push(expressionOf(reader))
  while (reader.took(',')) {
    items.push(expressionOf(reader))
    if (!isMap) continue
    reader.expect(':')
    values.push(expressionOf(reader))
  }
  reader.expect(']')
  const depth = reader.depthOf([...items, ...values])
  return isMap
    ? { kind: 'map', keys: items, values, at, depth }
    : { kind: 'list', items, at, depth }
}

/** `new HashMap()`, `new int[3]`, `new String[] {'a', 'b'}`. */
function created(reader: TokenReader): Expression {
  const at = reader.expect('new').offset
  const place = reader.token().offset
  const written = reader.got()
  if (reader.typeAt() === undefined) reader.refuse(`the class ${written} is not known here`, place)
  const type = typeOf(reader)
  if (type.endsWith('[]')) {
    reader.expect('{')
    const items: Expression[] = []
    if (!reader.took('}')) {
      do items.push(expressionOf(reader))
      while (reader.took(','))
      reader.expect('}')
    }
    return { kind: 'new_array', type, sizes: [], items, at: place, depth: reader.depthOf(items) }
  }
  if (reader.isSign('[')) {
    const sizes: Expression[] = []
    while (reader.took('[')) {
      sizes.push(expressionOf(reader))
      reader.expect(']')
    }
    return { kind: 'new_array', type, sizes, at: place, depth: reader.depthOf(sizes) }
  }
  if (!reader.isSign('(')) reader.refuse(`expected [(], got ${reader.got()}`)
  const args = argumentsOf(reader)
  return { kind: 'new', type, args, at: at === place ? at : place, depth: reader.depthOf(args) }
}
