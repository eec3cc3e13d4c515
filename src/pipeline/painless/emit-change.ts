/** Assignments, compound assignments and steps (`++`): the target is evaluated once. */

import { operators } from './arithmetic.ts'
import { cast, castNumber } from './class-names.ts'
import { emit } from './emit-expression.ts'
import { implicit, operation } from './emit-operator.ts'
import { inList, picked, setField, setItem } from './field.ts'
import type { Code, Frame, Local, Run, Scope } from './scope.ts'
import type { Assign, Expression, Index, Member, Name, Step } from './tree.ts'
import { isNumber, type Value } from './values.ts'

type Change = (before: Value, frame: Frame) => Value

export function assignedBy(node: Assign, scope: Scope): Code {
  const { target } = node
  const value = emit(node.value, scope)
  if (target.kind === 'name') return assignedName(node, target, value, scope)
  if (node.sign === '=')
    return { run: replaced(target as Member | Index, value.run, scope), type: value.type }
  const operator = operatorOf(node.sign.slice(0, -1))
  const change: Change = (before, frame) => operator(before, value.run(frame), frame.meter)
  return { run: changed(target as Member | Index, change, scope, true), type: 'def' }
}

function operatorOf(sign: string) {
  const operator = operators.get(sign)
  if (operator === undefined) throw new Error(`no operator ${sign}`)
  return operator
}

/** A lambda keeps what the variables around it were: a change there would be lost. */
function changeable(target: Name, scope: Scope): Local {
  const local = scope.find(target.name)
  if (local === undefined) {
    scope.refuse(target.at, `the variable [${target.name}] is not known here`)
  }
  if (local.level < scope.level) {
    scope.refuse(target.at, `[${target.name}] cannot be changed inside a lambda`)
  }
  return local
}

function assignedName(node: Assign, target: Name, value: Code, scope: Scope): Code {
  const { slot, type } = changeable(target, scope)
  if (node.sign === '=') {
    const run = implicit(value, type, node.value.at, scope)
    return {
      run: (frame) => {
        const now = run(frame)
        frame.slots[slot] = now
        return now
      },
      type,
    }
  }
  const before: Code = { run: (frame) => frame.slots[slot] ?? null, type }
  const sign = node.sign.slice(0, -1)
  const bothInts = type === 'int' && value.type === 'int'
  const now = operation(sign, before, value, bothInts ? 'int' : 'def')
  const run: Run = (frame) => {
    // As Java: a += b is a = (type of a) (a + b).
    const result = fitted(type, now(frame))
    frame.slots[slot] = result
    return result
  }
  return { run, type }
}

function fitted(type: string, value: Value): Value {
  if (type === 'def') return value
  if (isNumber(value)) return castNumber(type, value) ?? cast(type, value)
  return cast(type, value)
}

function replaced(target: Member | Index, value: Run, scope: Scope): Run {
  const object = emit(target.target, scope).run
  if (target.kind === 'member') {
    const { name } = target
    return (frame) => {
      const holder = object(frame)
      const now = value(frame)
      setField(holder, name, now, frame.meter)
      return now
    }
  }
  const index = emit(target.index, scope).run
  return (frame) => {
    const holder = object(frame)
    const at = index(frame)
    const now = value(frame)
    setItem(holder, at, now, frame.meter)
    return now
  }
}

/** `after` says whether the expression is worth what it became or what it was. */
function changed(target: Member | Index, change: Change, scope: Scope, after: boolean): Run {
  const object = emit(target.target, scope).run
  if (target.kind === 'member') {
    const { name } = target
    return (frame) => {
      const holder = object(frame)
      const before = picked(holder, name)
      const now = change(before, frame)
      setField(holder, name, now, frame.meter)
      return after ? now : before
    }
  }
  const index = emit(target.index, scope).run
  return (frame) => {
    const holder = object(frame)
    const at = index(frame)
    const before = inList(holder, at)
    const now = change(before, frame)
    setItem(holder, at, now, frame.meter)
    return after ? now : before
  }
}

export function steppedBy(node: Step, scope: Scope): Code {
  const { target, by, before: after } = node
  const add = operatorOf('+')
  const change: Change = (value, frame) => add(value, by, frame.meter)
  if (target.kind !== 'name') {
    const run = changed(target as Extract<Expression, Member | Index>, change, scope, after)
    return { run, type: 'def' }
  }
  const { slot, type } = changeable(target, scope)
  if (/^(String|boolean|List|Map)$/.test(type)) {
    scope.refuse(node.at, `Cannot apply [++] or [--] to type [${type}]`)
  }
  const run: Run = (frame) => {
    const before = frame.slots[slot] ?? null
    const now = fitted(type, change(before, frame))
    frame.slots[slot] = now
    return after ? now : before
  }
  return { run, type }
}
