/** The modifiers of a binary operator: on, ignoring, group_left, group_right, fill. */
import type { SyntaxNode } from '@lezer/common'
import type { Cardinality, Matching } from '../ast.ts'
import { numberOf } from './parse-numbers.ts'
import type { Source } from './parse-parts.ts'

/** One-to-one without labels where there are no modifiers. */
export function matchingOf(source: Source, modifiers: readonly SyntaxNode[]): Matching {
  let cardinality: Cardinality = 'one-to-one'
  let isOn = false
  let labels: string[] = []
  let include: string[] = []
  let fillLeft: number | undefined
  let fillRight: number | undefined
  for (const modifier of modifiers) {
    if (modifier.name === 'FillModifier') {
      for (const clause of source.children(modifier)) {
        const number = source.children(clause).find(({ name }) => name === 'NumberDurationLiteral')
        const value =
          number === undefined ? undefined : numberOf(source, source.text(number), number).value
        if (clause.name !== 'FillRightClause') fillLeft = value
        if (clause.name !== 'FillLeftClause') fillRight = value
      }
    }
    if (modifier.name !== 'MatchingModifierClause') continue
    const parts = source.children(modifier)
    const lists = parts.filter(({ name }) => name === 'GroupingLabels')
    isOn = parts[0]?.name === 'On'
    if (lists[0] !== undefined) labels = source.grouping(lists[0])
    if (lists[1] !== undefined) include = source.grouping(lists[1])
    if (parts.some(({ name }) => name === 'GroupLeft')) cardinality = 'many-to-one'
    if (parts.some(({ name }) => name === 'GroupRight')) cardinality = 'one-to-many'
  }
  return { cardinality, isOn, labels, include, fillLeft, fillRight }
}
