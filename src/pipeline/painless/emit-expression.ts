/** Trees of expressions to closures. Calls, changes and operators have files of their own. */
import * as take from './arguments.ts'
import { cast, isInstance } from './class-names.ts'
import { applied, called, createdBy, referenceOf, staticCalled } from './emit-call.ts'
import { assignedBy, steppedBy } from './emit-change.ts'
import { binaryOf, unaryOf } from './emit-operator.ts'
import { lambdaOf } from './emit-statement.ts'
import { inList, picked } from './field.ts'
import type { Code, Run, Scope } from './scope.ts'
import { staticField } from './statics.ts'
import type { Expression, Index, Member, Name } from './tree.ts'
import type { Value } from './values.ts'

export function emit(node: Expression, scope: Scope): Code {
  switch (node.kind) {
    case 'literal':
      return literal(node)
    case 'name':
      return named(node, scope)
    case 'member':
      return member(node, scope)
    case 'index':
      return indexed(node, scope)
    case 'call':
      return called(node, scope)
    case 'apply':
      return applied(node, scope)
    case 'static_call':
      return staticCalled(node, scope)
    case 'new':
    case 'new_array':
      return createdBy(node, scope)
    case 'binary':
      return binaryOf(node, scope)
    case 'unary':
      return unaryOf(node, scope)
    case 'assign':
      return assignedBy(node, scope)
    case 'step':
      return steppedBy(node, scope)
    case 'lambda':
      return lambdaOf(node, scope)
    case 'reference':
      return referenceOf(node, scope)
    default:
      return shaped(node, scope)
  }
}

type Shaped = Extract<
  Expression,
  {
    kind:
      | 'list'
      | 'map'
      | 'regex'
      | 'static_field'
      | 'chain'
      | 'conditional'
      | 'elvis'
      | 'instanceof'
      | 'cast'
  }
>

function shaped(node: Shaped, scope: Scope): Code {
  switch (node.kind) {
    case 'list':
      return listOf(node.items, scope)
    case 'map':
      return mapOf(node.keys, node.values, scope)
    case 'regex':
      return regexOf(node, scope)
    case 'static_field': {
      const value = staticField(node.type, node.name)
      if (value === undefined) {
        scope.refuse(node.at, `[${node.type}] has no static field [${node.name}] known here`)
      }
      return { run: () => value, type: 'def', constant: value }
    }
    case 'chain':
      return chained(node.sign, node.items, scope)
    case 'conditional': {
      const test = condition(node.test, scope)
      const [yes, no] = [emit(node.yes, scope), emit(node.no, scope)]
      const [one, two] = [yes.run, no.run]
      const type = yes.type === no.type ? yes.type : 'def'
      return { run: (frame) => (test(frame) ? one(frame) : two(frame)), type }
    }
    case 'elvis': {
      const [left, right] = [emit(node.left, scope).run, emit(node.right, scope).run]
      return { run: (frame) => left(frame) ?? right(frame), type: 'def' }
    }
    case 'instanceof': {
      const { run } = emit(node.operand, scope)
      const { type } = node
      return { run: (frame) => isInstance(type, run(frame)), type: 'boolean' }
    }
    case 'cast': {
      const { run, type: from } = emit(node.operand, scope)
      const { type } = node
      if (type === 'void') scope.refuse(node.at, 'nothing can be cast to [void]')
      if (from === 'String' && /^(int|long|double|float|short|byte|boolean)$/.test(type)) {
        scope.refuse(node.at, `Cannot cast from [String] to [${type}]`)
      }
      return { run: (frame) => cast(type, run(frame)), type }
    }
  }
}

function literal(node: Extract<Expression, { kind: 'literal' }>): Code {
  const { type } = node
  // A whole double keeps its box.
  const value = type === 'double' || type === 'float' ? cast('double', node.value) : node.value
  return { run: () => value, type: type === 'null' ? 'def' : type, constant: value }
}

function named(node: Name, scope: Scope): Code {
  if (node.name === 'ctx') return { run: (frame) => frame.ctx, type: 'Map' }
  if (node.name === 'params') return { run: (frame) => frame.params, type: 'Map' }
  const local = scope.find(node.name)
  if (local === undefined) {
    const what = /^[A-Z]/.test(node.name) ? 'class' : 'variable'
    scope.refuse(node.at, `the ${what} [${node.name}] is not known here`)
  }
  const { slot, type } = local
  return { run: (frame) => frame.slots[slot] ?? null, type }
}

function member(node: Member, scope: Scope): Code {
  const { run, type } = emit(node.target, scope)
  const { name, safe } = node
  if (type === 'String' || (type === 'List' && name !== 'length' && !/^\d+$|^empty$/.test(name))) {
    scope.refuse(node.at, `the type [${type}] has no field [${name}]`)
  }
  if (node.target.kind === 'name' && node.target.name === 'ctx') {
    return { run: (frame) => frame.ctx.get(name) ?? null, type: 'def' }
  }
  return {
    run: (frame) => {
      const target = run(frame)
      if (target instanceof Map) return target.get(name) ?? null
      if (target === null && safe) return null
      return picked(target, name)
    },
    type: 'def',
  }
}

function indexed(node: Index, scope: Scope): Code {
  const target = emit(node.target, scope).run
  const index = emit(node.index, scope)
  if (index.constant !== undefined && typeof index.constant === 'string') {
    const { constant } = index
    const run: Run = (frame) => {
      const value = target(frame)
      return value instanceof Map ? (value.get(constant) ?? null) : inList(value, constant)
    }
    return { run, type: 'def' }
  }
  const at = index.run
  return { run: (frame) => inList(target(frame), at(frame)), type: 'def' }
}

/** The truth of an expression; anything but a boolean fails. */
export function condition(node: Expression, scope: Scope): (frame: Parameters<Run>[0]) => boolean {
  const code = emit(node, scope)
  const refused = /^(String|int|long|double|float|List|char|short|byte)$/.test(code.type)
  if (refused) scope.refuse(node.at, `Cannot cast from [${code.type}] to [boolean]`)
  const { run } = code
  if (code.type === 'boolean') return run as (frame: Parameters<Run>[0]) => boolean
  return (frame) => take.truth(run(frame))
}

function chained(sign: '&&' | '||', items: Expression[], scope: Scope): Code {
  const tests = items.map((item) => condition(item, scope))
  const [first, second] = [tests[0], tests[1]]
  if (tests.length === 2 && first !== undefined && second !== undefined) {
    if (sign === '&&') return { run: (frame) => first(frame) && second(frame), type: 'boolean' }
    return { run: (frame) => first(frame) || second(frame), type: 'boolean' }
  }
  const until = sign === '||'
  const run: Run = (frame) => {
    for (const test of tests) if (test(frame) === until) return until
    return !until
  }
  return { run, type: 'boolean' }
}

function listOf(items: Expression[], scope: Scope): Code {
  const codes = items.map((item) => emit(item, scope))
  const runs = codes.map((code) => code.run)
  const run: Run = (frame) => {
    const list: Value[] = []
    for (const item of runs) list.push(take.stored(item(frame), frame.meter))
    frame.meter.work(list.length)
    return list
  }
  return { run, type: 'List' }
}

function mapOf(keys: Expression[], values: Expression[], scope: Scope): Code {
  const pairs = keys.map((key, at) => {
    const value = values[at] as Expression
    return [emit(key, scope).run, emit(value, scope).run] as const
  })
  const run: Run = (frame) => {
    const map = new Map<Value, Value>()
    for (const [key, value] of pairs) {
      map.set(take.key(key(frame)), take.stored(value(frame), frame.meter))
    }
    return map
  }
  return { run, type: 'Map' }
}

function regexOf(node: Extract<Expression, { kind: 'regex' }>, scope: Scope): Code {
  const pattern = scope.pattern(node.source, node.flags, node.at)
  return { run: () => pattern, type: 'Pattern', constant: pattern }
}
