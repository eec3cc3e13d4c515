/** The labels of the one series that absent() and absent_over_time() answer. */
import type { Labels } from '../series.ts'
import { bare, type Expression } from './ast.ts'
import { labelsFrom, nameLabel } from './labels.ts'

/** Those that the selector fixes with one `=`; none for any other expression. */
export function absentLabels(node: Expression): Labels {
  const inner = bare(node)
  const selector = inner.kind === 'range' ? inner.selector : inner
  if (selector.kind !== 'selector') return []
  const seen = new Set<string>()
  const fixed = new Map<string, string>()
  for (const { name, operator, value } of selector.matchers) {
    if (name === nameLabel) continue
    if (operator !== '=' || seen.has(name)) fixed.delete(name)
    else {
      fixed.set(name, value)
      seen.add(name)
    }
  }
  return labelsFrom(fixed)
}
