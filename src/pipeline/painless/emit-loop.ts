/** Loops to closures. Every turn is a step, so that none goes on for ever. */
import * as take from './arguments.ts'
import { assigned } from './class-names.ts'
import { condition, emit } from './emit-expression.ts'
import { type Answer, statement } from './emit-statement.ts'
import { PainlessFailure } from './problem.ts'
import type { Act, Scope } from './scope.ts'
import type { ForEach, Loop } from './tree.ts'

export function loopOf(node: Loop, scope: Scope, answer: Answer): Act {
  const outer = scope.inner()
  const start = node.start === undefined ? undefined : loopStart(node.start, outer, answer)
  const test = node.test === undefined ? undefined : condition(node.test, outer)
  const after = node.after === undefined ? undefined : emit(node.after, outer).run
  const body = statement(node.body, outer.inner({ loop: true }), answer)
  const { testFirst } = node
  return (frame) => {
    start?.(frame)
    if (testFirst && test !== undefined && !test(frame)) return 0
    while (true) {
      frame.meter.step()
      const end = body(frame)
      if (end === 1) return 0
      if (end === 3) return 3
      after?.(frame)
      if (test !== undefined && !test(frame)) return 0
    }
  }
}

function loopStart(node: NonNullable<Loop['start']>, scope: Scope, answer: Answer): Act {
  return statement(node, scope, answer)
}

export function eachOf(node: ForEach, scope: Scope, answer: Answer): Act {
  const items = emit(node.items, scope).run
  const inner = scope.inner({ loop: true })
  const { slot } = inner.declare(node.name, node.type, node.at)
  const body = statement(node.body, inner, answer)
  const { type } = node
  return (frame) => {
    const source = items(frame)
    const list = take.items(source)
    const { length } = list
    frame.meter.work(Array.isArray(source) ? 0 : length)
    for (let at = 0; at < length; at++) {
      frame.meter.step()
      frame.slots[slot] = assigned(type, list[at] ?? null)
      const end = body(frame)
      if (end === 1) return 0
      if (end === 3) return 3
      if (list.length !== length && at + 1 !== list.length) {
        const says = 'the list was changed while it was read: use removeIf, or a copy'
        throw new PainlessFailure('concurrent_modification_exception', says)
      }
    }
    return 0
  }
}
