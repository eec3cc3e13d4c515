/** The attributes and intrinsics that a query speaks of: what is told of each span it finds. */

import { printName } from './print.ts'
import type { Attribute, Field, Intrinsic, Query, Scalar, Spanset, Stage } from './tree.ts'

/** Told of every span anyway. */
const always = new Set(['name', 'duration', 'span:id', 'trace:id', 'parent'])

export function namesOf(query: Query): (Attribute | Intrinsic)[] {
  const names = new Map<string, Attribute | Intrinsic>()
  const add = (field: Field): void => {
    if (field.tag === 'unary') add(field.operand)
    if (field.tag === 'binary') {
      add(field.left)
      add(field.right)
    }
    if (field.tag === 'attribute' && !field.ofParent) names.set(printName(field), field)
    if (field.tag === 'intrinsic' && !field.ofParent && !always.has(field.name)) {
      names.set(printName(field), field)
    }
  }
  for (const stage of query.stages) visitStage(stage, add)
  return [...names.values()]
}

function visitStage(stage: Stage, add: (field: Field) => void): void {
  switch (stage.tag) {
    case 'spanset':
      visitSpanset(stage.spanset, add)
      break
    case 'scalar':
      visitScalar(stage.left, add)
      visitScalar(stage.right, add)
      break
    case 'by':
      add(stage.field)
      break
    case 'select':
      for (const field of stage.fields) add(field)
  }
}

function visitSpanset(spanset: Spanset, add: (field: Field) => void): void {
  switch (spanset.tag) {
    case 'filter':
      add(spanset.condition)
      break
    case 'operation':
      visitSpanset(spanset.left, add)
      visitSpanset(spanset.right, add)
      break
    case 'pipeline':
      for (const stage of spanset.stages) visitStage(stage, add)
  }
}

function visitScalar(scalar: Scalar, add: (field: Field) => void): void {
  if (scalar.tag === 'aggregate' && scalar.field !== undefined) add(scalar.field)
  if (scalar.tag === 'arithmetic') {
    visitScalar(scalar.left, add)
    visitScalar(scalar.right, add)
  }
}
