/** Calls to closures: methods of values, static methods, `new`, functions of the script. */
import type { Call, Method } from './arguments.ts'
import * as take from './arguments.ts'
import { emit } from './emit-expression.ts'
import { implicit } from './emit-operator.ts'
import { kindOfType, methodsNamed } from './methods.ts'
import { failArgument, failNull } from './problem.ts'
import type { Code, Frame, Run, Scope } from './scope.ts'
import { constructorOf, staticMethod } from './statics.ts'
import type { Expression, MethodCall, Reference } from './tree.ts'
import { ExceptionValue, javaName, type Kind, kindOf, LambdaValue, type Value } from './values.ts'

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>
const regexMethods = new Set(['matches', 'replaceAll', 'replaceFirst', 'split'])
const booleans = /^(contains|startsWith|endsWith|equals|isEmpty|containsKey|matches|is[A-Z]\w*)$/

/** The methods of that name that take that many arguments, by kind; none at all is refused. */
function rowOf(name: string, count: number, at: number, scope: Scope): Map<Kind, Method> {
  const all = methodsNamed(name)
  if (all.size === 0) scope.refuse(at, `no type known here has a method [${name}]`)
  const row = new Map([...all].filter(([, method]) => takes(method, count)))
  if (row.size === 0) {
    scope.refuse(at, `the method [${name}] does not take ${counted(count)} on any type`)
  }
  return row
}

function takes(method: Method, count: number): boolean {
  return count >= method.least && count <= method.most
}

function counted(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`
}

export function called(node: MethodCall, scope: Scope): Code {
  const { name, safe } = node
  const target = emit(node.target, scope)
  const row = rowOf(name, node.args.length, node.at, scope)
  const kind = kindOfType(target.type)
  if (kind !== undefined && !row.has(kind)) {
    const says = `the type [${target.type}] has no method [${name}] of ${counted(node.args.length)}`
    scope.refuse(node.at, says)
  }
  checkPattern(node, target.type, scope)
  const runs = node.args.map((arg) => emit(arg, scope).run)
  const type = !safe && booleans.test(name) && name !== 'matches' ? 'boolean' : 'def'
  return { run: invoked(name, safe, target.run, runs, row), type: safe ? 'def' : type }
}

/** A pattern that is written out is checked when the script is. */
function checkPattern(node: MethodCall, type: string, scope: Scope): void {
  const [first] = node.args
  if (!regexMethods.has(node.name) || (type !== 'String' && type !== 'def')) return
  // A matcher's takes what comes in its place alone.
  if (node.name.startsWith('replace') && node.args.length < 2) return
  if (first?.kind !== 'literal' || typeof first.value !== 'string') return
  scope.pattern(first.value, '', first.at)
}

type AnyCall = (self: Value, args: Value[], frame: Frame['meter']) => Value

function invoked(
  name: string,
  safe: boolean,
  target: Run,
  args: Run[],
  row: Map<Kind, Method>,
): Run {
  const ofString = row.get('string')?.call as Call<string> | undefined
  const [first] = args
  const single = args.length === 1 ? first : undefined
  const evaluated = (frame: Frame): Value[] => {
    if (single !== undefined) return [single(frame)]
    return args.map((arg) => arg(frame))
  }
  return (frame) => {
    const self = target(frame)
    if (typeof self === 'string' && ofString !== undefined) {
      return ofString(self, evaluated(frame), frame.meter)
    }
    if (self === null) {
      if (safe) return null
      failNull(`method [${name}/${args.length}]`)
    }
    const method = row.get(kindOf(self))
    if (method === undefined) {
      failArgument(`dynamic method [${javaName(self)}, ${name}/${args.length}] not found`)
    }
    frame.meter.step()
    return (method.call as AnyCall)(self, evaluated(frame), frame.meter)
  }
}

export function staticCalled(node: Of<'static_call'>, scope: Scope): Code {
  const { type, name } = node
  const method = staticMethod(type, name)
  if (method === undefined) {
    scope.refuse(node.at, `[${type}] has no static method [${name}] known here`)
  }
  if (!takes(method, node.args.length)) {
    scope.refuse(node.at, `[${type}.${name}] does not take ${counted(node.args.length)}`)
  }
  const runs = node.args.map((arg) => emit(arg, scope).run)
  const call = method.call as unknown as AnyCall
  const run: Run = (frame) => {
    frame.meter.step()
    return call(
      null,
      runs.map((arg) => arg(frame)),
      frame.meter,
    )
  }
  return { run, type: resultOf(type, name, node.args, scope) }
}

/** The types that arithmetic wants to know. */
function resultOf(type: string, name: string, args: Expression[], scope: Scope): string {
  if (/^(parseInt)$/.test(name)) return 'int'
  if (name === 'parseLong') return 'long'
  if (name === 'parseDouble' || (type === 'Math' && /^(sqrt|pow|floor|ceil)$/.test(name))) {
    return 'double'
  }
  if (name === 'parseBoolean' || /^(isNull|nonNull)$/.test(name)) return 'boolean'
  if (type === 'Objects' && name === 'equals') return 'boolean'
  if (type === 'String' && name === 'valueOf') return 'String'
  const both = args.map((arg) =>
    arg.kind === 'name' ? (scope.find(arg.name)?.type ?? 'def') : 'def',
  )
  return type === 'Math' && /^(max|min|abs)$/.test(name) && both.every((one) => one === 'int')
    ? 'int'
    : 'def'
}

export function createdBy(node: Of<'new'> | Of<'new_array'>, scope: Scope): Code {
  if (node.kind === 'new_array') return arrayOf(node, scope)
  const method = constructorOf(node.type)
  if (method === undefined) scope.refuse(node.at, `[new ${node.type}] is not known here`)
  if (!takes(method, node.args.length)) {
    scope.refuse(node.at, `[new ${node.type}] does not take ${counted(node.args.length)}`)
  }
  const runs = node.args.map((arg) => emit(arg, scope).run)
  const call = method.call as unknown as AnyCall
  const run: Run = (frame) => {
    frame.meter.step()
    return call(
      null,
      runs.map((arg) => arg(frame)),
      frame.meter,
    )
  }
  return { run, type: node.type.startsWith('Linked') ? 'def' : node.type }
}

function arrayOf(node: Of<'new_array'>, scope: Scope): Code {
  const element = node.type.replace(/(\[\])+$/, '')
  if (node.items !== undefined) {
    const runs = node.items.map((item) => implicit(emit(item, scope), element, item.at, scope))
    return {
      run: (frame) => runs.map((item) => take.stored(item(frame), frame.meter)),
      type: 'def',
    }
  }
  const [size, ...more] = node.sizes.map((one) => emit(one, scope).run)
  if (size === undefined || more.length > 0) {
    scope.refuse(node.at, 'an array of one dimension is what can be made here')
  }
  const empty = emptyOf(element)
  const run: Run = (frame) => {
    const length = take.integer(size(frame))
    if (length < 0) failArgument(`an array cannot have ${length} items`)
    frame.meter.items(length)
    frame.meter.work(length)
    return new Array<Value>(length).fill(empty)
  }
  return { run, type: 'def' }
}

function emptyOf(element: string): Value {
  if (element === 'boolean') return false
  return /^(int|long|short|byte|double|float)$/.test(element) ? 0 : null
}

export function applied(node: Of<'apply'>, scope: Scope): Code {
  const { name } = node
  const found = scope.home.functions.get(name)
  if (found === undefined) scope.refuse(node.at, `the function [${name}] is not known here`)
  const { parameters, type } = found.tree
  if (parameters.length !== node.args.length) {
    const says = `the function [${name}] takes ${counted(parameters.length)}`
    scope.refuse(node.at, `${says}, got ${node.args.length}`)
  }
  const runs = node.args.map((arg, at) => {
    return implicit(emit(arg, scope), parameters[at]?.type ?? 'def', arg.at, scope)
  })
  const run: Run = (frame) =>
    found.call(
      frame,
      runs.map((arg) => arg(frame)),
    )
  return { run, type: type === 'void' ? 'def' : type }
}

/** `Integer::parseInt`, `String::trim`, `this::own`, `ArrayList::new`, `list::add`. */
export function referenceOf(node: Reference, scope: Scope): Code {
  const { owner, name } = node
  if (owner === 'this') {
    const found = scope.home.functions.get(name)
    if (found === undefined) scope.refuse(node.at, `the function [${name}] is not known here`)
    const { length } = found.tree.parameters
    return lambdaCode((frame, args) => {
      if (args.length !== length) failArgument(`[${name}] takes ${counted(length)}`)
      return found.call(frame, args)
    })
  }
  const local = scope.find(owner) ?? (owner === 'ctx' || owner === 'params' ? owner : undefined)
  const fixed = name === 'new' ? constructorOf(owner) : staticMethod(owner, name)
  if (local === undefined && fixed !== undefined && !isInstanceForm(owner, name)) {
    const call = fixed.call as unknown as AnyCall
    return lambdaCode((frame, args) => {
      const taken = args.slice(0, fixed.most)
      if (taken.length < fixed.least) failArgument(`[${owner}::${name}] needs more arguments`)
      return call(null, taken, frame.meter)
    })
  }
  const row = methodsNamed(name)
  if (row.size === 0) scope.refuse(node.at, `no type known here has a method [${name}]`)
  if (local === undefined)
    return lambdaCode((frame, [self = null, ...args]) => {
      return onValue(name, self, args, row, frame)
    })
  const { run } = emit({ kind: 'name', name: owner, at: node.at, depth: 1 }, scope)
  return lambdaCode((frame, args) => onValue(name, run(frame), args, row, frame))
}

/** `Integer::toString` and the like are methods of the value where both exist. */
function isInstanceForm(owner: string, name: string): boolean {
  return name === 'hashCode' || (name === 'equals' && owner !== 'Objects')
}

function onValue(name: string, self: Value, args: Value[], row: Map<Kind, Method>, frame: Frame) {
  if (self === null) failNull(`method [${name}/${args.length}]`)
  const method = row.get(kindOf(self))
  if (method === undefined || !takes(method, args.length)) {
    failArgument(`dynamic method [${javaName(self)}, ${name}/${args.length}] not found`)
  }
  return (method.call as AnyCall)(self, args, frame.meter)
}

function lambdaCode(call: (frame: Frame, args: Value[]) => Value): Code {
  const run: Run = (frame) => {
    return new LambdaValue((args) => {
      frame.meter.step()
      return call(frame, args)
    })
  }
  return { run, type: 'def' }
}

export function thrown(value: Value): ExceptionValue {
  if (value instanceof ExceptionValue) return value
  if (value === null) failNull('the exception to throw')
  failArgument(`only an exception can be thrown, got ${javaName(value)}`)
}
