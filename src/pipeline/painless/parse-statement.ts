/** Statements, and the functions that a script declares at its top. */
import { expressionOf, typeOf } from './parse-expression.ts'
import { keywords, parametersOf } from './parse-operand.ts'
import { TokenReader } from './token-reader.ts'
import type { Catch, FunctionTree, ScriptTree, Statement } from './tree.ts'

export function parseScript(source: string): ScriptTree {
  const reader = new TokenReader(source)
  const functions: FunctionTree[] = []
  for (let found = functionOf(reader); found !== undefined; found = functionOf(reader)) {
    functions.push(found)
  }
  const statements: Statement[] = []
  while (reader.token().kind !== 'end') statements.push(statementOf(reader))
  return { functions, statements }
}

function functionOf(reader: TokenReader): FunctionTree | undefined {
  const type = reader.typeAt()
  if (type === undefined) return undefined
  const [name, open] = [reader.tokens[type.end], reader.tokens[type.end + 1]]
  if (name?.kind !== 'name' || open?.kind !== 'sign' || open.text !== '(') return undefined
  reader.at = type.end + 1
  const parameters = parametersOf(reader)
  const body = blockOf(reader)
  return { name: name.text, type: type.name, parameters, body, at: name.offset }
}

export function blockOf(reader: TokenReader): Statement {
  return reader.inside(() => {
    const at = reader.expect('{').offset
    const statements: Statement[] = []
    while (!reader.took('}')) {
      if (reader.token().kind === 'end') reader.refuse('expected [}], got the end of the script')
      statements.push(statementOf(reader))
    }
    return { kind: 'block', statements, at, depth: 1 + deepest(statements) }
  })
}

function deepest(statements: Statement[]): number {
  return statements.reduce((depth, statement) => Math.max(depth, statement.depth), 0)
}

function statementOf(reader: TokenReader): Statement {
  const { kind, text } = reader.token()
  if (kind === 'sign' && text === '{') return blockOf(reader)
  if (kind === 'name' && !reader.isSign('->', 1)) {
    if (text === 'if') return ifOf(reader)
    if (text === 'for') return forOf(reader)
    if (text === 'while') return whileOf(reader)
    if (text === 'do') return doOf(reader)
    if (text === 'try') return tryOf(reader)
  }
  const statement = simpleOf(reader)
  expectEnd(reader)
  return statement
}

/** The semicolon may be left out at the end and before a closing brace. */
function expectEnd(reader: TokenReader): void {
  if (reader.took(';')) return
  if (reader.token().kind !== 'end' && !reader.isSign('}')) {
    reader.refuse(`expected [;], got ${reader.got()}`)
  }
}

function simpleOf(reader: TokenReader): Statement {
  const { kind, text, offset: at } = reader.token()
  if (kind === 'sign' && text === ';') {
    return { kind: 'block', statements: [], at, depth: 1 }
  }
  if (kind === 'name' && !reader.isSign('->', 1)) {
    if (text === 'return') {
      reader.at += 1
      const ends = reader.isSign(';') || reader.isSign('}') || reader.token().kind === 'end'
      if (ends) return { kind: 'return', at, depth: 1 }
      const value = expressionOf(reader)
      return { kind: 'return', value, at, depth: reader.depth(value) }
    }
    if (text === 'break' || text === 'continue') {
      reader.at += 1
      return { kind: text, at, depth: 1 }
    }
    if (text === 'throw') {
      reader.at += 1
      const value = expressionOf(reader)
      return { kind: 'throw', value, at, depth: reader.depth(value) }
    }
  }
  const declared = declarationOf(reader)
  if (declared !== undefined) return declared
  const value = expressionOf(reader)
  return { kind: 'evaluate', value, at, depth: reader.depth(value) }
}

function declarationOf(reader: TokenReader): Statement | undefined {
  const at = reader.token().offset
  const type = reader.typeAt()
  const next = type && reader.tokens[type.end]
  if (type === undefined || next?.kind !== 'name' || next.text === 'instanceof') {
    const [first, second] = [reader.token(), reader.token(1)]
    const twoNames = first.kind === 'name' && second.kind === 'name'
    if (twoNames && !keywords.has(first.text) && !keywords.has(second.text)) {
      reader.refuse(`the type [${first.text}] is not known here`)
    }
    return undefined
  }
  reader.at = type.end
  const names: { name: string; at: number; value?: ReturnType<typeof expressionOf> }[] = []
  do {
    const { text: name, offset } = reader.expectName('the name of a variable')
    if (keywords.has(name)) reader.refuse(`[${name}] cannot be the name of a variable`, offset)
    if (reader.isSign('(')) reader.refuse('functions are declared at the top of a script', offset)
    if (reader.took('=')) names.push({ name, at: offset, value: expressionOf(reader) })
    else names.push({ name, at: offset })
  } while (reader.took(','))
  const depth = reader.depthOf(names.map((one) => one.value))
  return { kind: 'declare', type: type.name, names, at, depth }
}

/** The arms are one list, so that a thousand of else-if are no deeper than one. */
function ifOf(reader: TokenReader): Statement {
  const at = reader.token().offset
  const arms: { test: ReturnType<typeof expressionOf>; body: Statement }[] = []
  let otherwise: Statement | undefined
  do {
    reader.expect('if')
    reader.expect('(')
    const test = expressionOf(reader)
    reader.expect(')')
    arms.push({ test, body: bodyOf(reader) })
    if (!reader.isWord('else')) break
    reader.at += 1
    if (!reader.isWord('if')) otherwise = bodyOf(reader)
  } while (otherwise === undefined)
  const bodies = arms.map((arm) => arm.body).concat(otherwise ?? [])
  const depth = 1 + Math.max(deepest(bodies), reader.depthOf(arms.map((arm) => arm.test)))
  return otherwise === undefined
    ? { kind: 'if', arms, at, depth }
    : { kind: 'if', arms, otherwise, at, depth }
}

function bodyOf(reader: TokenReader): Statement {
  return reader.inside(() => statementOf(reader))
}

function forOf(reader: TokenReader): Statement {
  const at = reader.expect('for').offset
  reader.expect('(')
  const type = reader.typeAt()
  const typed = type !== undefined && reader.tokens[type.end]?.kind === 'name'
  const nameAt = typed ? type.end : reader.at
  const joint = reader.tokens[nameAt + 1]
  if (reader.tokens[nameAt]?.kind === 'name' && (joint?.text === ':' || joint?.text === 'in')) {
    reader.at = nameAt
    const { text: name } = reader.expectName('the name of a variable')
    reader.at += 1
    const items = expressionOf(reader)
    reader.expect(')')
    const body = bodyOf(reader)
    const depth = 1 + Math.max(items.depth, body.depth)
    return { kind: 'each', type: typed ? type.name : 'def', name, items, body, at, depth }
  }
  const start = reader.isSign(';') ? undefined : simpleOf(reader)
  reader.expect(';')
  const test = reader.isSign(';') ? undefined : expressionOf(reader)
  reader.expect(';')
  const after = reader.isSign(')') ? undefined : expressionOf(reader)
  reader.expect(')')
  const body = bodyOf(reader)
  const depth = 1 + Math.max(body.depth, reader.depth(test, after))
  const loop = { kind: 'loop' as const, body, at, depth, testFirst: true }
  return {
    ...loop,
    ...(start === undefined ? {} : { start }),
    ...(test === undefined ? {} : { test }),
    ...(after === undefined ? {} : { after }),
  }
}

function whileOf(reader: TokenReader): Statement {
  const at = reader.expect('while').offset
  reader.expect('(')
  const test = expressionOf(reader)
  reader.expect(')')
  const body = bodyOf(reader)
  const depth = 1 + Math.max(body.depth, reader.depth(test))
  return { kind: 'loop', test, body, at, depth, testFirst: true }
}

function doOf(reader: TokenReader): Statement {
  const at = reader.expect('do').offset
  const body = bodyOf(reader)
  reader.expect('while')
  reader.expect('(')
  const test = expressionOf(reader)
  reader.expect(')')
  reader.took(';')
  const depth = 1 + Math.max(body.depth, reader.depth(test))
  return { kind: 'loop', test, body, at, depth, testFirst: false }
}

function tryOf(reader: TokenReader): Statement {
  const at = reader.expect('try').offset
  const body = blockOf(reader)
  const catches: Catch[] = []
  while (reader.tookWord('catch')) {
    reader.expect('(')
    const place = reader.token().offset
    const type = typeOf(reader)
    const { text: name } = reader.expectName('the name of the exception')
    reader.expect(')')
    catches.push({ type, name, at: place, body: blockOf(reader) })
  }
  if (catches.length === 0) reader.refuse(`expected [catch], got ${reader.got()}`)
  const depth = 1 + deepest([body, ...catches.map((one) => one.body)])
  return { kind: 'try', body, catches, at, depth }
}
