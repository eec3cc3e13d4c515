/** Statements, functions and lambdas to closures. A statement answers how it ended. */
import { assigned, catches, primitives } from './class-names.ts'
import { thrown } from './emit-call.ts'
import { condition, emit } from './emit-expression.ts'
import { eachOf, loopOf } from './emit-loop.ts'
import { implicit } from './emit-operator.ts'
import { failArgument, PainlessFailure } from './problem.ts'
import { type Act, type Code, Frame, type Home, type Run, Scope } from './scope.ts'
import type { Declaration, FunctionTree, Lambda, ScriptTree, Statement } from './tree.ts'
import { ExceptionValue, LambdaValue, type Value } from './values.ts'

/** What a body gives back: its type, and whether its last expression is its answer. */
export type Answer = { type: string }

export function statement(node: Statement, scope: Scope, answer: Answer): Act {
  switch (node.kind) {
    case 'evaluate': {
      checkUseful(node.value.kind, node.at, scope)
      const { run } = emit(node.value, scope)
      return (frame) => {
        run(frame)
        return 0
      }
    }
    case 'declare':
      return declared(node, scope)
    case 'block':
      return sequence(node.statements, scope.inner(), answer)
    case 'if':
      return branches(node, scope, answer)
    case 'each':
      return eachOf(node, scope, answer)
    case 'loop':
      return loopOf(node, scope, answer)
    case 'return':
      return returned(node, scope, answer)
    case 'break':
    case 'continue': {
      if (!scope.inLoop) scope.refuse(node.at, `[${node.kind}] is outside of a loop`)
      const ends = node.kind === 'break' ? 1 : 2
      return () => ends
    }
    case 'throw': {
      const { run } = emit(node.value, scope)
      return (frame) => {
        throw thrown(run(frame)).failure
      }
    }
    case 'try':
      return tried(node, scope, answer)
  }
}

/** `a == 1;` changes nothing: surely `=` was meant. */
function checkUseful(kind: string, at: number, scope: Scope): void {
  const useful = ['assign', 'step', 'call', 'apply', 'static_call', 'new', 'new_array']
  if (!useful.includes(kind)) scope.refuse(at, 'not a statement: its value is not used')
}

export function sequence(nodes: Statement[], scope: Scope, answer: Answer): Act {
  nodes.forEach((node, at) => {
    const ends = node.kind === 'return' || node.kind === 'throw' || node.kind === 'break'
    const next = nodes[at + 1]
    if ((ends || node.kind === 'continue') && next !== undefined && !isEmpty(next)) {
      scope.refuse(next.at, 'this statement is never reached')
    }
  })
  const acts = nodes.map((node) => statement(node, scope, answer))
  const [only] = acts
  if (acts.length === 1 && only !== undefined) return only
  return (frame) => {
    for (const act of acts) {
      const end = act(frame)
      if (end !== 0) return end
    }
    return 0
  }
}

function isEmpty(node: Statement): boolean {
  return node.kind === 'block' && node.statements.length === 0
}

function declared(node: Declaration, scope: Scope): Act {
  if (node.type === 'void') scope.refuse(node.at, 'a variable cannot be of type [void]')
  const sets = node.names.map(({ name, at, value }) => {
    // The value is compiled first: it cannot see its own variable.
    const code: Code = value === undefined ? missing(node.type) : emit(value, scope)
    const run = implicit(code, node.type, value?.at ?? at, scope)
    const { slot } = scope.declare(name, node.type, at)
    return { slot, run }
  })
  return (frame) => {
    for (const { slot, run } of sets) frame.slots[slot] = run(frame)
    return 0
  }
}

/** What a variable holds before anything is assigned. */
function missing(type: string): Code {
  const empty: Value =
    type === 'boolean' ? false : primitives.has(type) && type !== 'char' ? 0 : null
  return { run: () => empty, type: type === 'char' ? 'char' : 'def' }
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

function branches(node: Of<'if'>, scope: Scope, answer: Answer): Act {
  const arms = node.arms.map(({ test, body }) => ({
    holds: condition(test, scope),
    act: statement(body, scope.inner(), answer),
  }))
  const otherwise =
    node.otherwise === undefined ? undefined : statement(node.otherwise, scope.inner(), answer)
  return (frame) => {
    for (const { holds, act } of arms) if (holds(frame)) return act(frame)
    return otherwise === undefined ? 0 : otherwise(frame)
  }
}

function returned(node: Of<'return'>, scope: Scope, answer: Answer): Act {
  if (node.value === undefined) {
    return (frame) => {
      frame.result = null
      return 3
    }
  }
  if (answer.type === 'void') {
    const { run } = emit(node.value, scope)
    return (frame) => {
      run(frame)
      frame.result = null
      return 3
    }
  }
  const run = implicit(emit(node.value, scope), answer.type, node.value.at, scope)
  return (frame) => {
    frame.result = run(frame)
    return 3
  }
}

function tried(node: Of<'try'>, scope: Scope, answer: Answer): Act {
  const body = statement(node.body, scope, answer)
  const arms = node.catches.map((one) => {
    const inner = scope.inner()
    const { slot } = inner.declare(one.name, one.type, one.at)
    if (!/Exception$|^Throwable$/.test(one.type)) {
      scope.refuse(one.at, `[${one.type}] is no exception`)
    }
    return { type: one.type, slot, act: statement(one.body, inner, answer) }
  })
  return (frame) => {
    const depth = frame.meter.depth
    try {
      return body(frame)
    } catch (error) {
      if (!(error instanceof PainlessFailure) || error.final) throw error
      const arm = arms.find((one) => catches(one.type, error.type))
      if (arm === undefined) throw error
      frame.meter.depth = depth
      frame.slots[arm.slot] = new ExceptionValue(error)
      return arm.act(frame)
    }
  }
}

/** A lambda keeps the variables as they are when it is made. */
export function lambdaOf(node: Lambda, scope: Scope): Code {
  const inner = scope.inner({ lambda: true })
  const slots = node.parameters.map(({ name, type, at }) => {
    return { slot: inner.declare(name, type, at).slot, type }
  })
  const act = lambdaBody(node.body, inner)
  const run: Run = (frame) =>
    new LambdaValue((args) => {
      if (args.length !== slots.length) {
        failArgument(`the lambda takes ${slots.length} arguments, got ${args.length}`)
      }
      frame.meter.enter()
      const own = new Frame(frame.slots.slice(), frame.meter, frame.ctx, frame.params)
      slots.forEach(({ slot, type }, at) => {
        own.slots[slot] = assigned(type, args[at] ?? null)
      })
      act(own)
      frame.meter.depth -= 1
      return own.result
    })
  return { run, type: 'def' }
}

function lambdaBody(body: Statement, scope: Scope): Act {
  const answer = { type: 'def' }
  if (body.kind === 'block') return lastAnswers(body.statements, scope, answer)
  return statement(body, scope, answer)
}

/** A last expression without a semicolon, or that is all there is, is the answer. */
function lastAnswers(nodes: Statement[], scope: Scope, answer: Answer): Act {
  const last = nodes.at(-1)
  if (last?.kind !== 'evaluate') return sequence(nodes, scope, answer)
  const { value, at, depth } = last
  const returns: Statement = { kind: 'return', value, at, depth }
  return sequence([...nodes.slice(0, -1), returns], scope, answer)
}

export type Program = { slots: () => number; act: Act }

export function scriptOf(tree: ScriptTree, source: string, type: string): Program {
  const home: Home = { source, slots: 0, patterns: { count: 0 }, functions: new Map() }
  for (const one of tree.functions) {
    if (home.functions.has(one.name)) {
      new Scope(home).refuse(one.at, `the function [${one.name}] is already declared`)
    }
    home.functions.set(one.name, { tree: one, call: () => null })
  }
  for (const one of tree.functions) {
    const found = home.functions.get(one.name)
    if (found !== undefined) found.call = functionOf(one, home)
  }
  const act = lastAnswers(tree.statements, new Scope(home), { type })
  return { slots: () => home.slots, act }
}

function functionOf(tree: FunctionTree, parent: Home) {
  const home: Home = { ...parent, slots: 0 }
  const scope = new Scope(home)
  for (const { name, type, at } of tree.parameters) scope.declare(name, type, at)
  const { type } = tree
  const body = tree.body.kind === 'block' ? tree.body.statements : [tree.body]
  const act = type === 'void' ? sequence(body, scope, { type }) : lastAnswers(body, scope, { type })
  const empty = missing(type).run
  return (frame: Frame, args: Value[]): Value => {
    frame.meter.enter()
    const slots = new Array<Value>(home.slots).fill(null)
    args.forEach((arg, at) => {
      slots[at] = arg
    })
    const own = new Frame(slots, frame.meter, frame.ctx, frame.params)
    const end = act(own)
    frame.meter.depth -= 1
    return end === 3 ? own.result : type === 'void' ? null : empty(own)
  }
}
